use allswell_model::NodeId;
use allswell_model::link::LinkState;

use super::*;
use crate::plan::Plan;

const SECOND: Duration = Duration::from_secs(1);

fn entry(peer: u64, state: LinkState) -> Entry {
    let loss = Loss::UNKNOWN;
    Entry { peer: Node(peer), state, detail: None, since: SECOND, rtt: None, normal: None, loss_forward: loss, loss_reverse: loss }
}

fn row(peers: &[u64], state: LinkState) -> Row {
    Row { entries: peers.iter().map(|p| entry(*p, state)).collect(), ..Row::default() }
}

fn up(peers: &[u64]) -> Row {
    row(peers, LinkState::Up)
}

fn at(ms: u64) -> Moment {
    Moment(1_000_000_000_000) + Duration::from_millis(ms)
}

fn nodes(n: u64) -> Vec<Gossip> {
    let of = |own| {
        let mut gossip = Gossip::new(Node(own), 1_000);
        gossip.members((0..n).map(Node));
        gossip
    };
    (0..n).map(of).collect()
}

/// Carries all that is due from one to the other; says how many packets that took.
fn carry(all: &mut [Gossip], from: usize, to: usize, now: Moment) -> usize {
    let mut packets = 0;
    while let Some(bytes) = all[from].next_for(Node(to as u64), now) {
        assert!(bytes.len() <= PACKET_LIMIT);
        assert!(all[to].receive(now, Node(from as u64), &bytes));
        packets += 1;
        assert!(packets < 1_000, "there is no end to it");
    }
    packets
}

fn known(gossip: &Gossip, node: u64, now: Moment) -> Option<(Row, Duration)> {
    gossip.rows(now).find(|(n, _, _)| *n == Node(node)).map(|(_, row, age)| (row.clone(), age))
}

#[test]
fn our_own_row_goes_each_second_and_at_once_when_a_state_changes() {
    let mut all = nodes(2);
    assert_eq!(carry(&mut all, 0, 1, at(0)), 0, "there is nothing to tell yet");
    all[0].update_own(at(0), up(&[1]));
    assert_eq!(carry(&mut all, 0, 1, at(0)), 1);
    all[0].update_own(at(500), Row { stalls: 1, ..up(&[1]) });
    assert_eq!(carry(&mut all, 0, 1, at(500)), 0, "only figures differ");
    assert_eq!(carry(&mut all, 0, 1, at(1_000)), 1);
    all[0].update_own(at(1_050), row(&[1], LinkState::Down));
    assert_eq!(carry(&mut all, 0, 1, at(1_050)), 1, "a state changed");
    assert_eq!(known(&all[1], 0, at(1_050)).unwrap().0, row(&[1], LinkState::Down));
    assert_eq!(carry(&mut all, 0, 1, at(9_000)), 0, "it has that version");
}

#[test]
fn a_row_goes_over_three_hops_and_its_age_counts_each_stay() {
    let mut all = nodes(4);
    all[0].update_own(at(0), up(&[1]));
    for (hop, ms) in [(0, 100), (1, 300), (2, 1_000)] {
        assert_eq!(carry(&mut all, hop, hop + 1, at(ms)), 1);
    }
    let (row, age) = known(&all[3], 0, at(1_500)).unwrap();
    assert_eq!((row, age), (up(&[1]), Duration::from_millis(1_500)));
    assert_eq!(carry(&mut all, 3, 0, at(1_500)), 0, "nobody is told its own row");
    assert_eq!(carry(&mut all, 3, 2, at(1_500)), 0, "nor what it told itself");
    assert_eq!(carry(&mut all, 2, 3, at(1_500)), 0);
}

#[test]
fn whoever_is_reached_by_a_row_s_maker_is_not_told_it_by_others() {
    let mut all = nodes(3);
    all[0].update_own(at(0), up(&[1, 2]));
    carry(&mut all, 0, 1, at(0));
    assert_eq!(carry(&mut all, 1, 2, at(0)), 0);
    all[0].update_own(at(10), Row { entries: vec![entry(1, LinkState::Up), entry(2, LinkState::Down)], ..Row::default() });
    carry(&mut all, 0, 1, at(10));
    assert_eq!(carry(&mut all, 1, 2, at(10)), 1, "it does not hear it from 0 itself");
    assert!(!known(&all[2], 0, at(10)).unwrap().0.reaches(Node(2)));
}

#[test]
fn rows_of_others_go_on_every_5_s_and_at_once_when_a_state_changes() {
    let mut all = nodes(3);
    let mut told = Vec::new();
    for second in 0..20_u64 {
        let state = if second < 12 { LinkState::Up } else { LinkState::Degraded };
        all[0].update_own(at(second * 1_000), row(&[1], state));
        carry(&mut all, 0, 1, at(second * 1_000));
        if carry(&mut all, 1, 2, at(second * 1_000)) > 0 {
            told.push(second);
        }
    }
    assert_eq!(told, [0, 5, 10, 12, 17]);
}

#[test]
fn an_old_row_is_dropped_and_told_to_nobody() {
    let mut all = nodes(3);
    all[0].update_own(at(0), up(&[1]));
    carry(&mut all, 0, 1, at(0));
    assert!(known(&all[1], 0, at(20_000)).is_some());
    assert!(known(&all[1], 0, at(20_001)).is_none());
    assert_eq!(carry(&mut all, 1, 2, at(20_001)), 0);
    assert_eq!(all[1].rows.len(), 0);
}

#[test]
fn a_row_that_went_round_too_often_goes_no_further() {
    let mut all = nodes(20);
    all[0].update_own(at(0), up(&[1]));
    (0..19).for_each(|hop| {
        carry(&mut all, hop, hop + 1, at(0));
    });
    let reached: Vec<bool> = all.iter().map(|g| known(g, 0, at(0)).is_some()).collect();
    assert_eq!(reached.iter().filter(|r| **r).count(), 1 + usize::from(HOPS_LIMIT));
}

#[test]
fn a_restarted_node_is_believed_even_if_its_clock_went_back() {
    let mut all = nodes(2);
    all[0].update_own(at(0), up(&[1]));
    carry(&mut all, 0, 1, at(0));
    for (boot, ms, believed) in [(1_001, 100, true), (500, 200, false), (500, 21_000, true)] {
        all[0] = Gossip::new(Node(0), boot);
        all[0].members((0..2).map(Node));
        all[0].update_own(at(ms), Row { stalls: boot as u32, ..up(&[1]) });
        carry(&mut all, 0, 1, at(ms));
        let stalls = known(&all[1], 0, at(ms)).map(|(row, _)| row.stalls);
        assert_eq!(stalls == Some(boot as u32), believed, "{boot} at {ms}: {stalls:?}");
    }
}

#[test]
fn a_peer_whose_session_is_new_is_told_all_again() {
    let mut all = nodes(2);
    all[0].update_own(at(0), up(&[1]));
    carry(&mut all, 0, 1, at(0));
    assert_eq!(carry(&mut all, 0, 1, at(10)), 0);
    all[0].forget(Node(1));
    assert_eq!(carry(&mut all, 0, 1, at(10)), 1);
}

#[test]
fn a_long_row_comes_in_parts_in_any_order_or_not_at_all() {
    let mut all = nodes(200);
    let peers: Vec<u64> = (1..200).collect();
    all[0].update_own(at(0), up(&peers));
    let packets: Vec<_> = std::iter::from_fn(|| all[0].next_for(Node(1), at(0))).collect();
    assert_eq!(packets.len(), 6);
    for (i, bytes) in packets.iter().rev().enumerate() {
        assert!(known(&all[1], 0, at(0)).is_none(), "whole after {i} of 6");
        assert!(all[1].receive(at(0), Node(0), bytes));
        assert!(all[1].receive(at(0), Node(0), bytes), "twice is once");
    }
    assert_eq!(known(&all[1], 0, at(0)).unwrap().0, up(&peers));
    // A newer version takes the place of one that never became whole.
    all[1].receive(at(0), Node(0), &packets[0]);
    all[0].update_own(at(2_000), row(&peers, LinkState::Down));
    assert_eq!(carry(&mut all, 0, 1, at(2_000)), 6);
    assert_eq!(known(&all[1], 0, at(2_000)).unwrap().0, row(&peers, LinkState::Down));
    assert!(all[1].assemblies.is_empty());
}

#[test]
fn nothing_is_kept_of_strangers_nor_of_what_is_said_about_them() {
    let mut all = nodes(3);
    let mut stranger = Gossip::new(Node(77), 1);
    stranger.members((0..3).map(Node));
    stranger.update_own(at(0), up(&[0]));
    let bytes = stranger.next_for(Node(0), at(0)).unwrap();
    assert!(all[0].receive(at(0), Node(1), &bytes));
    assert_eq!(all[0].rows.len() + all[0].assemblies.len(), 0);
    assert!(!all[0].receive(at(0), Node(77), &bytes));
    assert!(all[0].told.is_empty());
    assert!(all[0].next_for(Node(77), at(0)).is_none());
    all[1].members([Node(0), Node(2), Node(99)]);
    all[1].update_own(at(0), up(&[0, 2, 99]));
    carry(&mut all, 1, 0, at(0));
    assert_eq!(known(&all[0], 1, at(0)).unwrap().0, up(&[0, 2]));
    all[0].members([Node(1)]);
    assert_eq!(known(&all[0], 1, at(0)).unwrap().0, up(&[0]));
    all[0].members([]);
    assert!(all[0].rows.is_empty() && all[0].told.is_empty());
}

#[test]
fn a_node_does_not_take_up_its_own_row_from_others() {
    let mut all = nodes(2);
    let mut other = Gossip::new(Node(0), 999_999);
    other.members((0..2).map(Node));
    other.update_own(at(0), up(&[1]));
    let bytes = other.next_for(Node(1), at(0)).unwrap();
    assert!(all[0].receive(at(0), Node(1), &bytes));
    assert!(all[0].rows.is_empty());
    assert!(!all[0].receive(at(0), Node(1), b"\x01garbage"));
}

/// Fifty nodes of eight neighbours, each of which tells its peers what is due, ten times a second.
#[test]
fn fifty_nodes_know_all_rows_within_a_second_and_hold_no_more_after_minutes() {
    let n = 50_u64;
    let names: Vec<NodeId> = (0..n).map(|i| NodeId::new(&format!("n-{i}")).unwrap()).collect();
    let plan = Plan::of(&names, 32, 8);
    let index = |name: &NodeId| names.iter().position(|n| n == name).unwrap();
    let peers: Vec<Vec<usize>> = names.iter().map(|name| plan.peers(name, 3).iter().map(index).collect()).collect();
    let mut all = nodes(n);
    let mut packets = Vec::new();
    for round in 0..400_u64 {
        let now = at(round * 100);
        let mut sent = 0;
        for i in 0..all.len() {
            if (round + i as u64).is_multiple_of(10) || round == 0 {
                let row = up(&peers[i].iter().map(|p| *p as u64).collect::<Vec<_>>());
                all[i].update_own(now, row);
            }
            for peer in &peers[i] {
                sent += carry(&mut all, i, *peer, now);
            }
        }
        packets.push(sent);
        let least = all.iter().map(|g| g.rows(now).count()).min().unwrap();
        assert!(round < 5 || least == all.len(), "after {round} rounds a node knows {least} rows");
        let oldest = all.iter().flat_map(|g| g.rows(now)).map(|(_, _, age)| age).max().unwrap();
        assert!(oldest <= Duration::from_secs(15), "{oldest:?} after {round}");
    }
    for gossip in &all {
        assert!(gossip.rows.len() <= 50 && gossip.assemblies.is_empty());
        assert!(gossip.told.values().map(BTreeMap::len).sum::<usize>() <= 8 * 50);
    }
    // 400 links told each second, each a packet of ours and a few of others' rows every 5 s.
    let last: usize = packets.iter().rev().take(100).sum();
    assert!(last / 10 <= 400 * 6, "{} packets a second", last / 10);
}

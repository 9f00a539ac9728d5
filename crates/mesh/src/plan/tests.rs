use std::collections::{BTreeMap, BTreeSet, HashMap};

use allswell_model::{NodeId, Timestamp};
use proptest::prelude::*;

use super::{EPOCH_SECONDS, LEAST_NEIGHBOURS, Plan, epoch_of, place};

type Links = BTreeSet<(NodeId, NodeId)>;

fn node(i: usize) -> NodeId {
    NodeId::new(&format!("n-{i}")).unwrap()
}

fn nodes(n: usize) -> Vec<NodeId> {
    (0..n).map(node).collect()
}

/// All directed links of an epoch.
fn links(plan: &Plan, members: &[NodeId], epoch: u64) -> Links {
    members.iter().flat_map(|a| plan.peers(a, epoch).into_iter().map(|b| (a.clone(), b))).collect()
}

/// Whether each node is reached from the first.
fn in_one_piece(members: &[NodeId], links: &Links) -> bool {
    let mut peers: BTreeMap<&NodeId, Vec<&NodeId>> = BTreeMap::new();
    for (a, b) in links {
        peers.entry(a).or_default().push(b);
    }
    let mut seen: BTreeSet<&NodeId> = members.iter().take(1).collect();
    let mut next: Vec<&NodeId> = seen.iter().copied().collect();
    while let Some(a) = next.pop() {
        next.extend(peers.get(a).into_iter().flatten().copied().filter(|b| seen.insert(b)));
    }
    seen.len() == members.len()
}

/// What stands in every epoch.
fn stable(plan: &Plan, members: &[NodeId]) -> Links {
    (1..plan.rounds()).fold(links(plan, members, 0), |kept, epoch| &kept & &links(plan, members, epoch))
}

#[test]
fn few_nodes_measure_all_pairs() {
    let members = nodes(32);
    let plan = Plan::of(&members, 32, 8);
    assert_eq!(links(&plan, &members, 7).len(), 32 * 31);
    assert_eq!(plan.rounds(), 1);
    assert!(links(&Plan::of(&nodes(33), 32, 8), &nodes(33), 7).len() <= 33 * 8);
}

#[test]
fn the_ring_stays_as_it_is_for_ever() {
    // Nodes of two versions must agree: these numbers are part of what is said between them.
    assert_eq!(place(&NodeId::new("fra-1").unwrap()), 0x2fa8_a5a9_1964_c75c);
    assert_eq!(place(&NodeId::new("fra-2").unwrap()), 0x23c2_4f88_0c33_1e81);
}

#[test]
fn an_epoch_is_two_minutes_of_the_wall_clock() {
    assert_eq!(epoch_of(0), 0);
    assert_eq!(epoch_of(119), 0);
    assert_eq!(epoch_of(120), 1);
    assert_eq!(epoch_of(-1), 0, "a clock that was never set");
    assert_eq!(epoch_of(i64::MAX), i64::MAX.unsigned_abs() / 120);
}

#[test]
fn a_stranger_measures_nobody_and_is_not_answered() {
    let plan = Plan::of(&nodes(5), 32, 8);
    assert_eq!(plan.peers(&NodeId::new("stranger").unwrap(), 1), []);
    assert!(!plan.answers(&node(1), &NodeId::new("stranger").unwrap(), Timestamp(0)));
    assert!(!plan.answers(&node(1), &node(1), Timestamp(0)), "nobody has a link to itself");
}

#[test]
fn around_a_border_both_epochs_hold_and_clocks_may_differ_by_the_grace() {
    let members = nodes(60);
    let plan = Plan::of(&members, 32, 8);
    let border = 1000 * EPOCH_SECONDS;
    let at = |seconds: i64| Timestamp(seconds * 1_000_000);
    let own = node(3);
    let (before, after) = (plan.peers(&own, 999), plan.peers(&own, 1000));
    assert_ne!(before, after);
    let both: BTreeSet<_> = before.iter().chain(&after).cloned().collect();
    assert_eq!(plan.measured(&own, at(border - 1)), before);
    assert_eq!(plan.measured(&own, at(border)), both.iter().cloned().collect::<Vec<_>>());
    assert_eq!(plan.measured(&own, at(border + 19)), both.into_iter().collect::<Vec<_>>());
    assert_eq!(plan.measured(&own, at(border + 20)), after);
    for ours in border - 60..border + 60 {
        for theirs in ours - 20..=ours + 20 {
            for peer in plan.measured(&own, at(ours)) {
                // A link of the last epoch may be refused by a node that is ahead: it goes anyway. What has begun is answered.
                let begun = plan.peers(&own, epoch_of(ours)).contains(&peer);
                assert!(!begun || plan.answers(&peer, &own, at(theirs)), "{peer} does not answer: {ours} here, {theirs} there");
            }
        }
    }
}

/// The same as a table of who measures whom, which is quick to look through.
fn table(plan: &Plan, members: &[NodeId], epoch: u64) -> Vec<Vec<bool>> {
    let index: HashMap<&NodeId, usize> = members.iter().enumerate().map(|(i, m)| (m, i)).collect();
    let row = |m| {
        plan.peers(m, epoch).iter().fold(vec![false; members.len()], |mut row, peer| {
            row[index[peer]] = true;
            row
        })
    };
    members.iter().map(row).collect()
}

fn piece(table: &[Vec<bool>]) -> usize {
    let (mut seen, mut next) = (vec![false; table.len()], vec![0]);
    seen[0] = true;
    while let Some(a) = next.pop() {
        for b in 0..table.len() {
            if table[a][b] && !seen[b] {
                seen[b] = true;
                next.push(b);
            }
        }
    }
    seen.iter().filter(|s| **s).count()
}

#[test]
fn from_2_to_200_nodes_the_mesh_is_in_one_piece_bounded_and_comes_round() {
    for n in (2..=60).chain((61..200).step_by(13)).chain([128, 200]) {
        for neighbours in [1, 5, 8, 13] {
            let members = nodes(n);
            let plan = Plan::of(&members, 0, neighbours);
            let most = neighbours.max(LEAST_NEIGHBOURS);
            let least = (most / 4 * 2).min(n - 1);
            let mut covered = vec![vec![false; n]; n];
            for epoch in 40..40 + plan.rounds() {
                let table = table(&plan, &members, epoch);
                for a in 0..n {
                    let degree = table[a].iter().filter(|b| **b).count();
                    assert!((least..=most).contains(&degree), "{n} of {neighbours}: {degree} links");
                    for b in 0..n {
                        assert!(table[a][b] == table[b][a] && !table[a][a], "{n} of {neighbours}: one-sided");
                        covered[a][b] |= table[a][b];
                    }
                }
                assert_eq!(piece(&table), n, "{n} of {neighbours}: in pieces");
            }
            let pairs = covered.iter().flatten().filter(|c| **c).count();
            assert_eq!(pairs, n * (n - 1), "{n} of {neighbours}: a pair was never measured");
        }
    }
    assert_eq!(Plan::of(&nodes(200), 32, 8).rounds(), 49);
}

#[test]
fn what_is_stable_alone_holds_the_mesh_together() {
    for n in [9, 33, 64, 120] {
        let members = nodes(n);
        assert!(in_one_piece(&members, &stable(&Plan::of(&members, 0, 8), &members)), "{n}");
    }
}

#[test]
fn a_node_that_comes_or_goes_moves_few_of_the_stable_links() {
    for n in 30..=40 {
        let (fewer, more) = (nodes(n), nodes(n + 1));
        let (before, after) = (stable(&Plan::of(&fewer, 0, 8), &fewer), stable(&Plan::of(&more, 0, 8), &more));
        // Directed: 2 links passed over the place, and the newcomer has 4.
        assert_eq!(before.difference(&after).count(), 2 * 2, "{n}");
        assert_eq!(after.difference(&before).count(), 2 * 4, "{n}");
    }
}

proptest! {
    #[test]
    fn neither_the_order_of_members_nor_who_asks_matters(n in 2_usize..80, epoch: u64, seed: u64) {
        let members = nodes(n);
        let mut shuffled = members.clone();
        shuffled.sort_by_key(|m| place(m) ^ seed.wrapping_mul(place(m) | 1));
        shuffled.push(node(0));
        let (one, other) = (Plan::of(&members, 16, 8), Plan::of(&shuffled, 16, 8));
        prop_assert_eq!(links(&one, &members, epoch), links(&other, &members, epoch));
        prop_assert!(links(&one, &members, epoch).iter().all(|(a, b)| one.peers(b, epoch).contains(a)));
    }
}

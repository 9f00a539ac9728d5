use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use allswell_model::{AlertKey, Attempted, ChannelName, IncidentId, Pending, Sent, Timestamp};
use proptest::prelude::*;

use super::Lanes;
use crate::sample;

const NOW: Timestamp = Timestamp(1_795_199_400_000_000);

fn pending(channel: &str, incident: i64, number: u32) -> Pending {
    let mut alert = (*sample::letters().unwrap().remove(0).alert).clone();
    alert.key = AlertKey::new(&format!("n-{incident}-{number}-{channel}")).unwrap();
    alert.channel = ChannelName::new(channel).unwrap();
    alert.incident = IncidentId(incident);
    alert.number = number;
    Pending { alert: Arc::new(alert), attempts: 0, due: NOW }
}

fn ended(lanes: &mut Lanes, of: &Pending, ended: Sent) {
    let attempted = Attempted { key: of.alert.key.clone(), at: NOW, ended, detail: String::new() };
    lanes.ended(&of.alert.channel, of.alert.incident, &attempted);
}

fn keys(taken: &[Pending]) -> Vec<&str> {
    taken.iter().map(|pending| pending.alert.key.as_str()).collect()
}

fn later(seconds: u64) -> Timestamp {
    NOW + Duration::from_secs(seconds)
}

#[test]
fn an_incident_goes_in_order_and_others_beside_it() {
    let mut lanes = Lanes::default();
    lanes.read(vec![pending("a", 1, 0), pending("a", 1, 1), pending("a", 2, 0), pending("b", 1, 0)], NOW);
    let taken = lanes.take(NOW, |_| 8);
    assert_eq!(keys(&taken), ["n-1-0-a", "n-2-0-a", "n-1-0-b"]);
    assert!(lanes.take(NOW, |_| 8).is_empty());
    ended(&mut lanes, &taken[0], Sent::Again(later(4)));
    assert!(lanes.take(NOW, |_| 8).is_empty(), "the second must not overtake the first");
    assert_eq!(lanes.next_due(|_| 8), Some(later(4)));
    assert_eq!(keys(&lanes.take(later(4), |_| 8)), ["n-1-0-a"]);
    ended(&mut lanes, &taken[0], Sent::Delivered);
    assert_eq!(keys(&lanes.take(later(4), |_| 8)), ["n-1-1-a"]);
}

#[test]
fn room_is_a_channels_own() {
    let mut lanes = Lanes::default();
    lanes.read((0..20).flat_map(|n| [pending("a", n, 0), pending("b", n, 0)]).collect(), NOW);
    let room = |name: &ChannelName| if name.as_str() == "a" { 2 } else { 8 };
    let taken = lanes.take(NOW, room);
    assert_eq!(taken.iter().filter(|pending| pending.alert.channel.as_str() == "a").count(), 2);
    assert_eq!(taken.len(), 10);
    assert_eq!(lanes.next_due(room), None, "what finds no room is not waited for");
    assert_eq!(lanes.next_due(|_| 9), Some(NOW));
    assert_eq!(lanes.take(NOW, |_| 0).len(), 0);
}

#[test]
fn what_is_under_way_stays_so_when_the_outbox_is_read_again() {
    let mut lanes = Lanes::default();
    let all = || vec![pending("a", 1, 0), pending("a", 1, 1)];
    lanes.read(all(), NOW);
    let taken = lanes.take(NOW, |_| 8);
    lanes.read(all(), NOW);
    assert!(lanes.take(NOW, |_| 8).is_empty());
    ended(&mut lanes, &taken[0], Sent::Delivered);
    assert_eq!(keys(&lanes.take(NOW, |_| 8)), ["n-1-1-a"]);
}

#[test]
fn an_alert_that_left_the_outbox_meanwhile_holds_nothing_up() {
    let mut lanes = Lanes::default();
    lanes.read(vec![pending("a", 1, 0)], NOW);
    let taken = lanes.take(NOW, |_| 8);
    lanes.read(Vec::new(), NOW);
    assert_eq!(lanes.depths().map(|(_, waiting, under_way)| (waiting, under_way)).collect::<Vec<_>>(), [(0, 1)]);
    ended(&mut lanes, &taken[0], Sent::Again(later(1)));
    lanes.read(Vec::new(), NOW);
    assert_eq!(lanes.depths().count(), 0);
    assert_eq!(lanes.next_due(|_| 8), None);
}

#[test]
fn a_mended_channel_is_tried_at_once_also_where_an_attempt_was_under_way() {
    let mut lanes = Lanes::default();
    let mut waiting = vec![pending("a", 1, 0), pending("a", 2, 0)];
    waiting[1].due = later(300);
    lanes.read(waiting.clone(), NOW);
    let under_way = lanes.take(NOW, |_| 8);
    lanes.hurry(&ChannelName::new("a").unwrap(), NOW);
    let second = lanes.take(NOW, |_| 8);
    assert_eq!(keys(&second), ["n-2-0-a"]);
    // The old channel's failure does not delay the new one's attempt; the new one's does.
    waiting[0].due = later(300);
    ended(&mut lanes, &under_way[0], Sent::Again(later(300)));
    ended(&mut lanes, &second[0], Sent::Again(later(300)));
    lanes.read(waiting.clone(), NOW);
    let third = lanes.take(NOW, |_| 8);
    assert_eq!(keys(&third), ["n-1-0-a"]);
    ended(&mut lanes, &third[0], Sent::Again(later(300)));
    lanes.read(waiting, NOW);
    assert!(lanes.take(later(299), |_| 8).is_empty());
    assert_eq!(lanes.take(later(300), |_| 8).len(), 2);
}

#[test]
fn a_clock_that_was_set_back_silences_nothing() {
    let mut lanes = Lanes::default();
    let mut one = pending("a", 1, 0);
    one.due = later(86_400);
    lanes.read(vec![one], NOW);
    assert_eq!(lanes.take(NOW, |_| 8).len(), 1);
}

#[test]
fn idle_leaves_out_what_is_under_way_and_what_stands_behind_it() {
    let mut lanes = Lanes::default();
    lanes.read(vec![pending("a", 1, 0), pending("a", 1, 1), pending("a", 2, 0), pending("a", 2, 1), pending("a", 3, 0)], NOW);
    lanes.take(NOW, |_| 1);
    let name = ChannelName::new("a").unwrap();
    assert_eq!(keys(&lanes.idle(&name, 2)), ["n-2-0-a", "n-2-1-a"]);
    assert_eq!(lanes.idle(&name, 9).len(), 3);
    for pending in lanes.idle(&name, 9) {
        ended(&mut lanes, &pending, Sent::GivenUp);
    }
    assert_eq!(lanes.depths().map(|(_, waiting, _)| waiting).sum::<usize>(), 2);
    assert_eq!(lanes.next_due(|_| 9), None);
}

#[derive(Debug, Clone)]
enum Act {
    Decide(u8, u8),
    Read,
    Take(u8),
    End(u8, u8),
    Hurry(u8),
    Pass(u8),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        (0..3_u8, 0..4_u8).prop_map(|(channel, incident)| Act::Decide(channel, incident)),
        Just(Act::Read),
        (0..4_u8).prop_map(Act::Take),
        (any::<u8>(), 0..4_u8).prop_map(|(which, how)| Act::End(which, how)),
        (0..3_u8).prop_map(Act::Hurry),
        (0..20_u8).prop_map(Act::Pass),
    ];
    prop::collection::vec(act, 1..200)
}

/// The outbox and the sender in ten lines: what waits, what is under way.
#[derive(Default)]
struct Model {
    waiting: Vec<Pending>,
    under_way: Vec<Pending>,
    decided: BTreeMap<(String, i64), u32>,
    delivered: Vec<(String, i64, u32)>,
}

impl Model {
    fn ended(&mut self, lanes: &mut Lanes, which: u8, how: u8, now: Timestamp) {
        if self.under_way.is_empty() {
            return;
        }
        let one = self.under_way.remove(usize::from(which) % self.under_way.len());
        let at = self.waiting.iter().position(|waiting| waiting.alert.key == one.alert.key);
        let sent = if how == 0 { Sent::Again(now + Duration::from_secs(5)) } else { Sent::Delivered };
        match (sent, at) {
            (Sent::Again(due), Some(at)) => self.waiting[at].due = due,
            (_, Some(at)) => {
                self.waiting.remove(at);
                self.delivered.push((one.alert.channel.to_string(), one.alert.incident.0, one.alert.number));
            }
            _ => panic!("{:?} was sent without waiting", one.alert.key),
        }
        let attempted = Attempted { key: one.alert.key.clone(), at: now, ended: sent, detail: String::new() };
        lanes.ended(&one.alert.channel, one.alert.incident, &attempted);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn whatever_happens_each_incident_goes_in_order_once_and_to_the_end(acts in acts()) {
        let (mut lanes, mut model, mut now) = (Lanes::default(), Model::default(), NOW);
        let name = |channel: u8| ["a", "b", "c"][usize::from(channel)];
        for act in acts {
            match act {
                Act::Decide(channel, incident) => {
                    let next = model.decided.entry((name(channel).to_owned(), i64::from(incident))).or_default();
                    model.waiting.push(pending(name(channel), i64::from(incident), *next));
                    *next += 1;
                }
                Act::Read => lanes.read(model.waiting.clone(), now),
                Act::Take(room) => {
                    let before = model.under_way.len();
                    model.under_way.extend(lanes.take(now, |_| usize::from(room)));
                    let per_channel = |channel: &str| model.under_way.iter().filter(|one| one.alert.channel.as_str() == channel).count();
                    prop_assert!(model.under_way.len() == before || ["a", "b", "c"].iter().all(|channel| per_channel(channel) <= 4));
                }
                Act::End(which, how) => model.ended(&mut lanes, which, how, now),
                Act::Hurry(channel) => lanes.hurry(&ChannelName::new(name(channel)).unwrap(), now),
                Act::Pass(seconds) => now = now + Duration::from_secs(seconds.into()),
            }
            let trains: BTreeSet<_> = model.under_way.iter().map(|one| (one.alert.channel.clone(), one.alert.incident)).collect();
            prop_assert_eq!(trains.len(), model.under_way.len(), "two of one incident under way");
        }
        // Whatever state it is in, all is delivered in the end.
        for _ in 0..2000 {
            now = now + Duration::from_secs(6);
            lanes.read(model.waiting.clone(), now);
            model.under_way.extend(lanes.take(now, |_| 2));
            model.ended(&mut lanes, 0, 1, now);
        }
        prop_assert!(model.waiting.is_empty() && model.under_way.is_empty());
        let mut seen: BTreeMap<(String, i64), u32> = BTreeMap::new();
        for (channel, incident, number) in model.delivered {
            let next = seen.entry((channel, incident)).or_default();
            prop_assert_eq!(*next, number);
            *next += 1;
        }
        prop_assert_eq!(seen, model.decided);
    }
}

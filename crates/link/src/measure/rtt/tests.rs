use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::ids::{Node, Pair, SessionId};
use crate::terms::Terms;
use crate::window::{Counts, Verdict};
use crate::wire::{Farewell, Probe};

const MS: u64 = 1_000_000;
const WALL: u64 = 1_700_000_000_000 * MS;

/// The peer's probe of this number: when it came by our clock and as our kernel's stamp, what it tells of ours, and when it says that the
/// one before it left.
fn heard(sequence: u64, (at, stamp): (u64, u64), (heard_up_to, heard_at): (u64, u64), previous_sent: u64) -> Heard {
    let terms = Terms { interval: Duration::from_millis(50), hears: Duration::from_millis(50), multiplier: 3 };
    let probe = Probe {
        sequence,
        heard_up_to,
        heard_at: Stamp(heard_at),
        received: heard_up_to,
        previous_sent: Stamp(previous_sent),
        duplicates: 0,
        reordered: 0,
        farewell: Farewell::None,
        terms,
    };
    let pair = Pair { ours: SessionId(1), theirs: SessionId(2) };
    Heard {
        peer: Node(7),
        pair,
        at: Moment(at),
        stamp: Stamp(stamp),
        verdict: Verdict::New { reordered: None },
        probe,
        counts: Counts::default(),
    }
}

fn samples(round_trips: &mut RoundTrips) -> Vec<u64> {
    std::iter::from_fn(|| round_trips.sample()).map(|sample| u64::try_from(sample.as_nanos()).unwrap()).collect()
}

/// Our probe 0 at 10 ms and 1 at 60 ms, both stamped; the peer's probe 0 tells of our 0 and comes at 50 ms.
fn one_waiting() -> RoundTrips {
    let mut round_trips = RoundTrips::default();
    for (sequence, at) in [(0, 10 * MS), (1, 60 * MS)] {
        round_trips.sent(sequence, Moment(at));
        round_trips.sent_stamp(sequence, Stamp(WALL + at + 1_000));
    }
    round_trips.heard(&heard(0, (50 * MS, WALL + 50 * MS), (1, 777), 0));
    round_trips
}

#[test]
fn a_sample_is_our_time_without_the_peers() {
    let mut round_trips = one_waiting();
    assert_eq!(samples(&mut round_trips), []);
    round_trips.heard(&heard(1, (100 * MS, WALL + 100 * MS), (1, 777), 777 + 30 * MS));
    assert_eq!(samples(&mut round_trips), [10 * MS - 1_000]);
    assert_eq!(round_trips.missed(), Missed::default());
}

#[test]
fn a_stamp_of_ours_may_come_after_the_answer() {
    let mut round_trips = RoundTrips::default();
    round_trips.sent(0, Moment(10 * MS));
    round_trips.heard(&heard(0, (50 * MS, WALL + 50 * MS), (1, 777), 0));
    round_trips.sent(1, Moment(60 * MS));
    round_trips.heard(&heard(1, (100 * MS, WALL + 100 * MS), (1, 777), 777 + 30 * MS));
    round_trips.sent_stamp(1, Stamp(WALL + 60 * MS));
    assert_eq!(samples(&mut round_trips), []);
    round_trips.sent_stamp(0, Stamp(WALL + 10 * MS));
    assert_eq!(samples(&mut round_trips), [10 * MS]);
}

#[test]
fn one_probe_of_ours_gives_one_sample() {
    let mut round_trips = one_waiting();
    round_trips.heard(&heard(1, (100 * MS, WALL + 100 * MS), (1, 777), 777 + 30 * MS));
    round_trips.sent(2, Moment(110 * MS));
    round_trips.sent_stamp(2, Stamp(WALL + 110 * MS));
    round_trips.heard(&heard(2, (150 * MS, WALL + 150 * MS), (1, 777), 777 + 80 * MS));
    assert_eq!(samples(&mut round_trips), [10 * MS - 1_000]);
    assert_eq!(round_trips.missed(), Missed::default());
}

/// LINK-23.
#[test]
fn stamps_that_cannot_be_true_give_no_sample() {
    // The peer's own time would be negative, or longer than all of ours.
    for t3 in [776, 777 + 41 * MS, u64::MAX, 1] {
        let mut round_trips = one_waiting();
        round_trips.heard(&heard(1, (100 * MS, WALL + 100 * MS), (1, 777), t3));
        assert_eq!(samples(&mut round_trips), [], "{t3}");
        assert_eq!(round_trips.missed(), Missed { refused: 1, ..Missed::default() }, "{t3}");
    }
    // It tells of a probe that was not sent.
    let mut round_trips = one_waiting();
    round_trips.heard(&heard(1, (100 * MS, WALL + 100 * MS), (4, 777), 0));
    assert_eq!(round_trips.missed().refused, 1);
}

/// LINK-23.
#[test]
fn what_is_not_known_gives_no_sample_and_is_counted() {
    let mut round_trips = one_waiting();
    round_trips.heard(&heard(1, (100 * MS, WALL + 100 * MS), (0, 0), 0));
    assert_eq!(round_trips.missed().unstamped, 1);
    round_trips.heard(&heard(2, (150 * MS, 0), (2, 778), 1));
    assert_eq!(round_trips.missed().unstamped, 2);
    round_trips.heard(&heard(3, (200 * MS, WALL + 200 * MS), (2, 0), 1));
    assert_eq!(round_trips.missed().unstamped, 3);
    assert_eq!(samples(&mut round_trips), []);
}

#[test]
fn what_never_becomes_whole_makes_room_and_is_counted() {
    let mut round_trips = RoundTrips::default();
    for sequence in 0..100 {
        let at = (sequence + 1) * 50 * MS;
        round_trips.sent(sequence, Moment(at));
        round_trips.sent_stamp(sequence, Stamp(WALL + at));
        // Every other probe of the peer's is lost.
        round_trips.heard(&heard(sequence * 2, (at + 9 * MS, WALL + at + 9 * MS), (sequence + 1, 777), 1));
    }
    assert_eq!(samples(&mut round_trips), []);
    assert_eq!(round_trips.missed().unpaired, 96);

    let mut round_trips = RoundTrips::default();
    for sequence in 0..100 {
        let at = (sequence + 1) * 50 * MS;
        round_trips.sent(sequence, Moment(at));
        round_trips.heard(&heard(sequence, (at + 9 * MS, WALL + at + 9 * MS), (sequence + 1, 777), 778));
    }
    assert_eq!(round_trips.missed(), Missed { unstamped: 92, ..Missed::default() });
}

#[test]
fn another_session_knows_nothing_of_the_last() {
    let mut round_trips = one_waiting();
    round_trips.begin_session();
    round_trips.heard(&heard(1, (100 * MS, WALL + 100 * MS), (1, 777), 777 + 30 * MS));
    assert_eq!(samples(&mut round_trips), []);
}

/// Chance from a seed (splitmix64).
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}

/// A probe: when it left, and how long it was under way; `None` when it was lost.
#[derive(Debug, Clone, Copy)]
struct Flight {
    left: u64,
    took: Option<u64>,
}

fn flights(chance: &mut Seeded, count: usize) -> Vec<Flight> {
    let mut left = 100 * MS;
    let flight = |_| {
        left += 37 * MS + chance.below(13 * MS);
        let took = 10 * MS + chance.below(30 * MS) + if chance.below(10) == 0 { chance.below(60 * MS) } else { 0 };
        Flight { left, took: (chance.below(10) > 0).then_some(took) }
    };
    (0..count).map(flight).collect()
}

enum Happens {
    Sent(u64),
    Stamped(u64, u64),
    Heard(Heard),
}

/// How late our process is at most, each time.
const LATE: u64 = 3 * MS;

/// Runs 300 probes each way; our clock and the peer's are set by so many nanoseconds at those moments. Returns the samples, and all
/// round trips that there were.
fn run(seed: u64, ours: (u64, i64), theirs: (u64, i64)) -> (Vec<u64>, BTreeSet<u64>, Missed) {
    let mut chance = Seeded(seed);
    let (there, back) = (flights(&mut chance, 300), flights(&mut chance, 300));
    let our_wall = |time: u64| (WALL + time).saturating_add_signed(if time > ours.0 { ours.1 } else { 0 });
    let their_wall = |time: u64| (WALL / 2 + time).saturating_add_signed(if time > theirs.0 { theirs.1 } else { 0 });
    let (mut happens, mut true_ones) = (Vec::new(), BTreeSet::new());
    for (sequence, flight) in there.iter().enumerate() {
        let sequence = sequence as u64;
        happens.push((flight.left - chance.below(LATE), Happens::Sent(sequence)));
        happens.push((flight.left + chance.below(120 * MS), Happens::Stamped(sequence, our_wall(flight.left))));
    }
    let mut previous_sent = 0;
    for (sequence, flight) in back.iter().enumerate() {
        let known = there.iter().enumerate().filter_map(|(p, ours)| Some((p as u64, ours.left + ours.took?)));
        let told = known.filter(|(_, arrived)| *arrived <= flight.left).max().map(|(p, arrived)| (p + 1, their_wall(arrived)));
        if let Some(took) = flight.took {
            let arrived = flight.left + took;
            let at = arrived + chance.below(LATE);
            let packet = heard(sequence as u64, (at, our_wall(arrived)), told.unwrap_or_default(), previous_sent);
            happens.push((at, Happens::Heard(packet)));
            true_ones.extend(told.map(|(up_to, _)| there[up_to as usize - 1].took.unwrap() + took));
        }
        previous_sent = their_wall(flight.left);
    }
    happens.sort_by_key(|(at, _)| *at);
    let (mut round_trips, mut told) = (RoundTrips::default(), Vec::new());
    for (at, happens) in happens {
        match happens {
            Happens::Sent(sequence) => round_trips.sent(sequence, Moment(at)),
            Happens::Stamped(sequence, stamp) => {
                round_trips.sent_stamp(sequence, Stamp(stamp));
            }
            Happens::Heard(packet) => {
                round_trips.heard(&packet);
            }
        }
        told.extend(samples(&mut round_trips));
    }
    (told, true_ones, round_trips.missed())
}

proptest! {
    #[test]
    fn every_sample_is_a_round_trip_that_was(seed in any::<u64>()) {
        let (samples, true_ones, missed) = run(seed, (0, 0), (0, 0));
        prop_assert!(samples.len() > 100, "{}: {missed:?}", samples.len());
        prop_assert!(samples.iter().all(|sample| true_ones.contains(sample)));
        prop_assert_eq!((missed.refused, missed.clock_set), (0, 0));
    }

    #[test]
    fn our_clock_may_be_set_and_no_sample_is_false(
        seed in any::<u64>(),
        at in 1_000 * MS..10_000 * MS,
        by in prop_oneof![7_000_000_i64..300_000_000, 300_000_000_i64..1 << 60],
        back in any::<bool>(),
    ) {
        let (samples, true_ones, missed) = run(seed, (at, if back { -by } else { by }), (0, 0));
        prop_assert!(samples.len() > 100, "{}: {missed:?}", samples.len());
        prop_assert!(samples.iter().all(|sample| true_ones.contains(sample)));
    }

    /// The peer's clock is not ours to watch: a jump can spoil the samples that it falls into, within our own time, and no other.
    #[test]
    fn the_peers_clock_may_be_set_and_the_harm_is_bounded(seed in any::<u64>(), at in 1_000 * MS..10_000 * MS, by in -(1_i64 << 40)..1 << 40) {
        let (samples, true_ones, missed) = run(seed, (0, 0), (at, by));
        prop_assert!(samples.len() > 100, "{}: {missed:?}", samples.len());
        let spoiled: Vec<&u64> = samples.iter().filter(|sample| !true_ones.contains(sample)).collect();
        prop_assert!(spoiled.len() <= 2 && spoiled.iter().all(|sample| **sample < 500 * MS), "{spoiled:?}");
    }

    #[test]
    fn it_takes_anything(packets in prop::collection::vec(any::<(u64, (u64, u64), (u64, u64), u64)>(), 0..60)) {
        let mut round_trips = RoundTrips::default();
        for (sequence, (at, stamp), told, previous) in packets {
            round_trips.sent(told.0.wrapping_sub(1), Moment(previous));
            round_trips.sent_stamp(told.0.wrapping_sub(1), Stamp(told.1));
            round_trips.heard(&heard(sequence, (at, stamp), told, previous));
            let _ = samples(&mut round_trips);
        }
    }
}

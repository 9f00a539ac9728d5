use std::collections::BTreeMap;

use super::*;
use crate::ids::{Node, SessionId};
use crate::terms::Terms;
use crate::window::{Verdict, Window};
use crate::wire::{Farewell, Probe};

const MS: u64 = 1_000_000;

/// Chance from a seed (splitmix64).
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }

    fn happens(&mut self, per_thousand: u64) -> bool {
        self.below(1_000) < per_thousand
    }
}

/// What a way does to packets.
#[derive(Debug, Clone, Copy, Default)]
struct Way {
    lost_per_thousand: u64,
    twice_per_thousand: u64,
    /// Overtaken by the next one or two.
    late_per_thousand: u64,
    takes_ms: u64,
    /// Up to so much more.
    wavers_us: u64,
}

struct End {
    measures: Measures,
    window: Window,
    next: u64,
    previous_sent: Stamp,
    highest_at: Stamp,
    /// What its wall clock is ahead of true time.
    wall: u64,
}

impl End {
    fn new(wall: u64) -> Self {
        let (window, unknown) = (Window::new(), Stamp::UNKNOWN);
        Self { measures: Measures::new(), window, next: 0, previous_sent: unknown, highest_at: unknown, wall }
    }

    fn begin_session(&mut self) {
        *self = Self { measures: std::mem::take(&mut self.measures), ..Self::new(self.wall) };
    }

    fn send(&mut self, pair: Pair, now: u64) -> Probe {
        let stamp = Stamp(now + self.wall);
        let counts = self.window.counts();
        let probe = Probe {
            sequence: self.next,
            heard_up_to: counts.expected,
            heard_at: self.highest_at,
            received: counts.received,
            previous_sent: std::mem::replace(&mut self.previous_sent, stamp),
            duplicates: counts.duplicates as u32,
            reordered: counts.reordered as u32,
            farewell: Farewell::None,
            terms: Terms::every(Duration::from_millis(50), 3),
        };
        let sent = SentProbe { peer: Node(9), pair, sequence: self.next };
        self.measures.sent(&sent, Moment(now));
        self.measures.sent_stamp(&sent, stamp);
        self.next += 1;
        probe
    }

    fn hear(&mut self, pair: Pair, now: u64, probe: Probe) {
        let verdict = self.window.accept(probe.sequence);
        if !matches!(verdict, Verdict::New { .. }) {
            return;
        }
        let stamp = Stamp(now + self.wall);
        if self.window.highest() == Some(probe.sequence) {
            self.highest_at = stamp;
        }
        let heard = Heard { peer: Node(9), pair, at: Moment(now), stamp, verdict, probe, counts: self.window.counts() };
        self.measures.heard(&heard);
    }
}

enum Happens {
    Sends(usize),
    Hears(usize, Pair, Probe),
}

/// Two ends and two ways between them.
struct World {
    ends: [End; 2],
    /// From the first end to the second, and back.
    ways: [Way; 2],
    pair: Pair,
    happens: BTreeMap<(u64, u64), Happens>,
    number: u64,
    now: u64,
    chance: Seeded,
}

impl World {
    fn new(seed: u64, ways: [Way; 2]) -> Self {
        let pair = Pair { ours: SessionId(1), theirs: SessionId(2) };
        let ends = [End::new(1_700_000_000_000 * MS), End::new(1_600_000_000_000 * MS)];
        let mut world = Self { ends, ways, pair, happens: BTreeMap::new(), number: 0, now: 5_000 * MS, chance: Seeded(seed) };
        for end in 0..2 {
            world.at(world.now + end as u64 * 11 * MS, Happens::Sends(end));
        }
        world
    }

    fn at(&mut self, when: u64, happens: Happens) {
        self.happens.insert((when, self.number), happens);
        self.number += 1;
    }

    fn run(&mut self, seconds: u64) -> Figures {
        let until = self.now + seconds * SECOND;
        while let Some(next) = self.happens.first_entry().filter(|next| next.key().0 <= until) {
            let ((now, _), happens) = next.remove_entry();
            self.now = now;
            match happens {
                Happens::Sends(end) => self.send(end),
                Happens::Hears(end, pair, probe) => self.ends[end].hear(pair, now, probe),
            }
        }
        self.now = until;
        self.ends[0].measures.figures(Moment(until))
    }

    fn send(&mut self, end: usize) {
        let (way, pair, now) = (self.ways[end], self.pair, self.now);
        let probe = self.ends[end].send(pair, now);
        let late = if self.chance.happens(way.late_per_thousand) { 60 * MS + self.chance.below(50 * MS) } else { 0 };
        let takes = way.takes_ms * MS + late + self.chance.below(way.wavers_us * 1_000 + 1);
        if !self.chance.happens(way.lost_per_thousand) {
            self.at(now + takes, Happens::Hears(1 - end, pair, probe));
        }
        if self.chance.happens(way.twice_per_thousand) {
            self.at(now + takes + 3 * MS, Happens::Hears(1 - end, pair, probe));
        }
        let next = now + self.chance.below(50 * MS / 4) + 50 * MS * 3 / 4;
        self.at(next, Happens::Sends(end));
    }
}

fn takes(ms: u64) -> Way {
    Way { takes_ms: ms, wavers_us: 400, ..Way::default() }
}

fn near(told: Duration, ms: u64) -> bool {
    told.abs_diff(Duration::from_millis(ms)) < Duration::from_millis(1)
}

#[test]
fn a_good_link() {
    let figures = World::new(1, [takes(10), takes(30)]).run(30);
    let rtt = figures.rtt.unwrap();
    assert!(near(rtt.p50, 40) && near(rtt.min, 40) && near(rtt.max, 40), "{rtt:?}");
    assert!(rtt.count > 140 && figures.rtt_all.unwrap().count > 450, "{figures:?}");
    assert!(figures.jitter.unwrap() < Duration::from_micros(400), "{figures:?}");
    assert_eq!((figures.loss_forward, figures.loss_reverse), (Some(0.0), Some(0.0)));
    assert!(figures.counts.sent > 600 && figures.counts.received > 600, "{figures:?}");
    let trouble = Totals { sent: 0, received: 0, ..figures.counts };
    assert_eq!((trouble, figures.shift, figures.refused), (Totals::default(), None, 0));
}

#[test]
fn one_percent_is_seen_both_ways_and_near() {
    let way = Way { lost_per_thousand: 10, ..takes(10) };
    let figures: Vec<Figures> = (0..200).map(|seed| World::new(seed, [way, way]).run(10)).collect();
    // Of 228 packets none is lost in one of ten runs: that is chance, not a fault.
    for losses in [figures.iter().map(|f| f.loss_forward).collect::<Vec<_>>(), figures.iter().map(|f| f.loss_reverse).collect()] {
        let losses: Vec<f64> = losses.into_iter().flatten().collect();
        let mean = losses.iter().sum::<f64>() / losses.len() as f64;
        assert!(losses.len() == 200 && (0.008..0.012).contains(&mean), "{mean}");
        assert!(losses.iter().filter(|loss| **loss > 0.0).count() > 165);
        assert!(losses.iter().all(|loss| *loss < 0.05));
    }
}

#[test]
fn two_directions_are_told_apart() {
    let lossy = Way { lost_per_thousand: 50, ..takes(10) };
    for seed in 0..20 {
        let forward = World::new(seed, [lossy, takes(10)]).run(30);
        assert!(forward.loss_forward.unwrap() > 0.0 && forward.counts.lost_forward > 5, "{forward:?}");
        assert_eq!((forward.loss_reverse, forward.counts.lost_reverse), (Some(0.0), 0));
        let reverse = World::new(seed, [takes(10), lossy]).run(30);
        assert!(reverse.loss_reverse.unwrap() > 0.0 && reverse.counts.lost_reverse > 5, "{reverse:?}");
        assert_eq!((reverse.loss_forward, reverse.counts.lost_forward), (Some(0.0), 0));
    }
}

#[test]
fn order_and_repetition_are_no_loss() {
    let messy = Way { late_per_thousand: 150, twice_per_thousand: 150, ..takes(10) };
    for seed in 0..20 {
        let mut world = World::new(seed, [messy, messy]);
        world.run(30);
        // What was overtaken at the last moment may still be under way.
        world.ways = [takes(10), takes(10)];
        let figures = world.run(1);
        assert_eq!((figures.counts.lost_forward, figures.counts.lost_reverse), (0, 0), "{figures:?}");
        assert_eq!((figures.loss_forward, figures.loss_reverse), (Some(0.0), Some(0.0)));
        assert!(figures.counts.reordered > 20 && figures.counts.duplicates > 20 && figures.counts.extent >= 1, "{figures:?}");
        assert_eq!((figures.refused, figures.missed.refused, figures.missed.clock_set), (0, 0, 0));
    }
}

#[test]
fn another_session_begins_anew_and_totals_go_on() {
    let mut world = World::new(3, [Way { lost_per_thousand: 100, ..takes(10) }, takes(10)]);
    let first = world.run(20);
    world.pair = Pair { ours: SessionId(3), theirs: SessionId(4) };
    world.ends.iter_mut().for_each(End::begin_session);
    world.ways = [takes(10), takes(10)];
    // The windows of the test know one session only.
    world.happens.retain(|_, happens| !matches!(happens, Happens::Hears(..)));
    let second = world.run(20);
    assert_eq!((second.counts.lost_forward, second.counts.lost_reverse), (first.counts.lost_forward, 0));
    assert!(second.counts.sent > first.counts.sent + 400 && second.counts.received > first.counts.received + 400);
    assert_eq!((second.loss_forward, second.refused), (Some(0.0), 0));
    assert!(near(second.rtt.unwrap().p50, 20), "{second:?}");
}

#[test]
fn what_still_comes_of_the_session_before_is_passed_over() {
    let mut world = World::new(4, [takes(10), takes(10)]);
    world.run(10);
    let old = std::mem::replace(&mut world.pair, Pair { ours: SessionId(7), theirs: SessionId(8) });
    world.ends.iter_mut().for_each(End::begin_session);
    world.happens.retain(|_, happens| !matches!(happens, Happens::Hears(..)));
    let before = world.run(10);
    assert_eq!((before.counts.lost_reverse, before.refused, before.missed.refused), (0, 0, 0));
    let probe = world.ends[1].send(old, world.now);
    let verdict = Verdict::New { reordered: None };
    let counts = Counts { expected: 1_000, ..Counts::default() };
    let heard = Heard { peer: Node(9), pair: old, at: Moment(world.now), stamp: Stamp(1), verdict, probe, counts };
    let measures = &mut world.ends[0].measures;
    measures.heard(&heard);
    measures.sent(&SentProbe { peer: Node(9), pair: old, sequence: 5 }, Moment(world.now));
    measures.sent_stamp(&SentProbe { peer: Node(9), pair: old, sequence: 5 }, Stamp(1));
    assert_eq!(measures.figures(Moment(world.now)), before);
}

#[test]
fn a_shift_is_told_once_and_lasts() {
    let mut world = World::new(5, [takes(10), takes(10)]);
    let normal = world.run(60).normal.unwrap();
    assert!(near(normal, 20), "{normal:?}");
    assert_eq!(world.ends[0].measures.shift(), None);
    world.ways = [takes(15), takes(10)];
    let figures = world.run(10);
    let shift = world.ends[0].measures.shift().unwrap();
    assert!(shift.is_rise() && near(shift.from, 20) && near(shift.to, 25), "{shift:?}");
    assert_eq!(figures.shift.map(|lasting| lasting.since), Some(shift.since));
    assert!(shift.since.since(Moment(65_000 * MS)) <= Duration::from_secs(5));
    world.run(100);
    assert_eq!(world.ends[0].measures.shift(), None);
    world.ways = [takes(10), takes(10)];
    assert_eq!(world.run(20).shift, None);
    assert!(world.ends[0].measures.shift().is_some_and(|shift| !shift.is_rise()));
}

#[test]
fn every_second_is_told_and_silence_has_none_to_tell() {
    let mut world = World::new(6, [takes(10), takes(10)]);
    world.run(200);
    let mut now = world.now;
    let points: Vec<Point> = world.ends[0].measures.points(Moment(now)).collect();
    assert_eq!(points.len() as u64, seconds::KEPT);
    assert!(points.windows(2).all(|pair| pair[1].began.since(pair[0].began) == Duration::from_secs(1)));
    assert!(points.iter().all(|point| point.rtt.is_some_and(|rtt| near(rtt, 20)) && point.loss_forward == Some(0.0)));

    now += 30 * SECOND;
    let points: Vec<Point> = world.ends[0].measures.points(Moment(now)).collect();
    let silent = points.iter().filter(|point| (point.rtt, point.loss_forward, point.loss_reverse) == (None, None, None)).count();
    assert!((28..=30).contains(&silent), "{silent}");
    let figures = world.ends[0].measures.figures(Moment(now));
    assert_eq!((figures.rtt, figures.loss_forward, figures.loss_reverse), (None, None, None));
    assert!(figures.rtt_all.is_some());

    now += 40 * 86_400 * SECOND;
    assert!(world.ends[0].measures.points(Moment(now)).all(|point| point.rtt.is_none() && point.loss_reverse.is_none()));
    assert_eq!(world.ends[0].measures.figures(Moment(now)).loss_reverse, None);
}

#[test]
fn a_first_second_without_packets_is_no_loss() {
    let mut measures = Measures::new();
    let figures = measures.figures(Moment(3));
    assert_eq!((figures.rtt, figures.rtt_all, figures.jitter, figures.normal), (None, None, None, None));
    assert_eq!((figures.loss_forward, figures.loss_reverse, figures.counts), (None, None, Totals::default()));
    assert_eq!(measures.points(Moment(4)).count(), 0);
}

#[test]
fn the_loss_of_two_minutes_is_there_for_the_multiplier() {
    let mut world = World::new(8, [takes(10), Way { lost_per_thousand: 20, ..takes(10) }]);
    world.run(300);
    let now = Moment(world.now);
    let loss = world.ends[0].measures.lost_reverse(now);
    assert!((2_500..2_900).contains(&loss.expected), "{loss:?}");
    let cautious = multiplier::cautious(loss);
    assert!((0.015..0.035).contains(&cautious), "{cautious}");
}

#[test]
fn a_link_takes_less_than_64_kb() {
    let boxed = 31 * 64 * 4 + size_of::<Scratch>() + 512 * 40 + 121 * size_of::<Option<(u64, Mark)>>() + 2 * 360 * 4;
    assert!(size_of::<Measures>() + boxed < 64 * 1024, "{} + {boxed}", size_of::<Measures>());
}

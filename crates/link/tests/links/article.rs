//! The first of the faults that an article tells of: numbers that begin anew, and a restart that meets packets of before it. The others are
//! faults of timers; they stand beside those.

use std::time::Duration;

use allswell_link::happening::Happening;
use allswell_link::terms::Terms;

use crate::world::{Under, World, address};

/// The receiver of the article: 0 means that the sender began anew, and what is older than the newest is not counted.
#[derive(Debug, Default)]
struct Naive {
    next: u64,
}

impl Naive {
    fn counts(&mut self, number: u64) -> bool {
        let counts = number == 0 || number >= self.next;
        if counts {
            self.next = number + 1;
        }
        counts
    }
}

/// All ways to lay the old packets among the new ones, which come in order: before which of them each comes.
fn places(new: usize) -> impl Iterator<Item = [usize; 2]> {
    (0..=new).flat_map(move |one| (0..=new).map(move |other| [one, other]))
}

/// Whether it hears nothing any more after a restart that 51 packets preceded, of which two come late.
fn naive_is_deaf(places: [usize; 2]) -> bool {
    let mut receiver = Naive::default();
    (0..=48).for_each(|number| assert!(receiver.counts(number)));
    for number in 0..8 {
        for (old, _) in [49, 50].into_iter().zip(places).filter(|(_, place)| *place as u64 == number) {
            receiver.counts(old);
        }
        receiver.counts(number);
    }
    (8..48).all(|number| !receiver.counts(number))
}

/// The same for ours: two probes are under way while their sender begins anew, and arrive before these packets of its new life. Then it is
/// looked at what was counted.
fn ours_hears_all(places: [usize; 2], between: Duration) {
    let mut world = World::new(2, 1, Terms::every(Duration::from_millis(50), 3));
    world.switch_on(0);
    world.switch_on(1);
    world.pass(Duration::from_secs(2));
    world.cut.insert((0, 1));
    world.pass(Duration::from_millis(100));
    let old: Vec<_> = world.recorded.iter().rev().filter(|(from, _)| *from == 0).take(2).map(|(_, bytes)| bytes.clone()).collect();
    world.cut.clear();
    let before = world.session(1, 0).unwrap();
    world.restart(0);
    for (bytes, place) in old.into_iter().zip(places) {
        let at = world.now + between * u32::try_from(place).unwrap();
        world.put(at, 1, Under::Packet { from: address(0), bytes });
    }
    world.pass(Duration::from_secs(2));
    assert!(world.agree(0, 1), "{places:?}");
    let pair = world.session(1, 0).unwrap();
    assert_ne!(pair, before);
    let of_now: Vec<u64> = world.hosts[1].heard.iter().filter(|heard| heard.pair == pair).map(|heard| heard.probe.sequence).collect();
    assert!(of_now.len() >= 39, "{places:?}: {of_now:?}");
    assert_eq!(of_now, (0..of_now.len() as u64).collect::<Vec<_>>(), "{places:?}");
    let stopped = |told: &Happening| matches!(told, Happening::PeerStalled { .. } | Happening::SelfStalled { .. });
    assert_eq!(world.said(1, stopped), 0);
}

#[test]
fn sequence_numbers_that_a_restart_confuses() {
    let deaf = places(8).filter(|places| naive_is_deaf(*places)).count();
    // Once an old number comes after the new 0, all is lost until the new ones have climbed past it.
    assert_eq!(deaf, 81 - 4, "each order but those in which both came before the 0, or never");
    for places in places(8) {
        // Among the packets of the handshake, and among the probes after it.
        ours_hears_all(places, Duration::from_micros(75));
        ours_hears_all(places, Duration::from_millis(25));
    }
}

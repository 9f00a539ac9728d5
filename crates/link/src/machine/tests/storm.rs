//! A great many events in random order, in virtual time.
//!
//! In the ordinary suite some millions; `ALLSWELL_STORM=100000000 cargo test --release -p allswell-link storm` tries a hundred million.

use super::held::{Driver, Held, Move};
use crate::chance::Chance;

const USUALLY: u64 = 10_000_000;

/// Each with how often. Timers and probes are frequent, and so a session lasts for a while; its end is rarer.
const MOVES: [(Move, u64); 20] = [
    (Move::Hold(0), 40),
    (Move::Hold(1), 20),
    (Move::Fire(0), 40),
    (Move::Fire(1), 20),
    (Move::Probe, 25),
    (Move::Again, 5),
    (Move::Draining, 3),
    (Move::KernelAnswered, 10),
    (Move::KernelUnasked, 2),
    (Move::Refused, 2),
    (Move::Syn, 5),
    (Move::SynAck, 15),
    (Move::Ack, 5),
    (Move::ForgedAck, 3),
    (Move::LinkUp, 20),
    (Move::LinkDown, 1),
    (Move::Leave, 1),
    (Move::Leaving, 2),
    (Move::HearsNothing, 2),
    (Move::Wait, 10),
];

/// A move by chance.
fn draw(chance: &mut Chance) -> Move {
    let mut ticket = chance.next() % MOVES.iter().map(|(_, often)| often).sum::<u64>();
    for (step, often) in MOVES {
        if ticket < often {
            return step;
        }
        ticket -= often;
    }
    unreachable!()
}

fn storm(driver: Driver, seed: u64, events: u64) -> Result<(u64, u64), (u64, &'static str)> {
    let (mut held, mut chance) = (Held::new(driver), Chance::new(seed));
    for event in 0..events {
        held.go(draw(&mut chance)).map_err(|complaint| (event, complaint))?;
    }
    Ok((held.fired, held.spared))
}

#[test]
fn a_storm_of_events_delivers_no_timer_after_its_cancel() {
    let events = std::env::var("ALLSWELL_STORM").ok().map_or(USUALLY, |count| count.parse().unwrap());
    let (fired, spared) = storm(Driver::Ours, 1, events).unwrap();
    eprintln!("{events} events: {fired} timers fired, {spared} were held through their cancel and did not");
    assert!(fired > events / 20 && spared > events / 100, "{fired} {spared}");
}

#[test]
fn a_broken_driver_does_not_weather_it() {
    for seed in 0..20 {
        let (event, complaint) = storm(Driver::ByKind, seed, 10_000).unwrap_err();
        assert_eq!(complaint, "a timer fired after its cancel", "event {event}");
    }
}

//! Another pace while a session stands: slower, faster, less often to be heard, more patience. Whichever packet is lost meanwhile, no end
//! takes the other's new pace for a silence.

use std::time::Duration;

use super::end::MS;
use super::two_ends::{Left, Pair};
use crate::happening::Happening;
use crate::terms::Terms;

fn paces() -> Vec<Terms> {
    let mut paces = Vec::new();
    for (interval, hears) in [(10, 10), (50, 50), (400, 400), (50, 400), (400, 50), (10, 50)] {
        paces.extend([2, 3, 10].map(|multiplier| Terms { interval: interval * MS, hears: hears * MS, multiplier }));
    }
    paces
}

/// Both ends in one session that has gone on for a while.
fn standing(terms: Terms) -> Pair {
    let mut pair = Pair::new(Left { losses: 0, twice: 0, timers: 0, waits: 0, restarts: 0 });
    pair.ends.iter_mut().for_each(|end| end.link.terms = terms);
    assert!(pair.calm(Pair::is_confirmed, Duration::from_secs(1)));
    go_on(&mut pair, Duration::from_secs(2), u32::MAX);
    pair.ends.iter_mut().for_each(|end| drop(end.told()));
    pair
}

/// Time passes; of the packets that leave meanwhile one is lost.
fn go_on(pair: &mut Pair, time: Duration, lost: u32) {
    let (until, mut sent) = (pair.now + time, 0);
    while pair.now < until {
        if pair.under.is_empty() {
            pair.fire();
            continue;
        }
        pair.now = pair.now + MS / 10;
        for packet in std::mem::take(&mut pair.under) {
            if sent != lost {
                pair.deliver(packet);
            }
            sent += 1;
        }
    }
}

#[test]
fn no_change_of_pace_is_taken_for_a_silence() {
    for before in paces() {
        let begin = standing(before);
        for after in paces() {
            for (end, lost) in (0..2).flat_map(|end| [u32::MAX, 0, 1, 2, 3].map(|lost| (end, lost))) {
                let mut pair = begin.clone();
                pair.ends[end].link.terms = after;
                go_on(&mut pair, Duration::from_secs(6), lost);
                for end in &mut pair.ends {
                    let told: Vec<Happening> = end.told();
                    assert!(told.is_empty(), "{before:?} to {after:?} at end {end_}, packet {lost} lost: {told:?}", end_ = end.us.0);
                }
                let slowest = pair.ends[end].link.pace();
                let wanted = after.interval.max(before.hears);
                assert_eq!(slowest.0, wanted, "and it is agreed on in the end");
            }
        }
    }
}

/// How many packets leave within a second.
fn packets(pair: &mut Pair) -> u32 {
    let before = pair.delivered;
    go_on(pair, Duration::from_secs(1), u32::MAX);
    pair.delivered - before
}

/// LINK-31.
#[test]
fn a_new_pace_is_kept() {
    let (quick, slow) = (Terms::every(10 * MS, 3), Terms::every(100 * MS, 3));
    let mut pair = standing(quick);
    assert!((200..=280).contains(&packets(&mut pair)), "both, each up to a quarter earlier");
    pair.ends[0].link.terms = slow;
    go_on(&mut pair, Duration::from_secs(1), u32::MAX);
    assert!((20..=28).contains(&packets(&mut pair)), "one sends seldom, and the other need not be heard more often");
    pair.ends[0].link.terms = quick;
    go_on(&mut pair, Duration::from_secs(1), u32::MAX);
    assert!((200..=280).contains(&packets(&mut pair)));
}

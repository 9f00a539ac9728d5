//! Packets that were held back and let go much later: they keep nobody alive, bring nobody back and end nothing.

use std::time::Duration;

use allswell_link::dropped::Dropped;
use allswell_link::happening::{Death, Happening};
use allswell_link::machine::Event;
use allswell_link::window::Verdict;

use crate::arena::{Arena, DELAY, DETECTION, address};
use crate::forge::{KIND, PROBE, REPORT, number};

/// Two of three, by their numbers: those that pass keep the session standing.
fn two_of_three(end: usize, bytes: &[u8]) -> bool {
    end == 1 && bytes[KIND] == PROBE && !number(bytes, 24).is_multiple_of(3)
}

/// LINK-19: late ones count, as late; once.
#[test]
fn what_was_held_counts_as_late() {
    let mut arena = Arena::standing(20, 0);
    let before = arena.before();
    arena.takes = two_of_three;
    arena.pass(Duration::from_secs(10));
    arena.takes = |_, _| false;
    arena.pass(Duration::from_secs(1));
    for (_, bytes) in arena.held.clone() {
        let heard = arena.ends[0].heard.len();
        arena.pass_on(0, address(1), &bytes).unwrap();
        assert!(matches!(arena.ends[0].heard[heard..], [heard] if matches!(heard.verdict, Verdict::New { reordered: Some(_) })));
        arena.is_dropped(0, address(1), &bytes, Dropped::Duplicate);
    }
    arena.pass(Duration::from_secs(1));
    arena.is_unharmed(&before);
}

/// LINK-25: a packet that a later one has overtaken says nothing of how its sender is now. Who holds some back cannot let the dead live.
#[test]
fn what_was_held_keeps_nobody_alive() {
    let mut arena = Arena::standing(21, 0);
    arena.takes = two_of_three;
    arena.pass(Duration::from_secs(10));
    arena.kill(1);
    let before = arena.before();
    for (_, bytes) in arena.held.clone().into_iter().take(60) {
        let _ = arena.pass_on(0, address(1), &bytes);
        arena.pass(Duration::from_millis(50));
    }
    let told = arena.told_since(0, &before);
    assert!(matches!(told[..], [Happening::Ended { death: Death::Silent, .. }]), "{told:?}");
    let (at, _) = arena.ends[0].told.last().unwrap();
    assert!(at.since(before.at) <= DETECTION + DELAY, "{:?}", at.since(before.at));
}

/// LINK-27: nor does it say that a process that is stopped goes on.
#[test]
fn what_was_held_wakes_nobody() {
    let mut arena = Arena::standing(22, 0);
    arena.takes = two_of_three;
    arena.pass(Duration::from_secs(10));
    arena.ends[1].stopped = true;
    let before = arena.before();
    arena.pass(Duration::from_secs(1));
    let newest = arena.ends[0].heard.last().unwrap().probe.sequence;
    for (_, bytes) in arena.held.clone().into_iter().filter(|(_, bytes)| number(bytes, 24) < newest) {
        let _ = arena.pass_on(0, address(1), &bytes);
        arena.pass(Duration::from_millis(10));
    }
    let told = arena.told_since(0, &before);
    assert!(matches!(told[..], [Happening::PeerStalled { .. }]), "{told:?}");
}

/// LINK-25: reports have numbers of their own. One that is older than a probe that was heard is no sign of life either.
#[test]
fn reports_that_were_held_keep_nobody_alive() {
    let mut arena = Arena::standing(23, 0);
    arena.takes = |_, bytes| bytes[KIND] == REPORT;
    for _ in 0..100 {
        arena.report(1, b"what I know");
        arena.pass(Duration::from_millis(100));
    }
    arena.kill(1);
    let before = arena.before();
    for (_, bytes) in arena.held.clone().into_iter().take(60) {
        let _ = arena.pass_on(0, address(1), &bytes);
        arena.pass(Duration::from_millis(50));
    }
    let told = arena.told_since(0, &before);
    assert!(matches!(told[..], [Happening::Ended { death: Death::Silent, .. }]), "{told:?}");
    let (at, _) = arena.ends[0].told.last().unwrap();
    assert!(at.since(before.at) <= DETECTION + DELAY, "{:?}", at.since(before.at));
}

/// LINK-22: a farewell that was held until the next session stands.
#[test]
fn a_farewell_that_was_held_ends_nothing() {
    let mut arena = Arena::standing(24, 0);
    arena.takes = |_, bytes| bytes[KIND] == PROBE && bytes[76] != 0;
    arena.tell(1, Event::Leave);
    let farewell = arena.held[0].1.clone();
    arena.switch_on(1);
    arena.pass(Duration::from_secs(1));
    assert!(arena.agree());
    let before = arena.before();
    arena.is_dropped(0, address(1), &farewell, Dropped::UnknownSession);
    arena.pass(Duration::from_secs(1));
    arena.is_unharmed(&before);
}

/// LINK-20: packets of the session before are heard for a detection time more, and can end nothing.
#[test]
fn a_farewell_in_the_session_before_ends_nothing() {
    let mut arena = Arena::standing(25, 0);
    arena.takes = |end, bytes| end == 1 && bytes[KIND] == PROBE && bytes[76] != 0;
    arena.tell(1, Event::Leave);
    let farewell = arena.held[0].1.clone();
    arena.restart(1);
    arena.pass(Duration::from_millis(10));
    assert!(arena.agree());
    let before = arena.before();
    assert_eq!(arena.inject(0, address(1), &farewell).verdict, Ok(()));
    arena.pass(Duration::from_secs(1));
    arena.is_unharmed(&before);
    arena.is_dropped(0, address(1), &farewell, Dropped::UnknownSession);
}

/// What the page says under Security: who delays everything delays the news of an end by as much, and no more.
#[test]
fn who_delays_all_delays_the_end_by_as_much() {
    let mut arena = Arena::standing(26, 0);
    arena.takes = |end, bytes| end == 1 && bytes[KIND] == PROBE;
    let delay = Duration::from_millis(100);
    let mut passed = arena.ends[1].sent.len();
    let mut before = arena.before();
    for step in 0..500 {
        if step == 200 {
            arena.kill(1);
            before = arena.before();
        }
        while let Some(bytes) = arena.ends[1].sent.get(passed).filter(|(at, _)| *at + delay <= arena.now).map(|(_, bytes)| bytes.clone()) {
            passed += 1;
            let _ = arena.pass_on(0, address(1), &bytes);
        }
        arena.pass(Duration::from_millis(1));
    }
    let told = arena.told_since(0, &before);
    assert!(matches!(told[..], [Happening::Ended { death: Death::Silent, .. }]), "{told:?}");
    let took = arena.ends[0].told.last().unwrap().0.since(before.at);
    assert!(took > delay && took <= delay + DETECTION + Duration::from_millis(1), "{took:?}");
}

/// LINK-26: what is still in the socket is read before a silence is judged; until then nothing is said, however late it is.
#[test]
fn nothing_is_judged_before_all_was_read() {
    let mut arena = Arena::standing(27, 0);
    arena.takes = |end, bytes| end == 1 && bytes[KIND] == PROBE;
    let before = arena.before();
    arena.pass(Duration::from_millis(100));
    let (now, known) = (arena.now + Duration::from_secs(1), arena.now);
    arena.ends[0].endpoint.run(now, known, Duration::ZERO);
    assert_eq!(arena.ends[0].endpoint.happening(), None);
    let waiting = arena.held.last().unwrap().1.clone();
    arena.pass_on(0, address(1), &waiting).unwrap();
    arena.now = now;
    arena.ends[0].endpoint.run(now, known, Duration::ZERO);
    assert!(arena.told_since(0, &before).is_empty() && arena.ends[0].endpoint.happening().is_none());
    arena.kill(1);
    arena.pass(Duration::from_secs(1));
    assert_eq!(arena.told_since(0, &before).len(), 2, "now all was read: it was late itself, and the peer is dead");
}

//! What ends an incident, what does not, and that nobody is told of an end before he is told of what follows.

use super::*;

#[test]
fn unknown_never_resolves() {
    let mut night = Night::of("a", "oncall");
    night.runs(&[
        (0, "a down refused", "firing 1 oncall 1 a"),
        (10, "a unknown no_gateway", ""),
        (10_000, "", ""),
        (10_001, "a down timed_out", ""),
        (10_002, "a unknown no_gateway", ""),
        (10_003, "a up", "resolved 1 oncall 1 a"),
    ]);
    // Also where nobody asked for the unknown.
    Night::of("a", "oncall down").runs(&[
        (0, "a down refused", "firing 1 oncall 1 a"),
        (10, "a unknown no_gateway", ""),
        (20, "a up", "resolved 1 oncall 1 a"),
        (30, "a unknown no_gateway", ""),
        (1000, "", ""),
    ]);
}

#[test]
fn degraded_is_over_unless_it_is_asked_for() {
    Night::of("a", "oncall").runs(&[(0, "a down refused", "firing 1 oncall 1 a"), (10, "a degraded", "resolved 1 oncall 1 a")]);
    Night::of("a", "oncall down,degraded").runs(&[
        (0, "a down refused", "firing 1 oncall 1 a"),
        (10, "a degraded", ""),
        (20, "a up", "resolved 1 oncall 1 a"),
    ]);
}

#[test]
fn a_pause_is_an_end() {
    Night::of("a", "oncall").runs(&[(0, "a down refused", "firing 1 oncall 1 a"), (10, "a paused", "resolved 1 oncall 1 a")]);
}

#[test]
fn trouble_that_grows_is_told_before_the_end_of_what_it_was() {
    Night::of("a b", "oncall down,unknown,degraded").runs(&[
        (0, "a degraded", "firing 1 oncall 1 a"),
        (10, "a unknown no_gateway", ""),
        (1000, "a down refused", "firing 2 oncall 1 a; resolved 1 oncall 1 a"),
        (1010, "a up", "resolved 2 oncall 1 a"),
    ]);
}

#[test]
fn where_the_last_went_is_told_at_once() {
    let mut night = Night::of("a b c", "oncall");
    night.runs(&[
        (1000, "a unknown no_gateway; b unknown no_gateway", ""),
        (1120, "", "firing 1 oncall 2 a b"),
        (1130, "c down refused", "firing 2 oncall 1 c"),
        // The first is not over: that the second grew is told in its turn.
        (1131, "a down refused", ""),
        // It is: now, and sooner than in its turn.
        (1132, "b down refused", "update 2 oncall 3 c a b; resolved 1 oncall 2 a b"),
        (1200, "", ""),
    ]);
    let mut night = Night::of("a b c", "oncall");
    night.runs(&[
        (1000, "a unknown no_gateway; b unknown no_gateway", ""),
        (1120, "", "firing 1 oncall 2 a b"),
        (1130, "c down refused", "firing 2 oncall 1 c"),
        (1131, "a down refused", ""),
        // The last got well, but before it another did not.
        (1132, "b up", "update 2 oncall 2 c a; resolved 1 oncall 2 a b"),
    ]);
}

#[test]
fn who_is_watched_no_longer_leaves() {
    let mut night = Night::of("a b", "oncall");
    night.runs(&[
        (0, "a down refused; b down refused", "firing 1 oncall 2 a b"),
        (10, "forget a", ""),
        (240, "forget b", "resolved 1 oncall 2"),
    ]);
    assert_eq!(night.incident(1).alerts, 2);
    assert_eq!(night.due(), None);
}

#[test]
fn the_end_says_what_became_of_the_last() {
    let table = [
        ("oncall", "a up", "a is up again."),
        ("oncall", "a degraded", "a answers again, but is degraded."),
        ("oncall", "a paused", "a is paused."),
        ("oncall", "forget a", "a is watched no longer."),
        ("oncall", "a asks -", "a is not over, but nobody is to be told of it any more."),
        ("oncall", "a asks oncall unknown", "a is not over, but nobody is to be told of it any more."),
        ("oncall", "a asks mail", "a is not over, but others are told of it from now on."),
        ("oncall", "a unknown x; a asks -", "a is not over, but nobody is to be told of it any more."),
        ("oncall", "a up; a down refused", "a was up again, but is in trouble anew."),
    ];
    for (asks, what, words) in table {
        let mut night = Night::of("a", asks);
        night.runs(&[(0, "a down refused", "firing 1 oncall 1 a")]);
        night.now = 1000;
        night.happens(what);
        let decided = night.settle();
        let last = decided.alerts.last().unwrap();
        assert_eq!(last.summary, format!("Over after 16 min: {words}"), "{what}");
        assert_eq!((last.kind, last.ended, last.total), (allswell_model::AlertKind::Resolved, Some(at(1000)), 1));
    }
    let mut night = Night::of("a", "oncall");
    night.runs(&[(0, "a unknown x", ""), (120, "", "firing 1 oncall 1 a")]);
    night.now = 300;
    night.happens("a down refused");
    let summaries: Vec<_> = night.settle().alerts.into_iter().map(|alert| alert.summary).collect();
    assert_eq!(summaries, ["a is down: reason of refused.", "Over after 5 min: a is down now."]);
}

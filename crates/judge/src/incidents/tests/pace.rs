//! How often somebody is told, and that the clock may be set meanwhile.

use super::*;

#[test]
fn growth_is_told_at_most_once_a_minute() {
    let mut night = Night::of("a b c d", "oncall");
    night.runs(&[(0, "a down refused", "firing 1 oncall 1 a"), (1, "b down refused", "")]);
    assert_eq!(night.due(), Some(60));
    night.runs(&[
        (59, "c down refused", ""),
        (60, "", "update 1 oncall 3 a b c"),
        (119, "d down refused", ""),
        (120, "", "update 1 oncall 4 a b c d"),
        (300, "", ""),
    ]);
    assert_eq!(night.due(), None);
}

#[test]
fn that_it_shrinks_is_not_told_nor_that_it_grows_to_what_was_told() {
    Night::of("a b c", "oncall").runs(&[
        (0, "a down refused; b down refused", "firing 1 oncall 2 a b"),
        (10, "a up", ""),
        (20, "c down refused", ""),
        (100, "", ""),
        (101, "a down refused", "update 1 oncall 3 b c a"),
    ]);
}

#[test]
fn who_asks_for_it_is_reminded() {
    let mut night = Night::of("a b", "oncall down 600");
    night.runs(&[
        (0, "a down refused", "firing 1 oncall 1 a"),
        (599, "", ""),
        (600, "", "reminder 1 oncall 1 a"),
        (700, "b down refused", "firing 2 oncall 1 b"),
        (1200, "", "reminder 1 oncall 1 a"),
        (1300, "", "reminder 2 oncall 1 b"),
        // Turns that went by are one.
        (9000, "", "reminder 1 oncall 1 a; reminder 2 oncall 1 b"),
        (9001, "a up", "resolved 1 oncall 1 a"),
    ]);
    assert_eq!(night.due(), Some(9600));
    night.runs(&[(9002, "b up", "resolved 2 oncall 1 b")]);
    assert_eq!(night.due(), None);
}

#[test]
fn an_update_is_a_reminder_too() {
    Night::of("a b", "oncall down 90").runs(&[
        (0, "a down refused", "firing 1 oncall 1 a"),
        (50, "b down refused", ""),
        (60, "", "update 1 oncall 2 a b"),
        (90, "", ""),
        (150, "", "reminder 1 oncall 2 a b"),
    ]);
    // And a reminder tells how many they are.
    Night::of("a b", "oncall down 30").runs(&[
        (0, "a down refused", "firing 1 oncall 1 a"),
        (10, "b down refused", ""),
        (30, "", "reminder 1 oncall 2 a b"),
        (60, "", "reminder 1 oncall 2 a b"),
    ]);
}

#[test]
fn a_reminder_tells_what_is_so_by_then() {
    let mut night = Night::of("a", "oncall down 600");
    night.runs(&[(0, "a down refused", "firing 1 oncall 1 a"), (10, "a unknown no_gateway", "")]);
    night.now = 600;
    assert_eq!(night.settle().alerts[0].summary, "Still after 10 min: a, which was down, is unknown: reason of no_gateway.");
    night.now = 1200;
    night.happens("a down timed_out");
    assert_eq!(night.settle().alerts[0].summary, "Still after 20 min: a is down: reason of timed_out.");
}

#[test]
fn a_policy_that_asks_for_reminders_without_end_gets_one_a_second() {
    let mut night = Night::of("a", "oncall down 0");
    night.runs(&[(0, "a down refused", "firing 1 oncall 1 a"), (0, "", "")]);
    assert_eq!(night.due(), Some(1));
}

#[test]
fn each_channel_is_told_and_each_alert_has_its_number() {
    let mut night = Night::of("a", "oncall,mail down 600");
    night.runs(&[
        (0, "a down refused", "firing 1 oncall 1 a; firing 1 mail 1 a"),
        (600, "", "reminder 1 oncall 1 a; reminder 1 mail 1 a"),
        (700, "a up", "resolved 1 oncall 1 a; resolved 1 mail 1 a"),
    ]);
    assert_eq!(night.incident(1).alerts, 6);
}

#[test]
fn the_clock_may_be_set() {
    for jump in [3600, -3600] {
        let mut night = Night::of("a b c d", "oncall down,unknown 600");
        night.runs(&[(0, "a down refused", "firing 1 oncall 1 a"), (10, "b down refused", ""), (20, "c unknown no_gateway", "")]);
        night.incidents.clock_jumped(jump * 1000);
        assert_eq!(night.due(), Some(60 + jump));
        night.runs(&[
            (59 + jump, "", ""),
            (60 + jump, "", "update 1 oncall 2 a b"),
            (139 + jump, "", ""),
            (140 + jump, "", "firing 2 oncall 1 c"),
            // Five minutes after it grew, whatever the clock says.
            (310 + jump, "d down refused", "update 1 oncall 3 a b d"),
            (909 + jump, "c up", "resolved 2 oncall 1 c"),
            (910 + jump, "", "reminder 1 oncall 3 a b d"),
        ]);
        night.now = 960 + jump;
        night.happens("a up; b up; d up");
        assert_eq!(night.settle().alerts[0].summary, "Over after 16 min for 3 targets: the last, d, is up again.");
        let Some(EventBody::IncidentEnded { for_ms, .. }) = night.events.last() else { panic!("{:?}", night.events) };
        assert_eq!(*for_ms, 960_000);
        // Its number is greater than the last one all the same.
        night.happens("a down refused");
        night.settle();
        let numbers: Vec<_> = night.stored.keys().copied().collect();
        assert_eq!(numbers, night.seen);
    }
}

//! Who waits before somebody is told, and who leaves it to another node.

use super::*;

#[test]
fn trouble_that_is_short_wakes_nobody() {
    let mut night = Night::of("a", "oncall down,unknown - 5");
    night.runs(&[(0, "a down refused", ""), (4, "", ""), (4, "a up", ""), (70, "", "")]);
    assert_eq!((night.due(), night.stored.len()), (None, 0));
    // A minute later the next one is as short a trouble as that.
    night.runs(&[(71, "a down refused", "")]);
    assert_eq!(night.due(), Some(76));
    night.runs(&[(76, "", "firing 1 oncall 1 a"), (90, "a up", "resolved 1 oncall 1 a")]);
    assert_eq!(night.incident(1).began, at(71), "it is said since when it is so, not since when it is told");
}

#[test]
fn who_flaps_is_not_well_in_between() {
    Night::of("a", "oncall down,unknown - 5").runs(&[
        (0, "a down refused", ""),
        (1, "a up", ""),
        (3, "a down refused", ""),
        (4, "a up", ""),
        (50, "a down refused", "firing 1 oncall 1 a"),
        (51, "a up", "resolved 1 oncall 1 a"),
        // Somebody knows by now.
        (53, "a down refused", ""),
        (54, "a up", ""),
        (57, "a down refused", ""),
        (58, "", "firing 2 oncall 1 a"),
    ]);
}

#[test]
fn trouble_that_grows_is_told_when_the_worse_lasted() {
    Night::of("a", "oncall down,degraded - 5").runs(&[
        (0, "a degraded slow", ""),
        (5, "", "firing 1 oncall 1 a"),
        // It has been in trouble for long enough.
        (6, "a down refused", "firing 2 oncall 1 a; resolved 1 oncall 1 a"),
        (7, "a degraded slow", ""),
        (8, "a up", "resolved 2 oncall 1 a"),
    ]);
}

#[test]
fn what_another_node_tells_is_told_by_it_alone() {
    let mut night = Night::of("a b", "oncall down,unknown - 5");
    night.runs(&[(0, "a down refused; b down refused; a told_by ams-1", ""), (5, "", "firing 1 oncall 1 b"), (500, "", "")]);
    assert_eq!((night.due(), night.incidents.of(&id("a"))), (None, None));
    // That node is gone, or cannot be heard by people any more.
    night.runs(&[
        (501, "a told_by -", ""),
        (506, "", "firing 2 oncall 1 a"),
        (600, "a up; b up", "resolved 1 oncall 1 b; resolved 2 oncall 1 a"),
    ]);
}

#[test]
fn who_is_well_a_moment_after_the_node_that_told_wakes_nobody() {
    for (trouble, until) in [("down refused", 500), ("unknown left", 500)] {
        let mut night = Night::of("a", "oncall down,unknown - 5");
        night.runs(&[
            (0, &format!("a {trouble}; a told_by ams-1"), ""),
            (until, "a told_by -", ""),
            (until + 1, "a up", ""),
            (900, "", ""),
        ]);
    }
}

#[test]
fn who_was_told_of_the_beginning_is_told_of_the_end() {
    Night::of("a", "oncall").runs(&[
        (0, "a down refused", "firing 1 oncall 1 a"),
        (1, "a told_by ams-1", ""),
        (2, "a unknown no_gateway", ""),
        (3, "a down refused", ""),
        (4, "a up", "resolved 1 oncall 1 a"),
        (5, "a down refused", ""),
        (6, "a unknown no_gateway", ""),
        (300, "", ""),
        (301, "a told_by -", "firing 2 oncall 1 a"),
    ]);
}

#[test]
fn a_source_that_knows_more_says_why() {
    let mut night = Night::of("a", "oncall down - 5");
    night.runs(&[(0, "a down refused", "")]);
    let telling = Telling { by: None, reason: Some("a is down: 3 of 3 nodes say so.".to_owned()) };
    night.incidents.telling(&id("a"), telling, at(1));
    night.now = 5;
    let decided = night.settle();
    assert_eq!(decided.alerts[0].summary, "a is down: 3 of 3 nodes say so.");
    assert_eq!(
        (&*decided.alerts[0].targets[0].reason, &*decided.incidents[0].reason),
        ("a is down: 3 of 3 nodes say so.", "a is down: 3 of 3 nodes say so.")
    );
}

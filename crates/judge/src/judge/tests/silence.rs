//! Silence, restarts and clocks: everything that timers decide.

use super::*;

/// 3 x 15 s + 5 s.
const STALE_AFTER: i64 = 50;

#[test]
fn silence_makes_it_unknown_and_stale() {
    let mut one = One::new(false);
    one.hear_all("cd");
    assert_eq!(one.judge.next_deadline(), Some(at(2 + STALE_AFTER)));
    assert_eq!(one.judge.tick(at(2 + STALE_AFTER - 1)), []);
    let transitions = one.judge.tick(at(60));
    let [transition] = transitions.as_slice() else { panic!("{transitions:?}") };
    assert_eq!(
        (transition.from, transition.to, transition.since, transition.at),
        (Status::Up, Status::Unknown, at(2 + STALE_AFTER), at(60))
    );
    assert_eq!(
        (transition.cause.as_deref(), transition.reason.as_str()),
        (None, "Not judged: no result for 50 s, though one is due every 15 s.")
    );
    assert_eq!(transition.marks, [Mark::Stale].into());
    assert_eq!((one.judge.next_deadline(), one.judge.tick(at(999))), (None, vec![]));
    // What was counted before the silence counts no longer.
    one.clock = 100;
    let heard = one.hear('d');
    assert_eq!((heard.transition, heard.marks_changed, one.marks()), (None, true, vec![Mark::Suspect]));
    assert_eq!(one.judge.next_deadline(), Some(at(101 + STALE_AFTER)));
    assert_eq!(one.hear('d').transition.map(|t| t.since), Some(at(101)));
}

#[test]
fn silence_of_an_unknown_target_is_a_mark_only() {
    let mut one = One::new(true);
    assert_eq!(one.judge.tick(at(STALE_AFTER)), []);
    assert_eq!(one.judge.take_marked(), [id("a")]);
    assert_eq!(one.judge.take_marked(), []);
    assert_eq!(one.marks(), [Mark::Stale, Mark::NeverAnswered]);
    assert!(one.hear('d').marks_changed);
    assert_eq!(one.marks(), [Mark::NeverAnswered]);
}

#[test]
fn a_silence_that_nobody_ticked_ends_the_rows_as_well() {
    let mut one = One::new(false);
    one.hear_all("cd");
    one.clock = 100;
    assert_eq!(one.hear('d').transition, None);
    assert_eq!(one.hear('d').transition.map(|t| t.since), Some(at(101)));
}

#[test]
fn a_forgotten_target_fires_nothing() {
    let mut one = One::new(false);
    one.hear('c');
    one.judge.forget(&id("a"));
    assert_eq!((one.judge.next_deadline(), one.judge.tick(at(999))), (None, vec![]));
    assert!(one.judge.standing(&id("a")).is_none());
    one.judge.forget(&id("a"));
    assert_eq!(one.judge.watch(id("a"), policy(), false, None, at(1000)), None);
    assert_eq!((one.standing().status, one.judge.next_deadline()), (Status::Unknown, Some(at(1050))));
}

#[test]
fn a_shorter_interval_is_no_silence() {
    let slow = Policy { every: Duration::from_secs(3600), ..policy() };
    let mut judge = Judge::new();
    judge.watch(id("a"), slow, false, None, at(0));
    judge.hear(&result("a", 'c', at(1)), at(1));
    assert_eq!(judge.watch(id("a"), policy(), false, None, at(1800)), None);
    assert_eq!(judge.next_deadline(), Some(at(1800 + STALE_AFTER)));
    // The same policy again is not a reason to wait longer.
    assert_eq!(judge.watch(id("a"), policy(), false, None, at(1840)), None);
    assert_eq!(judge.next_deadline(), Some(at(1800 + STALE_AFTER)));
}

fn recovered(seconds: i64, letters: &str) -> Standing {
    let tail: Vec<_> = letters.chars().zip(seconds..).map(|(letter, s)| result("a", letter, at(s))).collect();
    Standing::recovered(Status::Up, at(0), BTreeSet::new()).with_tail(&policy(), &tail)
}

#[test]
fn after_a_short_restart_it_goes_on() {
    let mut judge = Judge::new();
    assert_eq!(judge.watch(id("a"), policy(), false, Some(recovered(10, "cd")), at(20)), None);
    assert_eq!(judge.next_deadline(), Some(at(11 + STALE_AFTER)));
    let transition = judge.hear(&result("a", 'd', at(21)), at(21)).transition.unwrap();
    assert_eq!((transition.from, transition.to, transition.since), (Status::Up, Status::Down, at(11)));
}

#[test]
fn after_a_long_one_it_was_unknown_meanwhile() {
    let mut judge = Judge::new();
    let transition = judge.watch(id("a"), policy(), false, Some(recovered(10, "cd")), at(3600)).unwrap();
    assert_eq!((transition.from, transition.to, transition.since, transition.at), (Status::Up, Status::Unknown, at(61), at(3600)));
    assert_eq!((judge.next_deadline(), judge.tick(at(9999))), (None, vec![]));
    // Another restart before anything was heard says nothing anew.
    let standing = judge.standing(&id("a")).cloned();
    let mut judge = Judge::new();
    assert_eq!(judge.watch(id("a"), policy(), false, standing, at(3700)), None);
    assert_eq!(judge.next_deadline(), None);
    assert_eq!(judge.hear(&result("a", 'c', at(3701)), at(3701)).transition.map(|t| t.to), Some(Status::Up));
}

#[test]
fn without_stored_results_the_silence_begins_at_the_restart() {
    let mut judge = Judge::new();
    let bare = Standing::recovered(Status::Down, at(0), [Mark::NeverAnswered].into());
    assert_eq!(judge.watch(id("a"), policy(), false, Some(bare), at(3600)), None);
    assert_eq!(judge.next_deadline(), Some(at(3600 + STALE_AFTER)));
    let standing = judge.standing(&id("a")).unwrap();
    assert_eq!((standing.status, standing.marks.len()), (Status::Down, 0));
}

#[test]
fn a_discovered_target_that_answered_before_the_restart_counts() {
    let mut judge = Judge::new();
    judge.watch(id("a"), policy(), true, Some(recovered(10, "c")), at(20));
    judge.hear(&result("a", 'd', at(21)), at(21));
    assert_eq!(judge.hear(&result("a", 'd', at(22)), at(22)).transition.map(|t| t.to), Some(Status::Down));
}

#[test]
fn stored_times_that_lie_ahead_do_not_silence_a_target() {
    let mut judge = Judge::new();
    judge.watch(id("a"), policy(), false, Some(recovered(5000, "cd")), at(20));
    assert_eq!(judge.next_deadline(), Some(at(20 + STALE_AFTER)));
    assert!(judge.hear(&result("a", 'd', at(21)), at(21)).transition.is_some());
}

#[test]
fn a_clock_that_was_set_moves_what_is_due() {
    for by in [3600, -3600] {
        let mut one = One::new(false);
        one.hear_all("cd");
        one.judge.clock_jumped(by * 1000);
        assert_eq!(one.judge.next_deadline(), Some(at(by + 2 + STALE_AFTER)));
        assert_eq!(one.judge.tick(at(by + 10)), []);
        one.clock = by + 10;
        assert!(one.hear('d').transition.is_some(), "neither late nor stale");
        assert_eq!(one.judge.timers.len(), 1);
    }
}

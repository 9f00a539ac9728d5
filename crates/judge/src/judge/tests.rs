//! One target after another through the whole judge, with times that the test sets.

mod model;
mod silence;

use std::borrow::Cow;
use std::collections::BTreeSet;

use allswell_model::{Degradation, DownCause, Stage, StageTimes};

use super::*;

const SECOND: i64 = 1_000_000;

fn id(name: &str) -> TargetId {
    TargetId::new(name).unwrap()
}

fn at(seconds: i64) -> Timestamp {
    Timestamp(1_700_000_000 * SECOND + seconds * SECOND)
}

fn policy() -> Policy {
    Policy::default()
}

/// c clean, w warned, d refused, t timed out, n no gateway, x no descriptors.
fn result(target: &str, letter: char, started: Timestamp) -> ProbeResult {
    let down = |cause| Outcome::Down { stage: Stage::CONNECT, cause };
    let unknown = |cause| Outcome::Unknown { stage: Stage::CONNECT, cause };
    let outcome = match letter {
        'c' | 'w' => Outcome::Up,
        'd' => down(DownCause::REFUSED),
        't' => down(DownCause::TIMED_OUT),
        'n' => unknown(UnknownCause::NO_GATEWAY),
        'x' => unknown(UnknownCause::NO_DESCRIPTORS),
        other => panic!("no result {other}"),
    };
    ProbeResult {
        target: id(target),
        started,
        duration: Duration::ZERO,
        outcome,
        reason: format!("reason of {letter}"),
        address: None,
        said_by: (letter == 'd').then(|| "10.0.0.1".to_owned()),
        rtt: None,
        stages: StageTimes::default(),
        measurements: vec![(Cow::Borrowed("status"), 200.into())],
        degraded: (letter == 'w').then(|| Degradation { reason: "slow".to_owned() }),
        sub_results: Vec::new(),
    }
}

/// A judge of one target `a`, to which a result can be told a second.
struct One {
    judge: Judge,
    clock: i64,
}

impl One {
    fn new(discovered: bool) -> Self {
        let mut judge = Judge::new();
        assert_eq!(judge.watch(id("a"), policy(), discovered, None, at(0)), None);
        Self { judge, clock: 0 }
    }

    fn hear(&mut self, letter: char) -> Heard {
        self.clock += 1;
        self.judge.hear(&result("a", letter, at(self.clock)), at(self.clock))
    }

    /// After the last of these.
    fn hear_all(&mut self, letters: &str) -> Heard {
        letters.chars().map(|letter| self.hear(letter)).last().unwrap_or_default()
    }

    fn standing(&self) -> &Standing {
        self.judge.standing(&id("a")).unwrap()
    }

    fn marks(&self) -> Vec<Mark> {
        self.standing().marks.iter().copied().collect()
    }
}

#[test]
fn a_new_target_is_unknown_and_its_first_success_decides() {
    let mut one = One::new(false);
    assert_eq!((one.standing().status, one.standing().since, one.marks()), (Status::Unknown, at(0), vec![]));
    let heard = one.hear('c');
    let transition = heard.transition.unwrap();
    assert_eq!((transition.from, transition.to, transition.since, transition.at), (Status::Unknown, Status::Up, at(1), at(1)));
    assert_eq!((transition.stage, transition.cause, transition.reason.as_str()), (None, None, "reason of c"));
    assert_eq!((heard.recheck, heard.marks_changed, heard.cause_changed), (None, false, false));
}

#[test]
fn a_transition_says_why_and_since_when() {
    let mut one = One::new(false);
    one.hear('c');
    let suspect = one.hear('t');
    assert_eq!((suspect.transition, suspect.marks_changed, suspect.recheck), (None, true, Some(policy().recheck)));
    assert_eq!(one.marks(), [Mark::Suspect]);
    let heard = one.hear('d');
    let transition = heard.transition.unwrap();
    assert_eq!((transition.from, transition.to, transition.since, transition.at), (Status::Up, Status::Down, at(2), at(3)));
    assert_eq!((transition.stage.as_deref(), transition.cause.as_deref()), (Some("connect"), Some("refused")));
    assert_eq!((transition.reason.as_str(), transition.said_by.as_deref()), ("reason of d", Some("10.0.0.1")));
    assert_eq!((transition.marks, heard.marks_changed, heard.recheck), (BTreeSet::new(), true, None));
    assert_eq!((one.standing().status, one.standing().since), (Status::Down, at(2)));
}

#[test]
fn a_degraded_transition_quotes_the_warning() {
    let mut one = One::new(false);
    let transition = one.hear_all("cww").transition.unwrap();
    assert_eq!((transition.to, transition.reason.as_str(), transition.cause), (Status::Degraded, "slow", None));
}

#[test]
fn a_change_of_cause_is_told_and_is_no_transition() {
    let mut one = One::new(false);
    assert!(!one.hear_all("cdd").cause_changed);
    assert!(!one.hear('d').cause_changed);
    let changed = one.hear('t');
    assert_eq!((changed.cause_changed, changed.transition), (true, None));
    assert!(!one.hear('t').cause_changed);
    // A single result of another kind is no cause of being down.
    assert!(!one.hear('n').cause_changed);
    assert!(!one.hear('t').cause_changed);
    assert!(one.hear('d').cause_changed);
    // Down for the one cause, unknown for another: the transition tells it.
    assert_eq!(one.hear_all("nn").transition.map(|t| (t.to, t.cause)), Some((Status::Unknown, Some("no_gateway".to_owned()))));
    assert!(!one.hear('n').cause_changed);
    assert!(one.hear('x').cause_changed);
}

#[test]
fn our_own_failures_make_it_unknown_and_never_down() {
    let mut one = One::new(false);
    assert_eq!(one.hear_all("cnnnnn").transition, None);
    assert_eq!(one.standing().status, Status::Unknown);
    assert_eq!(one.hear_all("dd").transition.map(|t| (t.from, t.to)), Some((Status::Unknown, Status::Down)));
    assert_eq!(one.hear_all("nn").transition.map(|t| (t.from, t.to)), Some((Status::Down, Status::Unknown)));
    assert_eq!(one.hear('c').transition.map(|t| (t.from, t.to)), Some((Status::Unknown, Status::Up)));
}

#[test]
fn a_suspect_is_probed_sooner_but_not_when_we_are_exhausted() {
    let mut one = One::new(false);
    one.hear('c');
    assert_eq!(one.hear('n').recheck, Some(Duration::from_secs(2)));
    one.hear('c');
    assert_eq!((one.hear('x').recheck, one.marks()), (None, vec![Mark::Suspect]));
    // Never slower than the target's own interval.
    let fast = Policy { every: Duration::from_millis(500), ..policy() };
    assert_eq!(one.judge.watch(id("a"), fast, false, None, at(one.clock)), None);
    one.hear('c');
    assert_eq!(one.hear('d').recheck, Some(Duration::from_millis(500)));
}

#[test]
fn a_discovered_target_counts_after_its_first_answer_only() {
    let mut one = One::new(true);
    assert_eq!(one.marks(), [Mark::NeverAnswered]);
    for letter in ['d', 'd', 't', 'n', 'n', 'd'] {
        let heard = one.hear(letter);
        assert_eq!((heard.transition, heard.recheck, heard.marks_changed), (None, None, false));
    }
    assert_eq!((one.standing().status, one.marks()), (Status::Unknown, vec![Mark::NeverAnswered]));
    let heard = one.hear('c');
    assert_eq!((heard.transition.map(|t| (t.to, t.marks)), heard.marks_changed), (Some((Status::Up, BTreeSet::new())), true));
    assert_eq!(one.hear_all("dd").transition.map(|t| t.to), Some(Status::Down));
}

#[test]
fn a_discovered_target_that_is_written_down_counts() {
    let mut one = One::new(true);
    one.hear_all("dd");
    assert_eq!(one.judge.watch(id("a"), policy(), false, None, at(3)), None);
    assert_eq!((one.marks(), one.judge.take_marked()), (vec![], vec![id("a")]));
    assert_eq!(one.hear('d').transition.map(|t| t.to), Some(Status::Down));
}

#[test]
fn late_results_change_nothing() {
    let mut one = One::new(false);
    one.hear_all("cd");
    let before = one.standing().clone();
    let deadline = one.judge.next_deadline();
    let late = one.judge.hear(&result("a", 'd', at(1)), at(9));
    assert_eq!(late, Heard::default());
    assert_eq!((one.standing(), one.judge.next_deadline()), (&before, deadline));
    // Not so when it is the clock that went back.
    assert!(one.judge.hear(&result("a", 'd', at(-3600)), at(-3600)).transition.is_some());
}

#[test]
fn results_of_others_change_nothing() {
    let mut judge = Judge::new();
    assert_eq!(judge.hear(&result("a", 'd', at(1)), at(1)), Heard::default());
    assert!(judge.standing(&id("a")).is_none());
    assert_eq!(judge.next_deadline(), None);
}

#[test]
fn another_policy_keeps_the_status_and_what_was_counted() {
    let mut one = One::new(false);
    one.hear_all("cd");
    assert_eq!(one.judge.watch(id("a"), Policy { down_after: 4, ..policy() }, false, None, at(2)), None);
    assert_eq!(one.hear_all("dd").transition, None);
    assert_eq!(one.hear('d').transition.map(|t| (t.to, t.since)), Some((Status::Down, at(2))));
    assert_eq!(one.judge.watch(id("a"), policy(), false, None, at(6)), None);
    assert_eq!(one.standing().status, Status::Down);
}

#[test]
fn a_transition_names_who_said_so_where_it_was_not_the_target() {
    for (address, expected) in [("10.0.0.1:80", None), ("10.0.0.5:80", Some("10.0.0.1"))] {
        let mut one = One::new(false);
        one.hear('d');
        let found = ProbeResult { address: Some(address.to_owned()), ..result("a", 'd', at(2)) };
        assert_eq!(one.judge.hear(&found, at(2)).transition.unwrap().said_by.as_deref(), expected);
    }
}

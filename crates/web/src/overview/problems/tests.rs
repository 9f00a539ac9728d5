use std::collections::BTreeSet;
use std::time::Duration;

use allswell_model::{Degradation, DownCause, Mark, Outcome, ProbeResult, Stage, Target, UnknownCause};

use super::*;
use crate::sample::{NOW, down, target, up};

struct Case {
    target: Target,
    look: Look,
    since: Timestamp,
    marks: BTreeSet<Mark>,
    last: Option<ProbeResult>,
}

fn case(name: &str, look: Look, ago_s: u64, last: impl FnOnce(&Target) -> ProbeResult) -> Case {
    let target = target("prod", name, "tcp://10.0.0.5:1");
    let last = Some(last(&target));
    Case { target, look, since: NOW - Duration::from_secs(ago_s), marks: BTreeSet::new(), last }
}

fn folded(cases: &[Case]) -> Vec<(String, String, Vec<String>)> {
    let facts = cases.iter().map(|case| Facts {
        target: &case.target,
        look: case.look,
        since: case.since,
        marks: &case.marks,
        incident: None,
        decided: None,
        last: case.last.as_ref(),
        recent: None,
    });
    let names = |fold: &Fold| fold.rows.iter().map(|row| row.name.clone()).collect();
    fold(facts, NOW).folds.iter().map(|fold| (format!("{} {}", fold.count, fold.look.word()), fold.cause.clone(), names(fold))).collect()
}

fn by(router: &str) -> impl FnOnce(&Target) -> ProbeResult {
    let router = Some(router.to_owned());
    move |target| ProbeResult { said_by: router, ..down(&target.id, DownCause::PROHIBITED, "Router prohibits it.") }
}

#[test]
fn one_cause_is_one_fold_and_the_newest_comes_first() {
    let refused = |target: &Target| ProbeResult { said_by: Some("10.0.0.5".to_owned()), ..down(&target.id, DownCause::REFUSED, "no") };
    let silent = |target: &Target| ProbeResult {
        outcome: Outcome::Unknown { stage: Stage::RESOLVE, cause: UnknownCause::RESOLVER_TIMED_OUT },
        said_by: Some("10.0.0.2".to_owned()),
        ..up(&target.id)
    };
    let cases = [
        case("a", Look::Down, 900, refused),
        case("b", Look::Unknown, 60, silent),
        case("c", Look::Down, 100, refused),
        case("d", Look::Unknown, 70, silent),
        case("e", Look::Up, 1, |target| up(&target.id)),
        case("f", Look::Down, 50, by("10.0.0.1")),
        case("g", Look::Down, 40, by("10.9.9.9")),
    ];
    let said = folded(&cases);
    let said: Vec<_> = said.iter().map(|(count, cause, names)| format!("{count}: {cause}: {}", names.join(" "))).collect();
    assert_eq!(
        said,
        [
            "1 down: prohibited in connect, by 10.9.9.9: g",
            "1 down: prohibited in connect, by 10.0.0.1: f",
            "2 unknown: resolver timed out in resolve, by 10.0.0.2: b d",
            "2 down: refused in connect: c a",
        ]
    );
}

#[test]
fn warnings_fold_by_their_expectation_and_silence_has_its_own_words() {
    let warned = |target: &Target| ProbeResult {
        degraded: Some(Degradation { reason: "`rtt_ms < 300` failed: it was 412 (HTTP 200, 412 ms).".to_owned() }),
        ..up(&target.id)
    };
    let mut cases = [
        case("a", Look::Degraded, 9, warned),
        case("b", Look::Degraded, 8, warned),
        case("c", Look::Unknown, 7, warned),
        case("d", Look::Unknown, 6, warned),
    ];
    cases[2].last = None;
    cases[3].marks.insert(Mark::Stale);
    let causes: Vec<_> = folded(&cases).into_iter().map(|(count, cause, _)| format!("{count}: {cause}")).collect();
    assert_eq!(causes, ["1 unknown: stale", "1 unknown: no result yet", "2 degraded: `rtt_ms < 300`"]);
}

#[test]
fn a_great_outage_stays_a_short_page() {
    let cases: Vec<_> = (0..1000).map(|n| case(&format!("t{n:04}"), Look::Down, n, by(&format!("10.0.0.{}", n % 40)))).collect();
    let facts = cases.iter().map(|case| Facts {
        target: &case.target,
        look: case.look,
        since: case.since,
        marks: &case.marks,
        incident: None,
        decided: None,
        last: case.last.as_ref(),
        recent: None,
    });
    let problems = fold(facts, NOW);
    assert_eq!((problems.folds.len(), problems.more.as_deref()), (25, Some("15")));
    let first = &problems.folds[0];
    assert_eq!((first.rows.len(), first.more.as_deref(), first.count.as_str()), (5, Some("20"), "25"));
    assert_eq!(first.href, "/?status=down&cause=prohibited");
}

use allswell_model::{Mark, Outcome, ProbeResult, Stage, Target, UnknownCause};

use super::*;
use crate::sample::{NOW, down, target, up};

fn facts<'a>(target: &'a Target, look: Look, marks: &'a BTreeSet<Mark>, last: Option<&'a ProbeResult>) -> Facts<'a> {
    Facts { target, look, since: NOW, marks, incident: None, decided: None, last, recent: None }
}

fn unknown(target: &Target, cause: UnknownCause, said_by: Option<&str>) -> ProbeResult {
    let outcome = Outcome::Unknown { stage: Stage::RESOLVE, cause };
    ProbeResult { outcome, said_by: said_by.map(str::to_owned), ..up(&target.id) }
}

#[test]
fn it_is_the_model_sentence() {
    let (target, none) = (target("", "a", "tcp://10.0.0.5:1"), BTreeSet::new());
    let (up, silent) = (up(&target.id), unknown(&target, UnknownCause::RESOLVER_TIMED_OUT, Some("10.0.0.2")));
    let down = down(&target.id, allswell_model::DownCause::REFUSED, "refused");
    let mut tally = Tally::default();
    for (look, last, times) in [(Look::Up, &up, 9_992), (Look::Down, &down, 3), (Look::Unknown, &silent, 4), (Look::Degraded, &up, 1)] {
        (0..times).for_each(|_| tally.add(&facts(&target, look, &none, Some(last))));
    }
    let headline = tally.headline(NOW);
    assert_eq!(headline.sentence(), "3 down, 1 degraded, 4 unknown (resolver 10.0.0.2), 9,992 up");
    assert_eq!(headline.short(), "3 down, 1 degraded, 4 unknown");
    assert_eq!(headline.age_text().as_deref(), Some("1.9 s"));
    assert_eq!(headline.icon(), "/icon.svg?status=down&count=3");
    assert!(!headline.stale);
}

#[test]
fn several_reasons_to_be_unknown_are_not_told() {
    let (target, none) = (target("", "a", "tcp://10.0.0.5:1"), BTreeSet::new());
    let (one, two) = (unknown(&target, UnknownCause::NO_PORTS, None), unknown(&target, UnknownCause::NO_ROUTE, None));
    let mut tally = Tally::default();
    tally.add(&facts(&target, Look::Unknown, &none, Some(&one)));
    assert_eq!(Tally::headline(tally, NOW).sentence(), "1 unknown (no ports)");
    let mut tally = Tally::default();
    tally.add(&facts(&target, Look::Unknown, &none, Some(&one)));
    tally.add(&facts(&target, Look::Unknown, &none, Some(&two)));
    assert_eq!(tally.headline(NOW).sentence(), "2 unknown");
}

#[test]
fn before_any_result_it_says_so() {
    let (target, none) = (target("", "a", "tcp://10.0.0.5:1"), BTreeSet::new());
    let mut tally = Tally::default();
    tally.add(&facts(&target, Look::Unknown, &none, None));
    let headline = tally.headline(NOW);
    assert_eq!(headline.sentence(), "1 unknown (no result yet)");
    assert_eq!((headline.age_text(), headline.stale), (None, false));
    assert_eq!(Tally::default().headline(NOW).sentence(), "Nothing is watched yet");
}

#[test]
fn it_is_stale_once_even_the_most_frequent_target_should_have_been_heard() {
    let (target, none) = (target("", "a", "tcp://10.0.0.5:1"), BTreeSet::new());
    let last = up(&target.id);
    for (later, stale) in [(48, false), (49, true)] {
        let mut tally = Tally::default();
        tally.add(&facts(&target, Look::Up, &none, Some(&last)));
        assert_eq!(tally.headline(NOW + Duration::from_secs(later)).stale, stale, "{later} s later");
    }
}

use std::collections::BTreeSet;

use super::*;
use crate::sample::NOW;
use crate::sample::mesh::{mesh, unheard};

#[test]
fn the_worst_is_said_first_and_its_pattern_named() {
    let verdict = Verdict::of(&mesh("rack_down", NOW), NOW);
    let first = verdict.first.unwrap();
    assert_eq!((first.pattern, first.look, verdict.look), ("rack down", Look::Down, Look::Down));
    assert_eq!(verdict.sentence, "pod-b/rack-3 is down: nobody reaches any of its nodes.");
    assert_eq!(verdict.others.len(), 1);
    assert_eq!(verdict.others[0].pattern, "link degraded");
}

#[test]
fn when_all_is_well_it_counts() {
    let links = mesh("well", NOW);
    let verdict = Verdict::of(&links, NOW);
    assert_eq!(verdict.sentence, format!("All {} links between 7 nodes are up.", links.cells.len()));
    assert_eq!((verdict.look, verdict.first, verdict.newest.unwrap().ago), (Look::Up, None, "0.4 s".to_owned()));
}

#[test]
fn old_rows_are_not_called_well() {
    let verdict = Verdict::of(&mesh("stale", NOW), NOW);
    assert!(verdict.sentence.ends_with("links between 7 nodes were up; 2 nodes were not heard for long."), "{}", verdict.sentence);
    assert_eq!(verdict.look, Look::Unknown);
}

#[test]
fn while_nobody_was_heard_nothing_is_said_to_be_well() {
    let verdict = Verdict::of(&unheard(NOW), NOW);
    assert_eq!((verdict.sentence.as_str(), verdict.look, verdict.newest), ("No node was heard yet.", Look::Unknown, None));
}

#[test]
fn many_findings_are_counted() {
    let mut links = mesh("rack_down", NOW);
    links.findings = vec![links.findings[1].clone(); 40];
    let verdict = Verdict::of(&links, NOW);
    assert_eq!((verdict.others.len(), verdict.more.as_deref()), (11, Some("28")));
}

#[test]
fn every_kind_is_called_as_the_api_calls_it() {
    let codes: BTreeSet<_> = KINDS.map(code).into();
    assert_eq!(codes.len(), KINDS.len());
    for kind in KINDS {
        assert_eq!(serde_json::to_value(kind).unwrap(), code(kind));
    }
}

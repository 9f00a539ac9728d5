use std::collections::BTreeSet;

use allswell_model::Timestamp;

use super::*;
use crate::sample;

fn read(pairs: &[(&str, &str)]) -> Result<Filter, String> {
    let owned: Vec<_> = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Filter::parse(&owned)
}

#[test]
fn a_filter_is_read_and_written_the_same() {
    let filter = read(&[("status", "down,unknown"), ("q", "api"), ("group", "prod/db"), ("utm", "x"), ("cause", "")]).unwrap();
    assert_eq!(filter.href(), "/?status=down&status=unknown&group=prod%2Fdb&q=api");
    assert_eq!(Filter::default().href(), "/");
    assert!(read(&[("status", ""), ("q", "")]).unwrap().is_empty());
}

#[test]
fn a_misspelt_status_is_refused_with_the_known_ones() {
    let said = read(&[("status", "dwon")]).unwrap_err();
    assert_eq!(said, "`dwon` is no status; there are down, degraded, unknown, up, paused, not_watched.");
}

#[test]
fn a_status_is_toggled() {
    let filter = read(&[("status", "down")]).unwrap();
    assert!(filter.toggled(Look::Down).is_empty());
    assert_eq!(filter.toggled(Look::Up).href(), "/?status=down&status=up");
}

#[test]
fn a_group_holds_those_below_it_and_no_namesakes() {
    for (group, asked, held) in [
        ("prod", "prod", true),
        ("prod/db", "prod", true),
        ("production", "prod", false),
        ("", "prod", false),
        ("", UNGROUPED, true),
        ("prod", UNGROUPED, false),
    ] {
        assert_eq!(within(group, asked), held, "{group} within {asked}");
    }
}

#[test]
fn text_is_found_in_names_urls_and_labels_whatever_the_case() {
    let target = sample::target("prod/db", "Primary", "tcp://db1.example:5432");
    let (marks, last) = (BTreeSet::new(), None);
    let facts =
        Facts { target: &target, look: Look::Up, since: Timestamp(0), marks: &marks, incident: None, decided: None, last, recent: None };
    for (asked, found) in [("primary", true), ("DB1", true), ("prod/db/pri", true), ("nothing", false)] {
        assert_eq!(read(&[("q", asked)]).unwrap().admits(&facts), found, "{asked}");
    }
    assert!(!read(&[("cause", "refused")]).unwrap().admits(&facts));
    assert!(!read(&[("status", "down")]).unwrap().admits(&facts));
}

use super::*;
use crate::sample::NOW;
use crate::sample::mesh::mesh;

fn view(peer: &str) -> View {
    let links = mesh("well", NOW);
    View::of(links.own.iter().find(|own| own.peer.as_str() == peer).unwrap(), "fra-1", NOW)
}

#[test]
fn both_ways_are_counted_for_themselves() {
    let view = view("fra-2");
    let ways: Vec<_> = view.ways.iter().map(|way| (way.name.as_str(), way.lost.as_str(), way.share.as_deref())).collect();
    assert_eq!(ways, [("fra-1 to fra-2", "97", Some("under 0.01%")), ("fra-2 to fra-1", "129", Some("under 0.01%"))]);
    assert_eq!(view.reordered, "14, behind 3 later probes at most");
    assert_eq!((view.interval.as_str(), view.multiplier, view.detection.as_str()), ("50 ms", 3, "150 ms"));
    assert_eq!(view.quantiles.iter().map(|one| one.name).collect::<Vec<_>>(), ["shortest", "median", "90%", "99%", "longest"]);
}

#[test]
fn bfd_knows_no_round_trips() {
    let view = view("core-router");
    assert!(view.is_bfd && view.quantiles.is_empty() && view.jitter.is_none());
}

#[test]
fn a_name_is_one_word_of_a_shell() {
    assert_eq!(quoted("fra-1.example"), "fra-1.example");
    assert_eq!(quoted("a b"), "'a b'");
    assert_eq!(quoted("it's; rm -rf $HOME"), r"'it'\''s; rm -rf $HOME'");
    assert_eq!(quoted("-x"), "'-x'");
}

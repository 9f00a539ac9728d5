use allswell_model::Timestamp;

use super::*;

const A: End<'static> = End { name: "a", location: "pod-1/r1" };
const B: End<'static> = End { name: "b", location: "pod-1/r2" };
const C: End<'static> = End { name: "c", location: "pod-2/r1" };

fn finding(kind: FindingKind, of: &[&str]) -> [Finding; 1] {
    [Finding { kind, of: of.iter().map(|of| (*of).to_owned()).collect(), sentence: String::new(), since: Timestamp(0) }]
}

#[test]
fn a_node_is_its_row_and_its_column() {
    let found = finding(FindingKind::NodeDown, &["a"]);
    assert!(any_marks(&found, A, B) && any_marks(&found, B, A) && any_marks(&found, A, A));
    assert!(!any_marks(&found, B, C));
    assert!(any_names(&found, A) && !any_names(&found, B));
}

#[test]
fn two_places_are_the_pairs_between_them() {
    let found = finding(FindingKind::RackToRack, &["pod-1/r1", "pod-2/r1"]);
    assert!(any_marks(&found, A, C) && any_marks(&found, C, A));
    assert!(!any_marks(&found, A, A) && !any_marks(&found, A, B) && !any_marks(&found, B, C));
    assert!(!any_names(&found, A), "the rest of its row is well");
}

#[test]
fn a_podset_is_all_of_its_racks_and_no_other_that_begins_so() {
    let found = finding(FindingKind::PodsetDown, &["pod-1"]);
    assert!(any_marks(&found, A, C) && any_names(&found, B));
    assert!(!any_names(&found, End { name: "x", location: "pod-10/r1" }) && !any_names(&found, C));
}

#[test]
fn what_a_single_cell_shows_is_not_outlined() {
    assert!(!any_marks(&finding(FindingKind::LinkDegraded, &["a", "b"]), A, B));
    assert!(!any_marks(&finding(FindingKind::SelfStalled, &["a"]), A, B));
    assert!(!any_marks(&finding(FindingKind::NodeDown, &[""]), A, B), "an empty name is nobody's");
}

use super::*;

#[test]
fn it_says_why_and_what_goes_on_and_what_is_missing() {
    let full = "not kept: the store's disk is full; make room, or lower `retention.at_most`";
    let said = "History is not kept: the store's disk is full; make room, or lower `retention.at_most`. Probing and judging go on";
    for (missing, end) in [(0, "."), (1, "; 1 result is missing from it."), (1200, "; 1,200 results are missing from it.")] {
        assert_eq!(sentence(full, missing), format!("{said}{end}"));
    }
}

#[test]
fn a_store_that_is_written_is_not_worth_a_word() {
    assert_eq!(of(&Board::default()), None);
}

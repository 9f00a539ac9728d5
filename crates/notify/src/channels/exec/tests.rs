use super::command::variable;

#[test]
fn a_variable_holds_a_sentence_and_nothing_that_ends_it_early() {
    assert_eq!(variable("a\0b\u{1b}[31m\nc"), "a\u{fffd}b\u{fffd}[31m\u{fffd}c");
    assert_eq!(variable(&"\u{e9}".repeat(4000)).len(), 4096);
    assert_eq!(variable(&"x\u{e9}".repeat(4000)).len(), 4096);
}

use super::*;
use crate::config::source::Source;

#[test]
fn a_cut_text_ends_within_quotes_or_brackets() {
    assert!(is_cut("body.contains(\""));
    assert!(is_cut("body.contains("));
    assert!(is_cut("x == 'a"));
    assert!(!is_cut("status == 200"));
    assert!(!is_cut("body.contains('(')"));
}

#[test]
fn a_column_is_that_of_the_file() {
    let mut sources = Sources::default();
    sources.add(Source::new("x", "- status == 2\n- 'a == b'\n- 'it''s'\n"));
    let node = |line, length, text: &str, plain| Node {
        at: Mark { line, column: 3, length, ..Mark::default() },
        shape: Shape::Text(Text { text: text.to_owned(), plain, ..Text::default() }),
    };
    let place = |node: &Node| one(node, &sources, &mut Mistakes::default()).unwrap().place(Some(3));
    assert_eq!(place(&node(1, 11, "status == 2", true)).column, 5);
    assert_eq!(place(&node(2, 8, "a == b", false)).column, 6);
    assert_eq!(place(&node(3, 7, "it's", false)).column, 3, "an escape makes columns unequal");
}

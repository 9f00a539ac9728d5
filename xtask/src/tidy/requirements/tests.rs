use super::*;

const PAGE: &str = "- **WORD-1** A thing.\n- **WORD-2** Another.\n- **WORD-12** One more, see WORD-3.\n";

fn of(test: &str) -> Vec<String> {
    let tests = BTreeMap::from([("some/tests.rs".to_owned(), test.to_owned())]);
    compare(&Numbered { page: "page.md", word: "WORD", within: &[] }, PAGE, &tests)
}

#[test]
fn each_number_is_named() {
    assert_eq!(of("/// WORD-1, WORD-12.\nfn word_2_is_so() {}"), [""; 0]);
    assert_eq!(of("/// WORD-12 and WORD-1."), ["requirements: no test names WORD-2 of page.md"]);
    assert_eq!(of("fn word_1() {}\nfn word_1x_() {}").len(), 3);
}

#[test]
fn no_other_number_is_named() {
    assert_eq!(of("/// WORD-1, WORD-2, WORD-12 and WORD-3."), ["some/tests.rs: WORD-3 does not stand in page.md"]);
}

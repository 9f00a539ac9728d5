use super::*;

#[test]
fn words_that_yaml_would_read_otherwise_are_quoted() {
    for (text, written) in [
        ("5s", "5s"),
        ("prod/db", "prod/db"),
        ("tcp://x:1", "'tcp://x:1'"),
        ("", "''"),
        ("null", "'null'"),
        ("~", "'~'"),
        ("- a", "'- a'"),
        ("it's", "'it''s'"),
        ("a # b", "'a # b'"),
        ("a\nb\u{1}", "\"a\\nb\\u0001\""),
        ("!x", "'!x'"),
    ] {
        assert_eq!(word(text), written);
        let read = crate::config::inline(&format!("[{}]", word(text)));
        assert_eq!(read, Some(Raw::List(vec![Raw::Scalar(text.to_owned())])), "{text:?}");
    }
}

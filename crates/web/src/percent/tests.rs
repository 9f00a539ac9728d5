use super::*;

#[test]
fn nothing_that_means_something_in_a_url_survives() {
    assert_eq!(encode("prod/db?a=b&c#d %"), "prod%2Fdb%3Fa%3Db%26c%23d%20%25");
    assert_eq!(encode("<script>\"'é"), "%3Cscript%3E%22%27%C3%A9");
    assert_eq!(encode("a-b.c_d~9"), "a-b.c_d~9");
}

#[test]
fn a_query_opens_with_a_question_mark_only_when_it_says_something() {
    assert_eq!(query([]), "");
    assert_eq!(query([("group", "prod/db"), ("q", "a b")]), "?group=prod%2Fdb&q=a%20b");
}

#[test]
fn what_is_decoded_is_what_was_encoded() {
    for text in ["", "a/b c", "%", "100%25", "é%zz", "a;b =", "\u{7f}\u{10ffff}"] {
        assert_eq!(decode(&encode(text)).as_deref(), Some(text));
    }
    for (text, decoded) in
        [("%", Some("%")), ("%4", Some("%4")), ("%zz", Some("%zz")), ("%+1", Some("%+1")), ("%41%", Some("A%")), ("%ff", None)]
    {
        assert_eq!(decode(text).as_deref(), decoded, "{text}");
    }
}

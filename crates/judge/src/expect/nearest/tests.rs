use super::*;

#[test]
fn distances() {
    for (from, to, far) in [
        ("", "", 0),
        ("", "abc", 3),
        ("abc", "", 3),
        ("status", "status", 0),
        ("statsu", "status", 1),
        ("stats", "status", 1),
        ("kitten", "sitting", 3),
        ("ab", "ba", 1),
        ("größe", "grösse", 2),
    ] {
        assert_eq!(distance(from, to), far, "{from} {to}");
    }
}

#[test]
fn the_nearest_is_named_and_nothing_that_is_far() {
    let known = ["address", "answers", "rtt_ms", "status"];
    assert_eq!(nearest("Status", known), Some("status"));
    assert_eq!(nearest("answer", known), Some("answers"));
    assert_eq!(nearest("rtt", known), None);
    assert_eq!(nearest("zzz", known), None);
    assert_eq!(nearest("", known), None);
}

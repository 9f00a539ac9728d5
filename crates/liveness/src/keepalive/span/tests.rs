//! How spans read.

use super::*;

#[test]
fn spans_in_words() {
    for (millis, words) in [
        (0, "0 ms"),
        (204, "204 ms"),
        (2_000, "2 s"),
        (2_400, "2.4 s"),
        (2_408, "2.408 s"),
        (60_000, "1 min"),
        (924_800, "15 min 24 s"),
        (7_200_000, "2 h"),
        (7_884_000, "2 h 11 min"),
    ] {
        assert_eq!(Span(Duration::from_millis(millis)).to_string(), words);
    }
}

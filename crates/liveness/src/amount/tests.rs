//! The digits, units and nouns.

use super::*;

#[test]
fn sizes_and_counts() {
    assert_eq!([0, 1, 999, 84_300, 2_500_000].map(bytes), ["0 bytes", "1 byte", "999 bytes", "84 kB", "2.5 MB"]);
    assert_eq!([0, 1, 2].map(|number| count(number, "SYN")), ["0 SYNs", "1 SYN", "2 SYNs"]);
    assert_eq!([1, 2].map(|number| count(number, "further try")), ["1 further try", "2 further tries"]);
}

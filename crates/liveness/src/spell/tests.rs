//! The digits and units, over all sizes.

use super::*;

#[test]
fn durations() {
    let spelled = |micros| duration(Duration::from_micros(micros));
    let table = [
        (0, "0 µs"),
        (412, "412 µs"),
        (4_120, "4.1 ms"),
        (41_200, "41 ms"),
        (3_040_000, "3.0 s"),
        (41_000_000, "41 s"),
        (924_600_000, "15 min"),
        (7_200_000_000, "2.0 h"),
    ];
    for (micros, text) in table {
        assert_eq!(spelled(micros), text);
    }
}

#[test]
fn sizes_and_counts() {
    assert_eq!([0, 1, 999, 84_300, 2_500_000].map(bytes), ["0 bytes", "1 byte", "999 bytes", "84 kB", "2.5 MB"]);
    assert_eq!([0, 1, 2].map(|number| count(number, "SYN")), ["0 SYNs", "1 SYN", "2 SYNs"]);
}

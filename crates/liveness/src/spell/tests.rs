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

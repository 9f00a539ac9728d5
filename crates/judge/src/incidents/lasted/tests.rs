use super::*;

#[test]
fn a_time_has_at_most_two_units() {
    let table = [
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (119, "1 min"),
        (3_599, "59 min"),
        (3_600, "1 h"),
        (7_500, "2 h 5 min"),
        (86_399, "23 h 59 min"),
        (86_400, "1 d"),
        (270_000, "3 d 3 h"),
        (45 * 86_400, "45 d"),
    ];
    for (seconds, expected) in table {
        assert_eq!(lasted(Duration::from_secs(seconds)), expected);
    }
}

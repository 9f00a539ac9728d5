use super::*;

#[test]
fn ages_are_short_and_never_lie_by_much() {
    let table = [
        (0, "0.0 s"),
        (449, "0.4 s"),
        (9_990, "9.9 s"),
        (12_000, "12 s"),
        (59_999, "59 s"),
        (60_000, "1 min"),
        (3_599_000, "59 min"),
        (3_600_000, "1 h"),
        (7_500_000, "2 h 5 min"),
        (86_400_000, "1 d"),
        (273_600_000, "3 d 4 h"),
        (3_888_000_000, "45 d"),
    ];
    for (ms, said) in table {
        assert_eq!(age(Duration::from_millis(ms)), said);
    }
}

#[test]
fn durations_keep_three_digits() {
    let table = [(0, "0.00 ms"), (424, "0.42 ms"), (4_249, "4.2 ms"), (31_900, "31 ms"), (4_970_000, "4.97 s"), (12_000_000, "12 s")];
    for (micros, said) in table {
        assert_eq!(took(Duration::from_micros(micros)), said);
    }
}

#[test]
fn what_somebody_set_is_said_exactly() {
    for (ms, said) in [(250, "250 ms"), (1_500, "1500 ms"), (5_000, "5 s"), (60_000, "1 min"), (90_000, "1 min 30 s"), (7_200_000, "2 h")] {
        assert_eq!(set(Duration::from_millis(ms)), said);
    }
}

#[test]
fn counts_have_their_thousands_set_apart() {
    for (n, said) in [(0, "0"), (999, "999"), (1_000, "1,000"), (9_992, "9,992"), (1_234_567, "1,234,567")] {
        assert_eq!(count(n), said);
    }
}

#[test]
fn times_are_utc() {
    let at = Timestamp(1_795_193_657_250_000);
    assert_eq!(utc(at), "2026-11-20 16:54:17 UTC");
    assert_eq!(iso(at), "2026-11-20T16:54:17Z");
}

#[test]
fn nothing_but_all_of_it_is_100_percent() {
    for (share, said) in
        [(1.0, "100%"), (0.999_999, "99.99%"), (0.9995, "99.95%"), (0.972, "97.2%"), (0.5, "50%"), (0.000_01, "under 0.01%"), (0.0, "0%")]
    {
        assert_eq!(percent(share), said);
    }
}

#[test]
fn times_on_axes_are_short() {
    let at = crate::sample::NOW;
    assert_eq!((clock(at).as_str(), day(at).as_str(), minute(at).as_str()), ("16:54", "Nov 20", "2026-11-20 16:54 UTC"));
}

use super::*;

#[test]
fn durations_are_read_as_people_type_them() {
    for (text, micros) in
        [("5s", 5_000_000), ("50ms", 50_000), ("1h30m", 5_400_000_000), ("1.5s", 1_500_000), ("0s", 0), ("1d", 86_400_000_000)]
    {
        assert_eq!(duration(text), Ok(Duration::from_micros(micros)), "{text}");
    }
}

#[test]
fn what_is_no_duration_is_said() {
    assert_eq!(duration("-1s"), Err("-1s is negative".into()));
    assert_eq!(duration("15"), Err("15 has no unit; did you mean 15s?".into()));
    assert!(duration("5 apples").is_err());
    assert!(duration("99999999999999999999d").is_err());
    assert!(duration("").is_err());
}

#[test]
fn sizes_are_read() {
    assert_eq!(size("10MiB"), Ok(10 << 20));
    assert_eq!(size("2GB"), Ok(2_000_000_000));
    assert_eq!(size("512"), Ok(512));
    assert!(size("10 potatoes").is_err());
}

proptest::proptest! {
    #[test]
    fn a_shown_duration_reads_back(micros in 0_u64..u64::from(u32::MAX) * 1_000_000) {
        let d = Duration::from_micros(micros);
        proptest::prop_assert_eq!(duration(&shown_duration(d)), Ok(d));
    }

    #[test]
    fn any_text_is_answered(text in ".*") {
        let _ = duration(&text);
        let _ = size(&text);
    }
}

#[test]
fn sentences_have_three_digits() {
    for (micros, text) in [
        (400, "0.4 ms"),
        (31_200, "31 ms"),
        (3_100, "3.1 ms"),
        (4_970_000, "4.97 s"),
        (5_000_000, "5 s"),
        (10_800_000_000, "3 h"),
        (100_000, "100 ms"),
    ] {
        assert_eq!(spoken(Duration::from_micros(micros)), text);
    }
}

#[test]
fn nothing_is_proposed_that_would_be_refused() {
    let (low, high) = (Duration::from_secs(1), Duration::from_secs(300));
    let read = |text: &str| duration_within(text, (low, high));
    assert_eq!(read("0"), Err(Some("0 has no unit".into())));
    assert_eq!(read(" 301 "), Err(Some("301 has no unit".into())));
    assert_eq!(read("5"), Err(Some("5 has no unit; did you mean 5s?".into())));
    assert_eq!(read("1m5"), Err(Some("1m5 has no unit; did you mean 1m5s?".into())));
    assert_eq!(read("0s"), Err(None));
    assert_eq!(read("5u"), Err(Some("5u is not a duration such as 250ms, 15s, 1h30m".into())));
    assert_eq!(read("5m"), Ok(high));
    assert_eq!(duration("1m+"), Err("1m+ is not a duration such as 250ms, 15s, 1h30m".into()));
    assert_eq!(duration("5."), Err("5. is not a duration such as 250ms, 15s, 1h30m".into()));
}

use super::*;

#[test]
fn parts_are_told_in_the_units_of_the_whole() {
    assert_eq!(amount(80_000, Some(200_000)), "80 of 200 kB");
    assert_eq!(amount(12, Some(999)), "12 of 999 bytes");
    assert_eq!(amount(0, Some(2_000_000)), "0 of 2 MB");
    assert_eq!(amount(5, Some(100_000)), "5 B of 100 kB");
    assert_eq!(amount(999_999, Some(2_000_000)), "999 kB of 2 MB");
    assert_eq!(amount(1_234, None), "1.2 kB");
    assert_eq!(amount(4 << 30, None), "4.2 GB");
    assert_eq!(amount(u64::MAX, None), "1844674407 GB");
}

#[test]
fn limits_are_told_as_they_were_typed() {
    assert_eq!(
        (limit(10 << 20), limit(64 << 10), limit(64_000), limit(0)),
        ("10 MiB".into(), "64 KiB".into(), "64 kB".into(), "0 bytes".into())
    );
}

use super::*;

#[test]
fn it_is_told_with_its_coverage() {
    let day = 86_400_000;
    let times = Times { up_ms: day / 2 - 60_000, down_ms: 60_000, unknown_ms: day / 2, ..Times::default() };
    let told = |times| told(&[("24 h", times)]).pop().map(|told| (told.share, told.coverage, told.down));
    let said = |share: &str, coverage: &str, down: Option<&str>| Some((share.to_owned(), coverage.to_owned(), down.map(str::to_owned)));
    assert_eq!(told(times), said("99.86%", "50%", Some("1 min")));
    assert_eq!(told(Times { unknown_ms: day, ..Times::default() }), said("nothing known", "0%", None));
}

#[test]
fn a_stretch_that_adds_nothing_is_not_told() {
    let hour = 3_600_000;
    let observed = |hours: u64| Times { up_ms: hours * hour, unknown_ms: 9 * hour, ..Times::default() };
    for (hours, shown) in [
        ([0, 0, 0, 0], &["24 h"][..]),
        ([2, 2, 2, 2], &["24 h"]),
        ([24, 50, 50, 50], &["24 h", "7 d"]),
        ([0, 0, 50, 50], &["24 h", "7 d", "30 d"]),
        ([24, 168, 720, 721], &["24 h", "7 d", "30 d", "365 d"]),
    ] {
        let read: Vec<_> = OVER.iter().zip(hours).map(|((over, _), hours)| (*over, observed(hours))).collect();
        assert_eq!(told(&read).iter().map(|told| told.over).collect::<Vec<_>>(), shown, "{hours:?}");
    }
    let rounded = Times { up_ms: 2 * hour + 3, ..observed(2) };
    assert_eq!(told(&[("24 h", observed(2)), ("7 d", rounded)]).len(), 1);
}

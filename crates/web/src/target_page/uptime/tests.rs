use super::*;

#[test]
fn it_is_told_with_its_coverage() {
    let day = 86_400_000;
    let times = Times { up_ms: day / 2 - 60_000, down_ms: 60_000, unknown_ms: day / 2, ..Times::default() };
    let told = told(&[("24 h", times), ("7 d", Times { unknown_ms: day, ..Times::default() })]);
    assert_eq!((told[0].share.as_str(), told[0].coverage.as_str(), told[0].down.as_deref()), ("99.86%", "50%", Some("1 min")));
    assert_eq!((told[1].share.as_str(), told[1].coverage.as_str(), told[1].down.as_deref()), ("nothing known", "0%", None));
}

use super::*;

#[test]
fn a_round_trip_has_three_digits_that_count() {
    let shown = [0.0, 0.2134, 9.9994, 12.345, 99.94, 3100.4].map(|ms| milliseconds(Some(ms)));
    assert_eq!(shown, ["0.000 ms", "0.213 ms", "9.999 ms", "12.3 ms", "99.9 ms", "3100 ms"]);
    assert_eq!(milliseconds(None), "-");
}

#[test]
fn little_loss_is_not_none() {
    let shown = [0.0, 0.000_01, 0.003, 0.5, 1.0].map(|lost| share(Some(lost)));
    assert_eq!(shown, ["0 %", "<0.1 %", "0.3 %", "50 %", "100 %"]);
    assert_eq!(share(None), "-");
}

#[test]
fn an_age_has_its_two_largest_units() {
    let shown = [0, 45, 61, 3 * 3600 + 12 * 60 + 5, 90_000].map(|seconds| age(1_000_000, 1_000_000 + seconds * 1_000_000));
    assert_eq!(shown, ["0s", "45s", "1m01s", "3h12m", "1d01h"]);
    assert_eq!(age(5_000_000, 0), "0s", "a clock that was set back makes nothing younger than new");
}

#[test]
fn every_state_has_a_colour() {
    for state in allswell_model::link::LinkState::ALL {
        assert_ne!(coloured(Paint::Coloured, state.word(), "x"), "x", "{state:?}");
    }
}

//! The kernel's own words, and how they are read.

use super::*;

#[test]
fn the_kernel_tells() {
    let told = discipline().unwrap();
    assert!(told.maximal_error <= Duration::from_secs(16), "{told:?}");
    assert!(told.correction_ppm.abs() <= 500.0, "{told:?}");
}

#[test]
fn the_parts_are_in_their_units() {
    // SAFETY: plain integers.
    let mut timex: libc::timex = unsafe { std::mem::zeroed() };
    (timex.status, timex.esterror, timex.maxerror, timex.freq) = (libc::STA_UNSYNC, 250, 16_000_000, -65_536 * 12);
    let told = of(&timex);
    assert_eq!((told.synchronised, told.estimated_error), (false, Duration::from_micros(250)));
    assert_eq!((told.maximal_error, told.correction_ppm), (Duration::from_secs(16), -12.0));
    timex.status = libc::STA_PLL;
    assert!(of(&timex).synchronised);
}

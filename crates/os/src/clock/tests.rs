//! The clocks agree with those of std.

use std::time::{SystemTime, UNIX_EPOCH};

use super::*;

#[test]
fn the_wall_clock_is_the_systems() {
    let before = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros();
    let read = u128::try_from(wall_micros()).unwrap();
    let after = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros();
    assert!(before <= read && read <= after, "{before} {read} {after}");
}

#[test]
fn the_steady_clocks_never_run_back() {
    let first = read();
    let second = read();
    assert!(second.monotonic >= first.monotonic);
    assert!(second.boottime >= first.boottime);
    assert!(first.boottime >= first.monotonic.checked_sub(Duration::from_millis(1)).unwrap());
}

//! The arithmetic against what was measured and what the kernel's own documentation says.

use proptest::prelude::*;

use super::*;

const LONGEST: Duration = Duration::from_secs(120);

fn close(predicted: Duration, measured_s: f64) {
    let off = (predicted.as_secs_f64() - measured_s).abs() / measured_s;
    assert!(off <= 0.1, "{predicted:?} predicted, {measured_s} s measured");
}

/// Measured on 6.18 with a round trip of some 50 µs.
#[test]
fn retries_as_they_were_measured() {
    let rto = Duration::from_millis(200);
    close(retransmissions_end(rto, LONGEST, 3), 6.65);
    close(retransmissions_end(rto, LONGEST, 5), 13.40);
    // Documentation/networking/ip-sysctl.rst: fifteen are worth 924.6 s, and the next time-out ends it.
    assert_eq!(sum(waits(RTO_MIN, LONGEST).take(16)), Duration::from_millis(924_600));
    assert_eq!(retransmissions_end(rto, LONGEST, 15), Duration::from_millis(924_800));
    // RFC 1122 asks for at least 100 s; the documentation calls that eight.
    assert!(retransmissions_end(rto, LONGEST, 8) > Duration::from_secs(100));
}

#[test]
fn a_long_round_trip_and_a_short_cap_move_the_end() {
    assert_eq!(retransmissions_end(Duration::from_millis(250), LONGEST, 15), Duration::from_secs(968));
    // With a cap of one second fifteen are worth 14.4 s: 0.2 + 0.4 + 0.8 + 13 * 1.
    let capped = retransmissions_end(Duration::from_millis(200), Duration::from_secs(1), 15);
    assert!(capped >= Duration::from_millis(14_400) && capped < Duration::from_millis(15_500), "{capped:?}");
}

#[test]
fn a_shut_window_is_probed_as_long_or_longer() {
    let (at_least, at_most) = window_probes_end(Duration::from_millis(200), LONGEST, 15);
    assert_eq!((at_least, at_most), (Duration::from_millis(924_600), Duration::from_secs(1920)));
}

#[test]
fn the_time_out_is_looked_at_when_a_probe_is_due() {
    let s = Duration::from_secs_f64;
    for (limit, idle, interval, probes) in
        [(10.0, 2.0, 1.0, 8), (4.0, 2.0, 1.0, 2), (0.5, 2.0, 1.0, 1), (3.0, 1.0, 5.0, 1), (6.999, 2.0, 1.0, 5), (7.001, 2.0, 1.0, 6)]
    {
        assert_eq!(probes_until(s(limit), s(idle), s(interval)), probes, "{limit} {idle} {interval}");
    }
}

#[test]
fn nothing_overflows_or_spins() {
    for rto in [Duration::ZERO, Duration::MAX] {
        for longest in [Duration::ZERO, LONGEST, Duration::MAX] {
            retransmissions_end(rto, longest, u8::MAX);
            window_probes_end(rto, longest, u8::MAX);
        }
    }
    assert_eq!(latest(Duration::MAX), Duration::MAX);
    room_ms(Duration::MAX);
    assert_eq!(probes_until(Duration::MAX, Duration::ZERO, Duration::ZERO), u32::MAX);
}

proptest! {
    #[test]
    fn what_has_room_ends_in_time(within_ms in 0..u64::MAX / 2) {
        let within = Duration::from_millis(within_ms);
        prop_assert!(latest(Duration::from_millis(room_ms(within))) <= within);
    }

    #[test]
    fn the_least_that_has_room_is_the_least(nominal_ms in 1..u64::MAX / 2) {
        let least = least_with_room(nominal_ms);
        prop_assert!(room_ms(least) >= nominal_ms);
        prop_assert!(room_ms(least - Duration::from_millis(1)) < nominal_ms);
    }
}

use super::*;

const MS: u64 = 1_000_000;

/// What the sender's clock is behind ours.
const BEHIND: u64 = 7_777 * MS;

/// Hears probes 50 ms apart that took so long each; those marked lost are not heard.
fn heard(transits: &[(u64, bool)]) -> Jitter {
    let mut jitter = Jitter::default();
    for (number, (took, lost)) in transits.iter().enumerate() {
        let sent = (number as u64 + 1) * 50 * MS;
        if !lost {
            jitter.heard(number as u64, Stamp(sent + took + BEHIND), Stamp(sent - 50 * MS));
        }
    }
    jitter
}

#[test]
fn a_steady_way_has_none_whatever_the_clocks_say() {
    assert_eq!(heard(&[(80 * MS, false); 100]).estimate(), Some(Duration::ZERO));
    assert_eq!(heard(&[(80 * MS, false); 2]).estimate(), None);
}

/// RFC 3550, 6.4.1, in fractions: J += (|D| - J) / 16.
#[test]
fn it_is_the_formula_of_the_rfc() {
    let transits: Vec<(u64, bool)> = (0..400_u64).map(|i| (20 * MS + i * 7_919 % 97 * 31_000, false)).collect();
    let mut exact = 0.0;
    for pair in transits[..transits.len() - 1].windows(2) {
        exact += (pair[1].0.abs_diff(pair[0].0) as f64 - exact) / 16.0;
    }
    let told = heard(&transits).estimate().unwrap().as_nanos() as f64;
    assert!((told - exact).abs() < 2.0, "{told} for {exact}");
}

#[test]
fn alternating_by_one_millisecond_it_becomes_one_millisecond() {
    let transits: Vec<(u64, bool)> = (0..300).map(|i| (20 * MS + i % 2 * MS, false)).collect();
    let told = heard(&transits).estimate().unwrap();
    assert!(told.abs_diff(Duration::from_millis(1)) < Duration::from_micros(1), "{told:?}");
}

#[test]
fn what_was_lost_leaves_a_gap_and_no_jitter() {
    let transits: Vec<(u64, bool)> = (0..100).map(|i| (20 * MS, i % 7 == 3)).collect();
    assert_eq!(heard(&transits).estimate(), Some(Duration::ZERO));
}

#[test]
fn a_late_probe_does_not_hide_the_newest() {
    let mut jitter = Jitter::default();
    for (sequence, received, previous_sent) in [(0, 100, 0), (1, 150, 50), (3, 251, 150), (2, 252, 100), (4, 300, 200)] {
        jitter.heard(sequence, Stamp(received * MS), Stamp(previous_sent * MS));
    }
    // 0 took 50 ms; 3 took 51 ms, told by 4.
    assert_eq!(jitter.estimate(), Some(Duration::from_nanos(MS / 16)));
}

#[test]
fn unknown_stamps_are_compared_with_nothing() {
    let mut jitter = Jitter::default();
    for sequence in 0..100_u64 {
        let sent = if sequence % 3 == 0 { Stamp::UNKNOWN } else { Stamp(sequence * 50 * MS) };
        jitter.heard(sequence, Stamp((sequence + 1) * 50 * MS + 9 * MS), sent);
    }
    assert_eq!(jitter.estimate(), Some(Duration::ZERO));
}

#[test]
fn a_clock_that_is_set_is_no_jitter() {
    let mut jitter = Jitter::default();
    for sequence in 0..100_u64 {
        let jump = if sequence > 50 { 3_600_000 * MS } else { 0 };
        jitter.heard(sequence, Stamp((sequence + 1) * 50 * MS), Stamp(sequence * 50 * MS + 1 + jump));
    }
    assert_eq!((jitter.estimate(), jitter.jumps()), (Some(Duration::ZERO), 1));
}

#[test]
fn it_takes_any_stamp() {
    let mut jitter = Jitter::default();
    for (sequence, stamp) in [0, 1, u64::MAX, 1 << 63, (1 << 63) - 1, 5].into_iter().enumerate() {
        jitter.heard(sequence as u64, Stamp(stamp), Stamp(!stamp));
    }
    jitter.heard(u64::MAX, Stamp(1), Stamp(1));
    jitter.heard(u64::MAX, Stamp(1), Stamp(1));
}

use super::*;

#[test]
fn only_the_part_within_the_probe_counts() {
    let mut lag = Lag::default();
    let at = |s: u64| Moment(s * 1_000_000);
    assert_eq!(lag.note(at(10), at(10).after(Duration::from_millis(3))), None);
    assert_eq!(lag.note(at(10), at(13)), Some(Duration::from_secs(3)));
    assert_eq!(lag.since(at(12), at(14)), Duration::from_secs(1));
    assert_eq!(lag.since(at(9), at(14)), Duration::from_secs(3));
    assert_eq!(lag.since(at(13), at(14)), Duration::ZERO);
}

#[test]
fn old_stalls_are_forgotten() {
    let mut lag = Lag::default();
    for n in 0..1000_u64 {
        lag.note(Moment(n * 1_000_000), Moment((n + 1) * 1_000_000));
    }
    assert!(lag.stalls.len() <= AT_MOST);
}

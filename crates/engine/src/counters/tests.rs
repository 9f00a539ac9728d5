use super::*;

#[test]
fn a_lag_quantile_is_its_power_of_two() {
    let counters = Counters::default();
    assert_eq!(counters.lag_quantile(0.99), Duration::ZERO, "nothing was started");
    for _ in 0..99 {
        counters.started(Duration::from_micros(700));
    }
    counters.started(Duration::from_millis(30));
    assert_eq!(counters.lag_quantile(0.99), Duration::from_micros(1024));
    assert_eq!(counters.lag_quantile(1.0), Duration::from_micros(32_768));
    assert_eq!(counters.late.load(Ordering::Relaxed), 1);
}

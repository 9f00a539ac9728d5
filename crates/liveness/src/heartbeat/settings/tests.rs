use super::*;

fn mistake(settings: Settings) -> Mistake {
    settings.check().unwrap_err()
}

#[test]
fn the_default_makes_sense_and_keeps_its_promise() {
    let it = Settings::default().check().unwrap();
    assert_eq!(it.interval() + it.jitter() + it.timeout() * (it.misses_allowed() + 1), Duration::from_millis(31_500));
}

#[test]
fn nonsense_is_refused_by_name() {
    let zero = Duration::ZERO;
    let ages = Duration::MAX;
    let sane = Settings::default();
    assert_eq!(mistake(Settings { interval: zero, ..sane }), Mistake::Zero("interval"));
    assert_eq!(mistake(Settings { timeout: zero, ..sane }), Mistake::Zero("timeout"));
    assert_eq!(mistake(Settings { interval: ages, ..sane }), Mistake::TooLong("interval"));
    assert_eq!(mistake(Settings { timeout: ages, ..sane }), Mistake::TooLong("timeout"));
    for jitter in [-0.1, 1.0, f64::INFINITY] {
        assert_eq!(mistake(Settings { jitter, ..sane }), Mistake::Jitter(jitter));
    }
    assert!(matches!(mistake(Settings { jitter: f64::NAN, ..sane }), Mistake::Jitter(_)));
    let said = mistake(Settings { jitter: 15.0, ..sane }).to_string();
    assert_eq!(said, "the heartbeat's jitter is 15; it is a fraction of the interval, from 0 to less than 1");
}

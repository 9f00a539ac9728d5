use super::*;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn a_value_holds_as_long_as_it_was_kept_for() {
    let mut cache = Cache::default();
    let now = Instant::now();
    cache.keep("name", 1, SECOND * 5, now);
    assert_eq!(cache.find(&"name", now + SECOND * 4), Some(1));
    assert_eq!(cache.find(&"name", now + SECOND * 5), None);
}

#[test]
fn nothing_is_kept_for_no_time_nor_for_days() {
    let mut cache = Cache::default();
    let now = Instant::now();
    cache.keep("none", 1, Duration::ZERO, now);
    cache.keep("days", 2, SECOND * 864_000, now);
    assert_eq!(cache.find(&"none", now), None);
    assert_eq!(cache.find(&"days", now + LONGEST - SECOND), Some(2));
    assert_eq!(cache.find(&"days", now + LONGEST), None);
}

#[test]
fn a_full_cache_takes_nothing_new_until_something_has_expired() {
    let mut cache = Cache::with_room(2);
    let now = Instant::now();
    cache.keep(1, "a", SECOND * 5, now);
    cache.keep(2, "b", SECOND * 50, now);
    cache.keep(3, "c", SECOND * 50, now);
    assert_eq!(cache.find(&3, now), None);
    cache.keep(2, "d", SECOND * 60, now);
    assert_eq!(cache.find(&2, now), Some("d"), "what is there is renewed");
    cache.keep(3, "c", SECOND * 50, now + SECOND * 6);
    assert_eq!(cache.find(&3, now + SECOND * 6), Some("c"));
    assert_eq!(cache.find(&1, now + SECOND * 6), None);
}

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderValue};

use super::{elsewhere, retry_after};

fn headers(name: &'static str, value: &'static str) -> HeaderMap {
    HeaderMap::from_iter([(http::HeaderName::from_static(name), HeaderValue::from_static(value))])
}

#[test]
fn retry_after_is_seconds_or_a_date() {
    // 2026-11-20T19:14:00Z
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_202_040);
    let after = |value| retry_after(&headers("retry-after", value), now).map(|after| after.as_secs());
    assert_eq!(after("120"), Some(120));
    assert_eq!(after(" 0 "), Some(0));
    assert_eq!(after("99999999999999999999999"), None);
    assert_eq!(after("-5"), None);
    assert_eq!(after("soon"), None);
    assert_eq!(after("Fri, 20 Nov 2026 19:15:00 GMT"), Some(60));
    assert_eq!(after("Fri, 20 Nov 2020 19:15:00 GMT"), Some(0));
    assert_eq!(retry_after(&HeaderMap::new(), now), None);
}

#[test]
fn of_a_redirect_only_the_host_is_told() {
    assert_eq!(elsewhere(&headers("location", "https://u:p@other.example/CANARY?x")).as_deref(), Some("other.example"));
    assert_eq!(elsewhere(&headers("location", "/CANARY")), None);
}

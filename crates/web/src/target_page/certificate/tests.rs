use std::time::Duration;

use super::*;
use crate::sample::{NOW, target, up};

fn seen(expires: i64, names: &[&str]) -> ProbeResult {
    let measurements = vec![
        ("certificate_expires".into(), Value::Integer(expires)),
        ("certificate_subject".into(), Value::from("CN=api.example.com")),
        ("certificate_issuer".into(), Value::from("CN=Example Issuing CA")),
        ("certificate_serial".into(), Value::from("04:ab")),
        ("certificate_names".into(), Value::texts(names.iter().copied())),
    ];
    ProbeResult { measurements, ..up(&target("", "t", "https://t/").id) }
}

#[test]
fn a_healthy_one_says_until_when_for_whom_and_by_whom() {
    let certificate = of(&seen(NOW.seconds() + 41 * 86_400, &["api.example.com", "*.example.org"]), NOW).unwrap();
    assert_eq!((certificate.expired, certificate.distance.as_str()), (false, "41 d"));
    assert_eq!(certificate.names, ["api.example.com", "*.example.org"]);
    assert_eq!((certificate.issuer.as_deref(), certificate.serial.as_deref()), (Some("CN=Example Issuing CA"), Some("04:ab")));
}

#[test]
fn an_expired_one_says_since_when() {
    let certificate = of(&seen(NOW.seconds() - 10_800, &[]), NOW).unwrap();
    assert_eq!((certificate.expired, certificate.distance.as_str()), (true, "3 h"));
    assert_eq!(certificate.names, ["CN=api.example.com"], "the subject, where it has no names");
    assert_eq!(certificate.expires.utc, crate::text::utc(NOW - Duration::from_secs(10_800)));
}

#[test]
fn of_many_names_the_first_are_shown_and_without_tls_there_is_none() {
    let names: Vec<String> = (0..30).map(|n| format!("n{n}.example.com")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let certificate = of(&seen(NOW.seconds(), &names), NOW).unwrap();
    assert_eq!((certificate.names.len(), certificate.more), (12, 18));
    assert_eq!(of(&up(&target("", "t", "tcp://t:1").id), NOW), None);
    assert_eq!(of(&seen(i64::MAX, &[]), NOW), None, "no date");
}

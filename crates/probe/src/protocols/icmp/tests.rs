//! On the loopback, by whatever is permitted here; the namespaces of `tests/icmp_*.rs` show the rest.

use allswell_model::{Outcome, ProbeResult, TargetId, Timestamp};

use super::*;
use crate::{Environment, Prepared, Raw};

fn prepared(url: &str, settings: &[(&str, &str)]) -> Result<Prepared, Vec<Mistake>> {
    let settings: Vec<(String, Raw)> = settings.iter().map(|(name, text)| ((*name).into(), Raw::Scalar((*text).into()))).collect();
    Prepared::new(url, &settings, &[], &|_| false)
}

async fn probe(url: &str, settings: &[(&str, &str)]) -> ProbeResult {
    let environment = Environment::new();
    prepared(url, settings).unwrap().run(&environment, &TargetId::new(url).unwrap(), Timestamp(0), Duration::from_secs(5)).await.result
}

fn value(result: &ProbeResult, name: &str) -> f64 {
    match result.measurements.iter().find(|(known, _)| known == name) {
        Some((_, allswell_model::Value::Integer(n))) => f64::from(i32::try_from(*n).unwrap()),
        Some((_, allswell_model::Value::Number(n))) => *n,
        other => panic!("{name}: {other:?}"),
    }
}

#[tokio::test]
async fn both_loopbacks_reply() {
    for (url, address) in [("icmp://127.0.0.1", "127.0.0.1"), ("icmp://[::1]", "::1"), ("icmp://[::ffff:127.0.0.1]", "::ffff:127.0.0.1")] {
        let result = probe(url, &[]).await;
        assert_eq!(result.outcome, Outcome::Up, "{}", result.reason);
        assert_eq!(result.address.as_deref(), Some(address));
        assert!(result.reason.starts_with(&format!("{address}: replied in ")), "{}", result.reason);
        assert!((value(&result, "loss"), value(&result, "hop_limit")) == (0.0, 64.0));
        assert!(result.stages.of(&Stage::SEND).is_some() && result.stages.of(&Stage::REPLY).is_some());
    }
}

#[tokio::test]
async fn several_requests_are_measured_together() {
    let result = probe("icmp://127.0.0.1", &[("count", "4"), ("gap", "1ms"), ("size", "4000"), ("ttl", "3")]).await;
    assert!(result.reason.contains("4 of 4 replies in "), "{}", result.reason);
    assert!((value(&result, "sent"), value(&result, "received"), value(&result, "duplicates")) == (4.0, 4.0, 0.0));
    assert!(value(&result, "rtt_min_ms") <= value(&result, "rtt_mean_ms") && value(&result, "rtt_mean_ms") <= value(&result, "rtt_max_ms"));
    assert!(value(&result, "jitter_ms") >= 0.0);
}

#[tokio::test]
async fn what_would_leave_too_late_is_not_sent() {
    let probe = prepared("icmp://127.0.0.1", &[("count", "20"), ("gap", "250ms")]).unwrap();
    let id = TargetId::new("x").unwrap();
    let result = probe.run(&Environment::new(), &id, Timestamp(0), Duration::from_millis(600)).await.result;
    assert_eq!(result.outcome, Outcome::Up, "{}", result.reason);
    assert!(value(&result, "sent") <= 3.0 && value(&result, "received") >= 1.0);
    assert!(result.duration < Duration::from_millis(650));
}

#[test]
fn addresses_of_many_or_none_are_refused() {
    for url in ["icmp://255.255.255.255", "icmp://224.0.0.1", "icmp://[ff02::1]", "icmp://0.0.0.0", "icmp://[::]"] {
        assert!(prepared(url, &[]).unwrap_err()[0].message.ends_with("where no single host answers"), "{url}");
    }
}

#[test]
fn settings_have_bounds() {
    for wrong in [("count", "0"), ("count", "21"), ("size", "15"), ("size", "65508"), ("ttl", "0"), ("ttl", "256"), ("gap", "11s")] {
        prepared("icmp://127.0.0.1", &[wrong]).unwrap_err();
    }
}

#[test]
fn the_declared_defaults_are_those_that_are_used() {
    let default = |name| DECLARATION.settings.iter().find(|spec| spec.name == name).and_then(|spec| spec.default);
    assert_eq!((default("count"), default("gap"), default("size")), (Some("1"), Some("200ms"), Some("56")));
}

#[test]
fn a_run_is_small_enough_to_have_a_hundred_thousand() {
    let probe = prepared("icmp://127.0.0.1", &[]).unwrap();
    let (environment, id) = (Environment::new(), TargetId::new("x").unwrap());
    let whole = size_of_val(&probe.run(&environment, &id, Timestamp(0), Duration::from_secs(1)));
    let mut attempt = Attempt::new(environment, Arc::default(), std::time::Instant::now(), Duration::ZERO);
    let endpoint = probe.locator().endpoint.clone();
    let bare = IcmpProbe { endpoint, count: 1, gap: Duration::ZERO, size: 56, hop_limit: None, whole: false };
    let exchange = size_of_val(&bare.talk(&mut attempt, ([127, 0, 0, 1], 0).into()));
    assert!(whole <= 1024 && exchange <= 1536, "{whole} and {exchange} bytes");
}

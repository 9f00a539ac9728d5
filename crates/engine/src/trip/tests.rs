use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};

use allswell_model::{Origin, Policy, Target, TargetName};
use allswell_probe::Raw;
use allswell_testkit::dns::{Answer, DnsServer, a};

use super::*;
use crate::plan::Wanted;

const FIRST: Ipv4Addr = Ipv4Addr::LOCALHOST;
const SECOND: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

/// Answers one request with this status, then ends.
fn serve(listener: TcpListener, status: u16) {
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 1024]).unwrap();
        write!(stream, "HTTP/1.1 {status} X\r\nContent-Length: 2\r\n\r\nok").unwrap();
    });
}

/// Two servers on one port of two addresses, and what a probe of all addresses of their name finds.
async fn both(statuses: [u16; 2], expect: &[&str], warn: &[&str]) -> ProbeResult {
    tried("all", statuses, expect, warn).await
}

/// The same with another policy.
async fn tried(policy: &str, statuses: [u16; 2], expect: &[&str], warn: &[&str]) -> ProbeResult {
    let (first, second) = loop {
        let first = TcpListener::bind((FIRST, 0)).unwrap();
        if let Ok(second) = TcpListener::bind((SECOND, first.local_addr().unwrap().port())) {
            break (first, second);
        }
    };
    let port = first.local_addr().unwrap().port();
    serve(first, statuses[0]);
    serve(second, statuses[1]);
    let server = DnsServer::start().await;
    server.on_any("both.example", Answer::records([a("both.example", 60, FIRST), a("both.example", 60, SECOND)]));
    let set = |name: &str, text: &str| (name.to_owned(), Raw::Scalar(text.to_owned()));
    let texts = |all: &[&str]| all.iter().map(|text| (*text).to_owned()).collect();
    let wanted = Wanted {
        url: format!("http://both.example:{port}/"),
        network: vec![set("addresses", policy), set("family", "ipv4"), set("resolver", &server.address().to_string())],
        expect: texts(expect),
        warn: texts(warn),
        ..Wanted::default()
    };
    let target = Target {
        id: TargetId::new("both").unwrap(),
        name: TargetName::new("", "both").unwrap(),
        url: String::new(),
        protocol: "",
        repeat: String::new(),
        labels: BTreeMap::new(),
        policy: Policy::default(),
        alerting: allswell_model::Alerting::default(),
        runbook: None,
        origin: Origin::Argument,
    };
    let plan = Plan::new(target, wanted).unwrap();
    run_once(&plan, &Environment::new(), Timestamp(0), Duration::from_secs(5)).await
}

fn subs(result: &ProbeResult) -> Vec<(&str, &str)> {
    let mut subs: Vec<_> = result
        .sub_results
        .iter()
        .map(|sub| (sub.address.split(':').next().unwrap_or_default(), sub.outcome.cause().unwrap_or("up")))
        .collect();
    subs.sort_unstable();
    subs
}

#[tokio::test]
async fn with_any_address_one_that_is_as_expected_is_enough() {
    for statuses in [[200, 500], [500, 200]] {
        let result = tried("any", statuses, &[], &[]).await;
        assert!(result.outcome.is_up(), "{}", result.reason);
        assert!(result.reason.contains("HTTP 200"), "{}", result.reason);
    }
    let result = tried("any", [500, 503], &[], &[]).await;
    assert_eq!(result.outcome.cause(), Some("status"), "{}", result.reason);
    assert!(result.reason.starts_with("2 of 2 addresses failed: "), "{}", result.reason);
}

#[tokio::test]
async fn with_all_addresses_each_must_be_as_expected() {
    for (statuses, failed) in [([200, 500], "127.0.0.2"), ([500, 200], "127.0.0.1")] {
        let result = both(statuses, &[], &[]).await;
        assert_eq!(result.outcome.cause(), Some("status"), "{}", result.reason);
        assert!(result.reason.starts_with(&format!("1 of 2 addresses failed: {failed}:")), "{}", result.reason);
        assert!(result.address.as_deref().is_some_and(|address| address.starts_with(failed)), "{:?}", result.address);
        assert!(result.stages.of(&Stage::RESOLVE).is_some());
        assert_eq!(subs(&result).iter().filter(|(_, cause)| *cause == "status").count(), 1);
        assert!(subs(&result).contains(&(failed, "status")), "{:?}", subs(&result));
    }
}

#[tokio::test]
async fn with_all_addresses_an_own_expectation_and_a_warning_name_theirs() {
    let result = both([200, 204], &["status == 200"], &[]).await;
    let start = "1 of 2 addresses failed: 127.0.0.2:";
    assert!(result.reason.starts_with(start) && result.reason.contains("`status == 200` failed: it was 204"), "{}", result.reason);
    let result = both([200, 204], &[], &["status == 200"]).await;
    assert!(result.outcome.is_up(), "{}", result.reason);
    let warned = result.degraded.unwrap().reason;
    assert!(warned.starts_with("127.0.0.2:") && warned.contains("it was 204"), "{warned}");
    let result = both([200, 200], &["status == 200"], &["status == 200"]).await;
    assert!(result.outcome.is_up() && result.degraded.is_none() && subs(&result).len() == 2, "{}", result.reason);
}

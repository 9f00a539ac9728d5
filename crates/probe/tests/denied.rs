//! What is forbidden is not sent to: neither at first, nor by a name, nor by a redirect. Real servers that would have heard of it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use allswell_model::{Outcome, ProbeResult, Stage, TargetId, Timestamp, UnknownCause};
use allswell_probe::{Denied, Environment, Prepared, Raw};
use allswell_testkit::server::Server;
use allswell_testkit::server::site::Answer;

/// A listener at another address of loopback, which nobody shall reach.
fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind((Ipv4Addr::new(127, 0, 0, 2), 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let at = listener.local_addr().unwrap();
    (listener, at)
}

fn second_address() -> Arc<Denied> {
    Arc::new(Denied::new(vec!["127.0.0.2".parse().unwrap()]))
}

async fn probed(url: &str, denied: &Arc<Denied>) -> ProbeResult {
    let probe = Prepared::new(url, &[], &[], &|_| true).unwrap().denying(denied).unwrap();
    let target = TargetId::new("target").unwrap();
    probe.run(&Environment::new(), &target, Timestamp(0), Duration::from_secs(5)).await.result
}

fn is_denied(result: &ProbeResult, stage: &Stage) {
    assert_eq!(result.outcome, Outcome::Unknown { stage: stage.clone(), cause: UnknownCause::DENIED }, "{}", result.reason);
    let said = "Not probed: 127.0.0.2 is in 127.0.0.2/32, which targets of the API may not reach; `deny` says so.";
    assert!(result.reason.ends_with(said), "{}", result.reason);
}

#[tokio::test]
async fn a_forbidden_address_hears_nothing() {
    let (listener, at) = listener();
    for scheme in ["tcp", "tls", "http", "https"] {
        is_denied(&probed(&format!("{scheme}://{at}"), &second_address()).await, &Stage::PREPARE);
    }
    for scheme in ["dns", "dns+tcp", "dns+tls"] {
        is_denied(&probed(&format!("{scheme}://{at}/example.com"), &second_address()).await, &Stage::PREPARE);
    }
    is_denied(&probed("icmp://127.0.0.2", &second_address()).await, &Stage::PREPARE);
    assert!(listener.accept().is_err(), "somebody connected");
}

#[tokio::test]
async fn nor_is_it_reached_by_a_redirect() {
    let (listener, at) = listener();
    let site = Server::http(move |_| Answer::redirect(302, &format!("http://{at}/secret")));
    let result = probed(&site.url("http"), &second_address()).await;
    is_denied(&result, &Stage::FIRST_BYTE);
    assert!(listener.accept().is_err(), "somebody connected");
}

#[tokio::test]
async fn nor_asked_as_a_resolver() {
    let network = [("resolver".to_owned(), Raw::Scalar("127.0.0.2:53".into()))];
    let probe = Prepared::new("tcp://db.example:1", &[], &network, &|_| true).unwrap();
    let mistakes = probe.denying(&second_address()).unwrap_err();
    assert_eq!(mistakes.first().unwrap().to_string(), "127.0.0.2:53 is in 127.0.0.2/32, which targets of the API may not reach");
}

#[tokio::test]
async fn a_name_of_it_is_of_no_use() {
    let denied = Arc::new(Denied::default());
    let result = probed("tcp://localhost:1", &denied).await;
    assert!(matches!(&result.outcome, Outcome::Unknown { cause, .. } if *cause == UnknownCause::DENIED), "{}", result.reason);
}

#[tokio::test]
async fn all_else_is_probed_as_ever() {
    let site = Server::http(|_| Answer::ok("x"));
    assert!(probed(&site.url("http"), &second_address()).await.outcome.is_up());
}

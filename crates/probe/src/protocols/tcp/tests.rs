use std::io::Write;
use std::net::TcpListener;
use std::sync::Arc;

use allswell_model::{ProbeResult, TargetId, Timestamp};

use super::*;
use crate::{Environment, Prepared, Raw};

fn scalar(name: &str, text: &str) -> (String, Raw) {
    (name.into(), Raw::Scalar(text.into()))
}

async fn probe(url: &str, settings: &[(String, Raw)]) -> ProbeResult {
    let prepared = Prepared::new(url, settings, &[], &|_| false).unwrap();
    let environment: Arc<Environment> = Environment::new();
    prepared.run(&environment, &TargetId::new(url).unwrap(), Timestamp(0), Duration::from_secs(2)).await.result
}

fn words(result: &ProbeResult) -> (&str, Option<&str>, Option<&str>) {
    (result.outcome.word(), result.outcome.stage().map(Stage::as_str), result.outcome.cause())
}

#[tokio::test]
async fn a_listener_is_up() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let result = probe(&format!("tcp://{}", listener.local_addr().unwrap()), &[]).await;
    assert_eq!(words(&result), ("up", None, None), "{}", result.reason);
    assert!(result.stages.of(&Stage::CONNECT).is_some());
}

#[tokio::test]
async fn a_closed_port_is_refused_by_its_host() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let result = probe(&format!("tcp://{address}"), &[]).await;
    assert_eq!(words(&result), ("down", Some("connect"), Some("refused")));
    assert_eq!(result.said_by.as_deref(), Some("127.0.0.1"));
    assert!(result.reason.starts_with(&format!("{address} refused (RST in ")), "{}", result.reason);
}

#[tokio::test]
async fn ipv6_is_refused_alike() {
    let address = TcpListener::bind("[::1]:0").unwrap().local_addr().unwrap();
    let result = probe(&format!("tcp://{address}"), &[]).await;
    assert_eq!(words(&result), ("down", Some("connect"), Some("refused")), "{}", result.reason);
}

#[tokio::test]
async fn accepted_then_closed_shows_only_when_held() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("tcp://{}", listener.local_addr().unwrap());
    let closer = std::thread::spawn(move || drop(listener.accept().unwrap()));
    let result = probe(&url, &[scalar("hold", "1s")]).await;
    closer.join().unwrap();
    assert_eq!(words(&result), ("down", Some("hold"), Some("closed")), "{}", result.reason);
    assert!(result.reason.ends_with(": often a proxy without backends."), "{}", result.reason);
}

#[tokio::test]
async fn a_kept_connection_is_up() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let result = probe(&format!("tcp://{}", listener.local_addr().unwrap()), &[scalar("hold", "50ms")]).await;
    assert_eq!(words(&result), ("up", None, None), "{}", result.reason);
    assert!(result.stages.of(&HOLD).unwrap() >= Duration::from_millis(50));
}

#[tokio::test]
async fn a_dialog_names_the_step_that_failed() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("tcp://{}", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"220 mail ready\r\n").unwrap();
    });
    let steps =
        Raw::List(vec![Raw::Map(vec![scalar("expect", "^220 ")]), Raw::Map(vec![scalar("send", "EHLO x\r\n"), scalar("expect", "^250 ")])]);
    let result = probe(&url, &[("dialog".into(), steps)]).await;
    server.join().unwrap();
    assert_eq!(result.outcome.word(), "down");
    let address = url.trim_start_matches("tcp://");
    assert!(result.reason.starts_with(&format!("Step 2 of 2 with {address} failed: the peer ")), "{}", result.reason);
}

fn refused(url: &str, network: &[(String, Raw)]) -> String {
    Prepared::new(url, &[], network, &|_| false).unwrap_err().remove(0).to_string()
}

#[test]
fn a_literal_that_cannot_be_reached_is_a_mistake() {
    let source = refused("tcp://127.0.0.1:1", &[scalar("source", "::1")]);
    assert_eq!(source, "127.0.0.1 is an IPv4 address, but `source` is ::1");
    let family = refused("tcp://[::1]:1", &[scalar("family", "ipv4")]);
    assert_eq!(family, "[::1] is an IPv6 address, but `family` asks for the other family");
    let link = refused("tcp://[fe80::1]:1", &[]);
    assert_eq!(link, "[fe80::1] is link-local, so it means nothing without an interface: name it, as in [fe80::1%eth0]");
    assert!(Prepared::new("tcp://[fe80::1]:1", &[], &[scalar("interface", "lo")], &|_| false).is_ok());
}

#[tokio::test]
async fn an_interface_that_is_not_there_is_named() {
    let result = probe("tcp://[fe80::1%no-such]:1", &[]).await;
    assert_eq!(words(&result), ("unknown", Some("resolve"), Some("no_route")), "{}", result.reason);
    assert!(result.reason.contains("[fe80::1%no-such]"), "{}", result.reason);
}

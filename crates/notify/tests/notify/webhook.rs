//! What a webhook's server gets to see, and what it may answer.

use std::time::{Duration, Instant};

use allswell_model::Sent;
use allswell_notify::Channels;
use allswell_testkit::certificate::{Authority, Leaf};
use allswell_testkit::server::Server;
use allswell_testkit::server::script::Act;
use allswell_testkit::server::site::Answer;
use serde_json::Value;

use crate::memory::alert;
use crate::watch::{Watch, hook, hooks, until};

#[test]
fn an_alert_arrives_as_json_with_its_key() {
    let server = Server::http(|_| Answer::ok("thanks"));
    let watch = Watch::new(hooks(&[("a", &format!("http://u:p@{}/in?k=v", server.address()))]));
    watch.outbox.put([alert("a", 1, 0)]);
    watch.until_told(1);
    let asked = &server.asked()[0];
    assert_eq!((asked.method.as_str(), asked.target.as_str()), ("POST", "/in?k=v"));
    assert_eq!(asked.header("idempotency-key"), Some("n-1-0-a"));
    assert_eq!(asked.header("content-type"), Some("application/json"));
    assert_eq!(asked.header("host"), Some(server.address().to_string().as_str()));
    assert_eq!(asked.header("authorization"), Some("Basic dTpw"));
    assert!(asked.header("user-agent").unwrap().starts_with("allswell/"));
    let body: Value = serde_json::from_slice(&asked.body).unwrap();
    assert_eq!(body["summary"], "target 1 is down: \"it\" said so");
    assert_eq!(body["page"], "https://watch.example/targets/g%2Ft%201");
    let told = &watch.outbox.told()[0];
    assert_eq!(told.ended, Sent::Delivered);
    assert!(told.detail.starts_with(&format!("{} took it (HTTP 200, ", server.address())), "{}", told.detail);
    until("counting", || watch.counters("a").delivered == 1 && watch.notifier.counters().waiting == 0);
    assert_eq!(watch.counters("a").kind, "webhook");
}

#[test]
fn a_template_makes_the_body_and_headers_are_sent() {
    let server = Server::http(|_| Answer::status(204));
    let mut channels = Channels::new();
    let more = [("body", "{{ kind }}: {{ summary }}"), ("content_type", "text/plain"), ("headers", "X-Priority: 5"), ("method", "PUT")];
    hook(&mut channels, "a", &server.url("http"), &more);
    let watch = Watch::new(channels);
    watch.outbox.put([alert("a", 1, 3)]);
    watch.until_told(1);
    let asked = &server.asked()[0];
    assert_eq!((asked.method.as_str(), asked.header("x-priority"), asked.header("content-type")), ("PUT", Some("5"), Some("text/plain")));
    assert_eq!(String::from_utf8_lossy(&asked.body), "resolved: target 1 is down: \"it\" said so");
}

#[test]
fn a_template_that_fails_sends_the_document_and_says_so() {
    let server = Server::http(|_| Answer::ok(""));
    let mut channels = Channels::new();
    let body = r#"{ "b": {{ targets[5].name if incident == 7 else 1 }} }"#;
    hook(&mut channels, "a", &server.url("http"), &[("body", body), ("content_type", "application/vnd.x+json")]);
    let watch = Watch::new(channels);
    watch.outbox.put([alert("a", 7, 0)]);
    watch.until_told(1);
    let asked = &server.asked()[0];
    assert_eq!(asked.header("content-type"), Some("application/json"));
    assert_eq!(serde_json::from_slice::<Value>(&asked.body).unwrap()["version"], 1);
    let detail = &watch.outbox.told()[0].detail;
    assert!(
        detail.ends_with("Its `body` failed (line 1: it names something that is not there), so the JSON document was sent."),
        "{detail}"
    );
}

#[test]
fn over_tls_the_certificate_is_verified_against_the_own_authority() {
    let authority = Authority::root("ours");
    let server = Server::https(&authority.issue(&Leaf::of(&["127.0.0.1"])).server(&["http/1.1"]), |_| Answer::ok(""));
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, authority.pem()).unwrap();
    let mut channels = Channels::new();
    hook(&mut channels, "own", &server.url("https"), &[("ca", ca.to_str().unwrap())]);
    hook(&mut channels, "system", &server.url("https"), &[]);
    let watch = Watch::new(channels);
    watch.outbox.put([alert("own", 1, 0), alert("system", 1, 0)]);
    watch.until_told(2);
    assert_eq!(watch.outbox.delivered(), ["n-1-0-own"]);
    let told = &watch.outbox.told_of("n-1-0-system")[0].detail;
    let wanted =
        format!("The certificate of {} is refused: its issuer is not among the trusted authorities; `ca` names others.", server.address());
    assert_eq!(told, &wanted);
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn a_certificate_for_another_name_or_another_time_is_refused() {
    let authority = Authority::root("ours");
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, authority.pem()).unwrap();
    let serve = |leaf: &Leaf| Server::https(&authority.issue(leaf).server(&[]), |_| Answer::ok(""));
    let (other, old) = (serve(&Leaf::of(&["other.example"])), serve(&Leaf::of(&["127.0.0.1"]).valid(-7200, -3600)));
    let mut channels = Channels::new();
    hook(&mut channels, "other", &other.url("https"), &[("ca", ca.to_str().unwrap())]);
    hook(&mut channels, "old", &old.url("https"), &[("ca", ca.to_str().unwrap())]);
    let watch = Watch::new(channels);
    watch.outbox.put([alert("other", 1, 0), alert("old", 1, 0)]);
    watch.until_told(2);
    let told = |key| watch.outbox.told_of(key)[0].detail.clone();
    assert_eq!(told("n-1-0-other"), format!("The certificate of {} is refused: it is made out for another name.", other.address()));
    assert_eq!(told("n-1-0-old"), format!("The certificate of {} is refused: it has expired.", old.address()));
}

#[test]
fn the_status_counts_however_long_or_slow_the_body_is() {
    let endless = [Act::ReadHead, Act::say("HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n"), Act::Forever(vec![b'x'; 65_536])];
    let slow =
        [Act::ReadHead, Act::say("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n"), Act::Drip(b"x".to_vec(), Duration::from_millis(50))];
    let (endless, slow) = (Server::scripted(&endless), Server::scripted(&slow));
    let watch = Watch::new(hooks(&[("endless", &endless.url("http")), ("slow", &slow.url("http"))]));
    let begun = Instant::now();
    watch.outbox.put([alert("endless", 1, 0), alert("slow", 1, 0)]);
    watch.until_told(2);
    assert_eq!(watch.outbox.delivered(), ["n-1-0-endless", "n-1-0-slow"]);
    assert!(begun.elapsed() < Duration::from_secs(6), "{:?}", begun.elapsed());
}

#[test]
fn redirects_are_not_followed() {
    let elsewhere = Server::http(|_| Answer::ok(""));
    let to = elsewhere.url("http");
    let server = Server::http(move |_| Answer::redirect(307, &to));
    let watch = Watch::new(hooks(&[("a", &server.url("http"))]));
    watch.outbox.put([alert("a", 1, 0)]);
    watch.until_told(1);
    let told = &watch.outbox.told()[0];
    assert_eq!(
        told.detail,
        format!("{} redirects to 127.0.0.1 (HTTP 307), which is not followed: put the final URL into the configuration.", server.address())
    );
    assert!(matches!(told.ended, Sent::Again(due) if due.since(told.at) >= Duration::from_secs(24)));
    assert_eq!(elsewhere.accepted(), 0);
    assert_eq!(watch.counters("a").refused, 1);
}

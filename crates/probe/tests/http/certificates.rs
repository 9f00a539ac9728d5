//! Each way in which a certificate fails is a cause of its own, and what it says is measured all the same.

#![expect(clippy::panic, reason = "a test fails by panicking")]

use allswell_testkit::certificate::{Authority, DAY, HOUR, Identity, Leaf};
use allswell_testkit::server::Server;
use allswell_testkit::server::script::Act;

use crate::probing::{Came, Probe};

async fn probe(identity: &Identity, authority: &Authority) -> Came {
    let server = Server::scripted_tls(&identity.server(&[]), &[Act::Hold]);
    Probe::of(server.url("tls")).set("server_name", "api.example.com").file("ca", &authority.pem()).run().await
}

fn days(came: &Came) -> f64 {
    match came.value("certificate_days") {
        Some(allswell_model::Value::Number(days)) => days,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_good_one_is_up_with_all_its_facts() {
    let root = Authority::root("Root");
    let middle = root.intermediate("Middle", -DAY, 10 * DAY);
    let came = probe(&middle.issue(&Leaf::of(&["api.example.com", "192.0.2.7"])), &root).await.is("up");
    came.0.result.stages.of(&allswell_model::Stage::TLS).unwrap();
    assert_eq!((came.text("tls_version").as_str(), came.text("tls_cipher").as_str()), ("1.3", "TLS_AES_256_GCM_SHA384"));
    assert!((9.9..=10.0).contains(&days(&came)), "the intermediate expires first: {}", days(&came));
    assert_eq!(came.integer("chain_length"), 2);
    assert_eq!((came.text("certificate_subject"), came.text("certificate_issuer")), ("CN=api.example.com".into(), "CN=Middle".into()));
    assert_eq!(came.text("certificate_serial"), "04:ab");
    assert_eq!(came.text("certificate_sha256").len(), 64);
    assert_eq!(came.value("certificate_names"), Some(allswell_model::Value::texts(["api.example.com", "192.0.2.7"])));
    assert_eq!(came.value("tls_alpn"), None);
    came.says("TLS 1.3, handshake in ").says("certificates good for 10 days");
}

#[tokio::test]
async fn expired() {
    let root = Authority::root("Root");
    let came = probe(&root.issue(&Leaf::of(&["api.example.com"]).valid(-9 * DAY, -3 * HOUR)), &root).await;
    let came = came.is("down tls certificate_expired");
    let address = came.0.result.address.clone().unwrap();
    assert_eq!(came.reason(), format!("Certificate of api.example.com at {address} expired 3 h ago (serial 04:ab)."));
    assert!((-0.13..-0.12).contains(&days(&came)), "{}", days(&came));
    assert_eq!(came.0.result.said_by.as_deref(), Some("127.0.0.1"));
}

#[tokio::test]
async fn an_expired_intermediate_is_named() {
    let root = Authority::root("Root");
    let middle = root.intermediate("Middle", -9 * DAY, -2 * DAY - HOUR);
    let came = probe(&middle.issue(&Leaf::of(&["api.example.com"])), &root).await.is("down tls certificate_expired");
    came.says("is signed by CN=Middle, whose own certificate expired 2 days ago");
}

#[tokio::test]
async fn not_yet_valid() {
    let root = Authority::root("Root");
    let came = probe(&root.issue(&Leaf::of(&["api.example.com"]).valid(5 * HOUR + 60, 9 * DAY)), &root).await;
    came.is("down tls certificate_not_yet_valid").says("becomes valid in 5 h (serial 04:ab)");
}

#[tokio::test]
async fn untrusted() {
    let (root, other) = (Authority::root("Root"), Authority::root("Other"));
    let leaf = Leaf::of(&["api.example.com"]);
    probe(&leaf.self_signed(), &root).await.is("down tls certificate_untrusted").says("is self-signed");
    probe(&other.issue(&leaf), &root).await.is("down tls certificate_untrusted").says("signed by CN=Other").says("incomplete chain");
    let middle = other.intermediate("Middle", -DAY, DAY);
    let came = probe(&middle.issue(&leaf), &root).await.is("down tls certificate_untrusted");
    assert_eq!(came.says("leads to CN=Other").integer("chain_length"), 2);
    probe(&root.issue(&leaf.clone().for_client()), &root).await.is("down tls certificate_untrusted").says("not made for a server");
}

#[tokio::test]
async fn a_self_signed_one_is_trusted_by_itself() {
    let identity = Leaf::of(&["api.example.com"]).self_signed();
    let server = Server::scripted_tls(&identity.server(&[]), &[Act::Hold]);
    Probe::of(server.url("tls")).set("server_name", "api.example.com").file("ca", identity.pem()).run().await.is("up");
}

#[tokio::test]
async fn one_that_says_it_is_an_authority_is_trusted_by_itself_for_its_dates_and_names() {
    let leaf = Leaf::of(&["api.example.com"]).as_authority();
    for (leaf, wanted) in [
        (leaf.clone(), "up"),
        (leaf.clone().valid(-9 * DAY, -HOUR), "down tls certificate_expired"),
        (leaf.clone().valid(HOUR, DAY), "down tls certificate_not_yet_valid"),
        (Leaf::of(&["other.example.com"]).as_authority(), "down tls certificate_wrong_name"),
    ] {
        let identity = leaf.self_signed();
        let server = Server::scripted_tls(&identity.server(&[]), &[Act::Hold]);
        Probe::of(server.url("tls")).set("server_name", "api.example.com").file("ca", identity.pem()).run().await.is(wanted);
    }
    let (one, other) = (leaf.self_signed(), leaf.self_signed());
    let server = Server::scripted_tls(&one.server(&[]), &[Act::Hold]);
    let stranger = Probe::of(server.url("tls")).set("server_name", "api.example.com").file("ca", other.pem());
    stranger.run().await.is("down tls certificate_untrusted");
}

#[tokio::test]
async fn wrong_name() {
    let root = Authority::root("Root");
    let came = probe(&root.issue(&Leaf::of(&["*.old.example"])), &root).await.is("down tls certificate_wrong_name");
    let address = came.0.result.address.clone().unwrap();
    assert_eq!(came.reason(), format!("{address} presented *.old.example for api.example.com: wrong virtual host?"));
    assert_eq!(came.text("certificate_subject"), "CN=*.old.example");
    probe(&root.issue(&Leaf::of(&["a.example", "b.example", "c.example"])), &root).await.says("a.example, b.example and c.example");
}

#[tokio::test]
async fn an_address_needs_no_name() {
    let root = Authority::root("Root");
    let server = Server::scripted_tls(&root.issue(&Leaf::of(&["127.0.0.1"])).server(&[]), &[Act::Hold]);
    Probe::of(server.url("tls")).file("ca", &root.pem()).run().await.is("up");
    let server = Server::scripted_tls(&root.issue(&Leaf::of(&["api.example.com"])).server(&[]), &[Act::Hold]);
    Probe::of(server.url("tls"))
        .file("ca", &root.pem())
        .run()
        .await
        .is("down tls certificate_wrong_name")
        .says("for 127.0.0.1: wrong virtual host?");
}

#[tokio::test]
async fn without_verification_the_facts_are_measured_and_nothing_is_judged() {
    let identity = Leaf::of(&["elsewhere"]).valid(-9 * DAY, -3 * HOUR).self_signed();
    let server = Server::scripted_tls(&identity.server(&[]), &[Act::Hold]);
    let came = Probe::of(server.url("tls")).set("verify", "false").run().await.is("up");
    assert!(days(&came) < 0.0);
}

#[tokio::test]
async fn the_systems_authorities_do_not_trust_a_stranger() {
    let server = Server::scripted_tls(&Leaf::of(&["127.0.0.1"]).self_signed().server(&[]), &[Act::Hold]);
    Probe::of(server.url("tls")).run().await.is("down tls certificate_untrusted");
}

//! Handshakes that fail for other reasons than a certificate.

use std::time::Duration;

use allswell_testkit::certificate::{Authority, Leaf};
use allswell_testkit::server::Server;
use allswell_testkit::server::script::Act;

use crate::probing::{Came, Probe};

async fn probe(script: &[Act]) -> Came {
    both(script, 5_000).await
}

/// What https finds, tls finds too.
async fn both(script: &[Act], deadline_ms: u64) -> Came {
    let server = Server::scripted(script);
    let came = Probe::of(server.url("https")).within(deadline_ms).run().await;
    let alone = Probe::of(server.url("tls")).within(deadline_ms).run().await;
    assert_eq!(came.words(), alone.words(), "{} / {}", came.reason(), alone.reason());
    came
}

#[tokio::test]
async fn silence() {
    both(&[Act::Hold], 400).await.is("down tls timed_out").says("accepted the connection, then no byte of TLS");
    // A record of 16 KiB that never comes to its end.
    let drip = Act::Drip(vec![0x16, 3, 3, 0x40, 0, 2], Duration::from_millis(20));
    both(&[drip], 400).await.is("down tls timed_out").says("bytes of its TLS handshake");
}

#[tokio::test]
async fn closed_and_reset() {
    probe(&[Act::Read(1)]).await.is("down tls closed").says("closed instead of a TLS handshake");
    probe(&[Act::Read(1), Act::Say(vec![0x16, 3, 3])]).await.is("down tls closed").says("in the middle of the TLS handshake");
    probe(&[Act::Read(1), Act::Reset]).await.is("down tls reset");
}

#[tokio::test]
async fn plain_text_is_named() {
    probe(&[Act::Read(1), Act::say("HTTP/1.1 400 Bad Request\r\n\r\n")])
        .await
        .is("down tls protocol")
        .says("does not speak TLS: it answered \"HTTP/1.1 400 Bad Request\"");
    probe(&[Act::say("SSH-2.0-OpenSSH_9.2\r\n"), Act::Hold]).await.is("down tls protocol").says("SSH-2.0-OpenSSH_9.2");
    probe(&[Act::say("hi")]).await.is("down tls protocol");
    probe(&[Act::Forever(vec![0xff; 100])]).await.is("down tls protocol");
    probe(&[Act::Drip(b"x".to_vec(), Duration::from_millis(5))]).await.is("down tls protocol");
}

#[tokio::test]
async fn alerts_are_named() {
    let alert = |code| Act::Say(vec![0x15, 3, 3, 0, 2, 2, code]);
    probe(&[Act::Read(1), alert(40)]).await.is("down tls handshake_failed").says("alert handshake_failure (40)");
    probe(&[Act::Read(1), alert(70)])
        .await
        .is("down tls handshake_failed")
        .says("protocol_version (70): it speaks neither TLS 1.2 nor 1.3");
    probe(&[Act::Read(1), alert(112)]).await.is("down tls handshake_failed").says("(112): it has no virtual host of that name");
    probe(&[Act::Read(1), Act::Say(vec![0x15, 3, 3, 0, 2, 1, 0])]).await.is("down tls closed");
}

#[tokio::test]
async fn nonsense_inside_of_records() {
    let record = [vec![0x16, 3, 3, 0, 8], vec![0xff; 8]].concat();
    let came = probe(&[Act::Read(1), Act::Say(record), Act::Hold]).await;
    assert_eq!(came.words(), "down tls handshake_failed", "{}", came.reason());
}

#[tokio::test]
async fn application_protocols_are_offered_and_told() {
    let root = Authority::root("Root");
    let identity = root.issue(&Leaf::of(&["127.0.0.1"]));
    let server = Server::scripted_tls(&identity.server(&["h2", "http/1.1"]), &[Act::Hold]);
    let probe = |alpn| Probe::of(server.url("tls")).file("ca", &root.pem()).set("alpn", alpn);
    assert_eq!(probe("http/1.1,h2").run().await.is("up").text("tls_alpn"), "h2", "the server's preference wins");
    probe("smtp").run().await.is("down tls handshake_failed").says("no_application_protocol (120)");
}

#[tokio::test]
async fn a_client_certificate_is_shown_when_it_is_wanted() {
    let (root, other) = (Authority::root("Root"), Authority::root("Other"));
    let identity = root.issue(&Leaf::of(&["127.0.0.1"]));
    let server = Server::scripted_tls(&identity.server_wanting(&root, &[]), &[Act::Hold]);
    let probe = || Probe::of(server.url("tls")).file("ca", &root.pem());
    let client = root.issue(&Leaf::of(&["client"]).for_client());
    probe().file("certificate", client.pem()).file("key", client.key_pem()).run().await.is("up");
    let came = probe().run().await.is("down tls handshake_failed").says("it wants a client certificate");
    assert_eq!(came.text("certificate_serial"), "04:ab");
    let stranger = other.issue(&Leaf::of(&["client"]).for_client());
    probe().file("certificate", stranger.pem()).file("key", stranger.key_pem()).run().await.is("down tls handshake_failed");
}

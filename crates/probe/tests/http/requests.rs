//! What is sent, over either version.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use allswell_testkit::certificate::{Authority, Leaf};
use allswell_testkit::server::Server;
use allswell_testkit::server::script::Act;
use allswell_testkit::server::site::Answer;

use crate::probing::{Came, Probe};

#[tokio::test]
async fn a_plain_request() {
    let server = Server::http(|_| Answer::ok(""));
    Probe::of(format!("{}/a%20b?c=d", server.url("http"))).run().await.is("up");
    let asked = &server.asked()[0];
    assert_eq!((asked.method.as_str(), asked.target.as_str(), asked.version.as_str()), ("GET", "/a%20b?c=d", "HTTP/1.1"));
    assert_eq!(asked.header("host"), Some(server.address().to_string().as_str()));
    assert_eq!(asked.header("accept-encoding"), Some("identity"));
    assert_eq!(asked.header("connection"), Some("close"));
    assert!(asked.header("user-agent").unwrap().starts_with("allswell/"));
}

#[tokio::test]
async fn method_headers_and_body_are_the_operators() {
    let server = Server::http(|_| Answer::ok(""));
    Probe::of(server.url("http"))
        .set("method", "PUT")
        .set("request_body", "{}")
        .map("headers", &[("Host", "api.example"), ("User-Agent", "me"), ("X-A", "1"), ("X-A", "2")])
        .run()
        .await
        .is("up");
    let asked = &server.asked()[0];
    assert_eq!((asked.method.as_str(), asked.body.as_slice()), ("PUT", b"{}".as_slice()));
    assert_eq!((asked.header("host"), asked.header("user-agent")), (Some("api.example"), Some("me")));
    assert_eq!(asked.header("content-length"), Some("2"));
    assert_eq!(asked.headers.get_all("x-a").iter().count(), 2);
}

#[tokio::test]
async fn every_probe_connects_anew() {
    let server = Server::http(|_| Answer::ok(""));
    for _ in 0..3 {
        Probe::of(server.url("http")).run().await.is("up");
    }
    assert_eq!(server.accepted(), 3);
}

#[tokio::test]
async fn http2_is_spoken_without_tls_when_asked_for() {
    let server = Server::http(|_| Answer::ok("hello"));
    let came = Probe::of(server.url("http"))
        .set("version", "2")
        .set("method", "POST")
        .set("request_body", "x")
        .map("headers", &[("host", "api.example")])
        .run()
        .await
        .is("up");
    assert_eq!((came.text("http_version").as_str(), came.integer("body_bytes")), ("2", 5));
    let asked = &server.asked()[0];
    assert_eq!((asked.version.as_str(), asked.target.as_str()), ("HTTP/2.0", "http://api.example/"));
    assert_eq!((asked.header("host"), asked.header("connection")), (None, None));
    assert_eq!(asked.body, b"x");
}

#[tokio::test]
async fn alpn_decides_on_https() {
    let authority = Authority::root("Root");
    let identity = authority.issue(&Leaf::of(&["127.0.0.1"]));
    for (offered, wanted, version) in [
        (&["h2", "http/1.1"][..], "auto", "2"),
        (&["http/1.1"], "auto", "1.1"),
        (&[], "auto", "1.1"),
        (&["h2", "http/1.1"], "1.1", "1.1"),
        (&["h2"], "2", "2"),
    ] {
        let server = Server::https(&identity.server(offered), |_| Answer::ok("hello"));
        let probe = Probe::of(server.url("https")).file("ca", &authority.pem()).set("version", wanted);
        let came = probe.run().await.is("up");
        assert_eq!(came.text("http_version"), version, "{offered:?} {wanted}");
        assert_eq!(came.integer("chain_length"), 1);
    }
    let server = Server::https(&identity.server(&[]), |_| Answer::ok(""));
    let probe = Probe::of(server.url("https")).file("ca", &authority.pem()).set("version", "2");
    probe.run().await.is("down tls protocol").says("does not speak HTTP/2");
}

/// A frame of HTTP/2: its kind, on which stream, and what it carries.
fn frame(kind: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, 0], &stream.to_be_bytes(), payload].concat()
}

const SETTINGS: u8 = 4;
const RST_STREAM: u8 = 3;
const GOAWAY: u8 = 7;

async fn two(frames: &[Vec<u8>], deadline_ms: u64) -> Came {
    let begin = frame(SETTINGS, 0, &[]);
    let server = Server::scripted(&[Act::Read(60), Act::Say([vec![begin], frames.to_vec()].concat().concat()), Act::Hold]);
    Probe::of(server.url("http")).set("version", "2").within(deadline_ms).run().await
}

#[tokio::test]
async fn http2_says_no_by_name() {
    let calm = [0, 0, 0, 0, 0, 0, 0, 11];
    two(&[frame(GOAWAY, 0, &calm)], 5_000).await.is("down first_byte protocol").says("ENHANCE_YOUR_CALM");
    two(&[frame(GOAWAY, 0, &[0; 8])], 5_000).await.is("down first_byte closed").says("is shutting down");
    two(&[frame(RST_STREAM, 1, &[0, 0, 0, 7])], 5_000).await.is("down first_byte reset").says("REFUSED_STREAM");
    two(&[], 400).await.is("down first_byte timed_out");
    two(&[frame(0, 0, &[0; 10])], 5_000).await.is("down first_byte protocol");
}

#[tokio::test]
async fn http2_to_those_who_do_not_speak_it() {
    let server = Server::scripted(&[Act::Read(24), Act::say("HTTP/1.1 400 Bad Request\r\n\r\n"), Act::Hold]);
    let came = Probe::of(server.url("http")).set("version", "2").run().await.is("down first_byte protocol");
    came.says("it answered \"HTTP/1.1 400 Bad Request\"");
    let server = Server::scripted(&[Act::Read(24)]);
    Probe::of(server.url("http")).set("version", "2").run().await.is("down first_byte closed");
}

#[tokio::test]
async fn limits_hold_over_http2() {
    let server = Server::http(|_| Answer::ok(vec![b'x'; 1 << 20]));
    Probe::of(server.url("http")).set("version", "2").set("body_limit", "64kB").run().await.is("down transfer too_large");
    for size in [140_000, 300_000] {
        let huge = "y".repeat(size);
        let server = Server::http(move |_| Answer::ok("").with("x", &huge));
        Probe::of(server.url("http")).set("version", "2").run().await.is("down first_byte too_large");
    }
}

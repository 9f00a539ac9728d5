//! The reply's body: counted, digested, limited.

use std::time::Duration;

use allswell_model::Value;
use allswell_testkit::server::Server;
use allswell_testkit::server::script::Act;
use allswell_testkit::server::site::Answer;

use crate::probing::{Came, Probe};

const CHUNKED: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";

async fn probe(script: &[Act]) -> Came {
    let server = Server::scripted(script);
    Probe::of(server.url("http")).set("body_limit", "64kB").run().await
}

/// For those that only the deadline ends.
async fn endless(script: &[Act]) -> Came {
    let server = Server::scripted(script);
    Probe::of(server.url("http")).set("body_limit", "64kB").within(400).run().await
}

fn announced(bytes: u64) -> Act {
    Act::say(&format!("HTTP/1.1 200 OK\r\ncontent-length: {bytes}\r\n\r\n"))
}

#[tokio::test]
async fn a_body_is_counted_and_digested() {
    let server = Server::http(|_| Answer::ok("hello"));
    let came = Probe::of(server.url("http")).naming("body").run().await.is("up").says("HTTP 200, ");
    assert_eq!(came.integer("body_bytes"), 5);
    assert_eq!(came.text("body_sha256"), "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
    assert_eq!(came.text("body"), "hello");
    assert_eq!(came.text("http_version"), "1.1");
    assert!(came.0.result.rtt.is_some());
}

#[tokio::test]
async fn what_no_expectation_names_is_not_kept() {
    let server = Server::http(|_| Answer::ok("{}"));
    let came = Probe::of(server.url("http")).run().await.is("up");
    for field in ["body", "json", "headers"] {
        assert_eq!(came.value(field), None, "{field}");
    }
}

#[tokio::test]
async fn json_is_parsed_when_it_is_named() {
    let server = Server::http(|_| Answer::ok(r#"{"queue": 4312, "load": 0.5, "big": 18446744073709551615, "tags": ["a", null]}"#));
    let came = Probe::of(server.url("http")).naming("json").run().await.is("up");
    let Some(Value::Map(map)) = came.value("json") else { panic!("no map") };
    assert_eq!(map["queue"], Value::Integer(4312));
    assert_eq!(map["load"], Value::Number(0.5));
    assert_eq!(map["big"], Value::Number(18_446_744_073_709_551_615.0));
    assert_eq!(map["tags"], Value::List(vec![Value::from("a"), Value::Null]));
    let server = Server::http(|_| Answer::ok("<html>"));
    assert_eq!(Probe::of(server.url("http")).naming("json").run().await.is("up").value("json"), None);
}

#[tokio::test]
async fn headers_are_named_in_lower_case_and_joined() {
    let server = Server::http(|_| Answer::ok("").with("X-Tag", "a").with("x-tag", "b"));
    let came = Probe::of(server.url("http")).naming("headers").run().await;
    let Some(Value::Map(map)) = came.value("headers") else { panic!("no map") };
    assert_eq!(map["x-tag"], Value::from("a, b"));
}

#[tokio::test]
async fn four_gigabytes_are_refused_before_they_are_read() {
    let came = probe(&[Act::ReadHead, announced(4 << 30), Act::Forever(vec![0; 65536])]).await;
    came.is("down transfer too_large").says("announces 4.2 GB, where at most 64 kB are allowed (`body_limit`)");
}

#[tokio::test]
async fn an_endless_body_ends_at_the_limit() {
    let chunk = Act::Forever(format!("1000\r\n{}\r\n", "x".repeat(0x1000)).into_bytes());
    probe(&[Act::ReadHead, Act::say(CHUNKED), chunk]).await.is("down transfer too_large").says("sends more, where at most 64 kB");
    let to_the_close = Act::say("HTTP/1.1 200 OK\r\n\r\n");
    probe(&[Act::ReadHead, to_the_close, Act::Forever(vec![b'x'; 4096])]).await.is("down transfer too_large");
}

#[tokio::test]
async fn a_body_that_drips_ends_at_the_deadline() {
    let drip = Act::Drip(b"x".to_vec(), Duration::from_millis(20));
    endless(&[Act::ReadHead, announced(50_000), drip.clone()]).await.is("down transfer timed_out").says(" of 50 kB in ");
    endless(&[Act::ReadHead, Act::say("HTTP/1.1 200 OK\r\n\r\n"), drip])
        .await
        .is("down transfer timed_out")
        .says("it drips, or streams for ever");
}

#[tokio::test]
async fn a_body_that_ends_early_is_closed() {
    let part = Act::Say(vec![b'x'; 8_000]);
    let came = probe(&[Act::ReadHead, announced(20_000), part.clone()]).await.is("down transfer closed");
    assert!(came.reason().ends_with(" closed after 8 of 20 kB."), "{}", came.reason());
    probe(&[Act::ReadHead, Act::say(CHUNKED), Act::say("5\r\nhello\r\n")]).await.is("down transfer closed").says("closed after 5 bytes");
    probe(&[Act::ReadHead, announced(20_000), part, Act::Reset]).await.is("down transfer reset");
}

#[tokio::test]
async fn a_broken_encoding_is_the_protocols() {
    probe(&[Act::ReadHead, Act::say(CHUNKED), Act::say("zz\r\n")])
        .await
        .is("down transfer protocol")
        .says("broke the encoding of its body");
}

#[tokio::test]
async fn ignored_bodies_are_not_waited_for() {
    let server = Server::scripted(&[Act::ReadHead, announced(4 << 30), Act::Hold]);
    let came = Probe::of(server.url("http")).set("body", "ignore").run().await.is("up");
    assert_eq!(came.value("body_bytes"), None);
}

#[tokio::test]
async fn a_head_request_has_no_body_to_wait_for() {
    let server = Server::scripted(&[Act::ReadHead, announced(4 << 30), Act::Hold]);
    let came = Probe::of(server.url("http")).set("method", "HEAD").run().await.is("up");
    assert_eq!(came.integer("body_bytes"), 0);
}

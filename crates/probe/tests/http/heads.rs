//! Up to the end of the reply's head.

use std::time::Duration;

use allswell_testkit::server::Server;
use allswell_testkit::server::script::Act;

use crate::probing::{Came, Probe};

async fn probe(script: &[Act]) -> Came {
    let server = Server::scripted(script);
    Probe::of(server.url("http")).run().await
}

/// For those that only the deadline ends.
async fn endless(script: &[Act]) -> Came {
    let server = Server::scripted(script);
    Probe::of(server.url("http")).within(400).run().await
}

#[tokio::test]
async fn silence_after_the_request_is_the_applications() {
    let came = endless(&[Act::Hold]).await.is("down first_byte timed_out");
    assert!(came.reason().starts_with("Request acknowledged in "), "{}", came.reason());
    came.says(", then no byte for ").says(": the application hangs.");
}

#[tokio::test]
async fn closed_without_an_answer() {
    probe(&[Act::ReadHead]).await.is("down first_byte closed").says(" closed without an answer, after ");
    let at_once = probe(&[]).await;
    assert_eq!(at_once.0.result.outcome.cause(), Some("closed"), "{}", at_once.reason());
}

#[tokio::test]
async fn reset_instead_of_an_answer() {
    probe(&[Act::ReadHead, Act::Reset]).await.is("down first_byte reset").says(" reset the connection without an answer");
    let at_once = probe(&[Act::Reset]).await;
    assert_eq!(at_once.0.result.outcome.cause(), Some("reset"), "{}", at_once.reason());
}

#[tokio::test]
async fn a_head_that_drips_ends_at_the_deadline() {
    let drip = Act::Drip(b"x".to_vec(), Duration::from_millis(20));
    endless(&[Act::ReadHead, Act::say("HTTP/1.1 200 OK\r\nx: "), drip])
        .await
        .is("down first_byte timed_out")
        .says("but no whole head of a reply");
}

#[tokio::test]
async fn an_endless_head_is_too_large() {
    let lines = Act::Forever(format!("x: {}\r\n", "y".repeat(2000)).into_bytes());
    probe(&[Act::ReadHead, Act::say("HTTP/1.1 200 OK\r\n"), lines]).await.is("down first_byte too_large");
    let one_line = Act::Forever(vec![b'y'; 4000]);
    probe(&[Act::ReadHead, Act::say("HTTP/1.1 200 OK\r\nx: "), one_line]).await.is("down first_byte too_large");
}

#[tokio::test]
async fn closed_in_the_middle_of_the_head() {
    let came = probe(&[Act::ReadHead, Act::say("HTTP/1.1 200 OK\r\nx:")]).await;
    came.is("down first_byte closed").says("closed after 19 bytes of the reply's head");
}

#[tokio::test]
async fn another_language_is_named() {
    probe(&[Act::say("SSH-2.0-OpenSSH_9.2\r\n"), Act::Hold])
        .await
        .is("down first_byte protocol")
        .says("answered \"SSH-2.0-OpenSSH_9.2\", which is not HTTP");
    probe(&[Act::ReadHead, Act::say("\x15\x03\x03\0\x02\x02\x0a")]).await.is("down first_byte protocol").says("it wants https");
    probe(&[Act::ReadHead, Act::Say(vec![0xff; 3])]).await.is("down first_byte protocol");
    probe(&[Act::ReadHead, Act::Forever(vec![0; 512])]).await.is("down first_byte protocol");
    probe(&[Act::ReadHead, Act::say("HTTP/1.1 abc\r\n\r\n")]).await.is("down first_byte protocol");
}

#[tokio::test]
async fn a_refusal_that_came_before_the_request_is_read() {
    let reply = "HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n";
    let came = probe(&[Act::say(reply), Act::Hold]).await.is("up");
    assert_eq!(came.integer("status"), 503);
}

#[tokio::test]
async fn a_request_that_nobody_reads_is_stuck_in_send() {
    let server = Server::scripted(&[Act::Read(1), Act::Stall]);
    let body = "x".repeat(16 << 20);
    Probe::of(server.url("http")).set("method", "POST").set("request_body", &body).within(1500).run().await.is("down send timed_out");
}

#[tokio::test]
async fn a_closed_port_is_refused() {
    let url = Server::scripted(&[]).url("http");
    Probe::of(url).run().await.is("down connect refused");
}

#[tokio::test]
async fn interim_replies_are_passed_over() {
    let came = probe(&[Act::ReadHead, Act::say("HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 204 None\r\n\r\n")]).await.is("up");
    assert_eq!(came.integer("status"), 204);
}

#[tokio::test]
async fn a_refusal_is_read_although_the_request_was_not() {
    let reply = "HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let server = Server::scripted(&[Act::ReadHead, Act::say(reply), Act::Reset]);
    let body = "x".repeat(8 << 20);
    let came = Probe::of(server.url("http")).set("method", "POST").set("request_body", &body).run().await.is("up");
    assert_eq!(came.integer("status"), 413);
}

//! No secret comes out, whichever way an attempt fails.

use std::net::TcpListener;

use allswell_notify::Channels;
use allswell_testkit::certificate::{Authority, Leaf};
use allswell_testkit::server::Server;
use allswell_testkit::server::script::Act;
use allswell_testkit::server::site::Answer;

use crate::memory::alert;
use crate::watch::{Watch, hook, script, until};

const CANARY: &str = "CANARY0001secret";

#[test]
fn nothing_that_is_told_holds_a_secret() {
    let tls = Authority::root("x").issue(&Leaf::of(&["other.example"])).server(&[]);
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let servers = [
        (
            "echo",
            Server::http(|asked| {
                let said = format!("no such key: {:?} {} {}", asked.headers, asked.target, String::from_utf8_lossy(&asked.body));
                Answer::status(400).saying(said)
            }),
        ),
        ("redirect", Server::http(|asked| Answer::redirect(302, &format!("https://elsewhere.example{}", asked.target)))),
        ("status", Server::scripted(&[Act::ReadHead, Act::say(&format!("HTTP/1.1 499 {CANARY}\r\ncontent-length: 0\r\n\r\n"))])),
        ("noise", Server::scripted(&[Act::ReadHead, Act::say(&format!("{CANARY}\r\n"))])),
        ("reset", Server::scripted(&[Act::ReadHead, Act::Reset])),
        ("hang", Server::scripted(&[Act::ReadHead, Act::Hold])),
    ];
    let secure = Server::https(&tls, |_| Answer::ok(""));
    let mut channels = Channels::new();
    let more =
        [("headers", &*format!("Authorization: Bearer {CANARY}-h")), ("timeout", "1s"), ("body", &*format!("{{\"k\": \"{CANARY}\"}}"))];
    let url = |scheme: &str, at: &dyn std::fmt::Display| format!("{scheme}://user:{CANARY}@{at}/{CANARY}/x?k={CANARY}");
    for (channel, server) in &servers {
        hook(&mut channels, channel, &url("http", &server.address()), &more);
    }
    hook(&mut channels, "tls", &url("https", &secure.address()), &more);
    hook(&mut channels, "closed", &url("http", &closed), &more);
    script(&mut channels, "script", "echo $T >&2; exit 1", &[("env", &format!("T={CANARY}"))]);
    let names: Vec<String> = channels.names().map(ToString::to_string).collect();
    let shown = format!("{channels:?}");
    let watch = Watch::new(channels);
    watch.outbox.put(names.iter().map(|channel| alert(channel, 1, 0)));
    until("each was tried", || names.iter().all(|channel| watch.counters(channel).failed > 0));
    let told = format!("{shown} {:?} {:?} {:?}", watch.outbox.told(), watch.notifier.counters(), watch.notifier);
    assert!(!told.contains("CANARY"), "{told}");
    for channel in &names {
        assert!(watch.counters(channel).last_error.is_some(), "{channel}");
    }
}

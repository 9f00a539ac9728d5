//! The heartbeat: sent while all is well, and by no channel delayed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};

use allswell_notify::{Channels, Heartbeat};
use allswell_testkit::server::Server;
use allswell_testkit::server::script::Act;
use allswell_testkit::server::site::Answer;

use crate::memory::alert;
use crate::watch::{Watch, hooks, text, until};

fn heartbeat(url: &str) -> Heartbeat {
    Heartbeat::read(&[("url".into(), text(url)), ("every".into(), text("1s"))]).unwrap()
}

fn counted(watch: &Watch) -> allswell_notify::HeartbeatCounters {
    watch.notifier.counters().heartbeat.unwrap_or_default()
}

#[test]
fn it_beats_while_the_watch_is_well() {
    let status = Arc::new(AtomicU16::new(200));
    let answer = Arc::clone(&status);
    let server = Server::http(move |_| Answer::status(answer.load(Ordering::SeqCst)));
    let watch = Watch::new(Channels::new());
    let well = Arc::new(AtomicBool::new(true));
    let healthy = Arc::clone(&well);
    let beat = heartbeat(&format!("{}/ping/CANARY", server.url("http")));
    watch.notifier.heartbeat(Some(beat.clone()), Arc::new(move || healthy.load(Ordering::SeqCst)));
    until("two beats", || counted(&watch).sent == 2);
    assert_eq!((server.asked()[0].method.as_str(), server.asked()[0].target.as_str()), ("GET", "/ping/CANARY"));
    assert!(counted(&watch).last_ok.is_some());
    well.store(false, Ordering::SeqCst);
    until("a beat is left out", || counted(&watch).withheld == 1);
    assert_eq!(counted(&watch).last_error.as_deref(), Some("Left out: probing and judging make no progress."));
    well.store(true, Ordering::SeqCst);
    status.store(500, Ordering::SeqCst);
    until("a beat fails", || counted(&watch).failed == 1);
    assert_eq!(counted(&watch).last_error, Some(format!("{} answered HTTP 500 Internal Server Error.", server.address())));
    assert!(!format!("{beat:?}").contains("CANARY"));
    watch.notifier.heartbeat(None, Arc::new(|| true));
    until("it is gone", || watch.notifier.counters().heartbeat.is_none());
}

#[test]
fn a_watch_that_has_just_begun_has_one_interval_to_get_well() {
    let server = Server::http(|_| Answer::ok(""));
    let watch = Watch::new(Channels::new());
    let well = Arc::new(AtomicBool::new(false));
    let healthy = Arc::clone(&well);
    let begun = std::time::Instant::now();
    watch.notifier.heartbeat(Some(heartbeat(&server.url("http"))), Arc::new(move || healthy.load(Ordering::SeqCst)));
    until("a beat is left out", || counted(&watch).withheld == 1);
    assert!(begun.elapsed() >= std::time::Duration::from_millis(950), "{:?}", begun.elapsed());
    well.store(true, Ordering::SeqCst);
    until("it beats", || counted(&watch).sent == 1);
    assert_eq!(counted(&watch).last_error, None);
}

#[test]
fn the_same_one_again_keeps_its_rhythm_and_another_begins_at_once() {
    let server = Server::http(|_| Answer::ok(""));
    let watch = Watch::new(Channels::new());
    let begun = std::time::Instant::now();
    let mut told = 0_u32;
    until("three beats", || {
        told += 1;
        watch.notifier.heartbeat(Some(heartbeat(&server.url("http"))), Arc::new(|| true));
        counted(&watch).sent == 3
    });
    assert!(begun.elapsed() >= std::time::Duration::from_millis(1900) && told > 100, "{told} times in {:?}", begun.elapsed());
    let other = Server::http(|_| Answer::ok(""));
    watch.notifier.heartbeat(Some(heartbeat(&other.url("http"))), Arc::new(|| true));
    until("the other beats", || other.accepted() == 1);
    assert_eq!(counted(&watch).sent.min(3), 3, "counters outlive a change");
}

#[test]
fn no_channel_delays_it() {
    let hung = Server::scripted(&[Act::ReadHead, Act::Hold]);
    let server = Server::http(|_| Answer::ok(""));
    let watch = Watch::new(hooks(&[("a", &hung.url("http"))]));
    watch.outbox.put((0..2000).map(|n| alert("a", n, 0)));
    until("all its room is taken", || watch.counters("a").under_way == 8);
    let begun = std::time::Instant::now();
    watch.notifier.heartbeat(Some(heartbeat(&server.url("http"))), Arc::new(|| true));
    until("two beats", || counted(&watch).sent == 2);
    assert!(begun.elapsed() < std::time::Duration::from_secs(2), "{:?}", begun.elapsed());
}

#[test]
fn mistakes_are_told() {
    let wrong = |typed: &[(&str, &str)]| {
        let typed: Vec<_> = typed.iter().map(|(name, value)| ((*name).to_owned(), text(value))).collect();
        Heartbeat::read(&typed).unwrap_err().iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(wrong(&[("every", "1m")]), ["`url` is missing: say where to send, as in https://..."]);
    assert_eq!(wrong(&[("url", "CANARY"), ("every", "0s")]), ["`every` takes a duration from 1s to 1d, not `0s`"]);
    assert_eq!(wrong(&[("url", "CANARY")]), ["`url` is no URL (relative URL without a base): it begins with https:// or http://"]);
}

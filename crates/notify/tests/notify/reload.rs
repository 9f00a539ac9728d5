//! Channels that come, change and go while alerts wait.

use std::time::Duration;

use allswell_model::Sent;
use allswell_notify::{Channels, GRACE};
use allswell_testkit::server::Server;
use allswell_testkit::server::site::Answer;

use crate::memory::alert;
use crate::watch::{Watch, hooks, name, script, until};

#[test]
fn what_is_under_way_ends_with_the_old_definition() {
    let folder = tempfile::tempdir().unwrap();
    let gate = folder.path().join("gate");
    let waits = format!("mkfifo {0}/gate; echo old >> {0}/log; read x < {0}/gate; exit 0", folder.path().display());
    let mut old = Channels::new();
    script(&mut old, "a", &waits, &[("timeout", "1m")]);
    let watch = Watch::new(old);
    watch.outbox.put([alert("a", 1, 0), alert("a", 1, 1)]);
    until("it is under way", || folder.path().join("log").exists());
    let mut new = Channels::new();
    script(&mut new, "a", &format!("echo new >> {}/log", folder.path().display()), &[]);
    watch.notifier.channels(new);
    watch.outbox.put([alert("a", 2, 0)]);
    until("the new one is used for another incident", || watch.outbox.delivered() == ["n-2-0-a"]);
    std::fs::write(&gate, "open\n").unwrap();
    until("all are delivered", || watch.outbox.delivered().len() == 3);
    assert_eq!(std::fs::read_to_string(folder.path().join("log")).unwrap(), "old\nnew\nnew\n");
    assert_eq!(watch.counters("a").delivered, 3, "counters outlive a change");
}

#[test]
fn alerts_of_a_channel_that_is_gone_wait_a_while_for_it_to_come_back() {
    let server = Server::http(|_| Answer::ok(""));
    let watch = Watch::new(hooks(&[("other", &server.url("http"))]));
    watch.outbox.put([alert("a", 1, 0)]);
    until("it is known", || watch.notifier.counters().waiting == 1);
    watch.forward(GRACE - Duration::from_secs(5));
    watch.notifier.channels(hooks(&[("a", &server.url("http")), ("other", &server.url("http"))]));
    until("it is delivered", || watch.outbox.delivered() == ["n-1-0-a"]);
}

#[test]
fn alerts_of_a_channel_that_stays_gone_are_given_up_with_a_sentence() {
    let server = Server::http(|_| Answer::ok(""));
    let watch = Watch::new(hooks(&[("a", &server.url("http"))]));
    watch.outbox.put([alert("a", 1, 0)]);
    watch.until_told(1);
    watch.notifier.channels(Channels::new());
    until("it is gone", || watch.notifier.counters().channels.is_empty());
    watch.outbox.put((0..600).map(|n| alert("a", n, 1)));
    until("they are known", || watch.notifier.counters().waiting == 600);
    watch.forward(GRACE + Duration::from_secs(1));
    watch.until_told(601);
    for told in &watch.outbox.told()[1..] {
        assert_eq!((told.ended, told.detail.as_str()), (Sent::GivenUp, "Given up: there is no channel a any longer."));
    }
    until("counting", || watch.notifier.counters().orphaned == 600);
    assert_eq!(watch.notifier.counters().waiting, 0);
}

#[test]
fn the_same_channels_again_change_nothing() {
    let server = Server::http(|_| Answer::status(503).with("retry-after", "600"));
    let watch = Watch::new(hooks(&[("a", &server.url("http"))]));
    watch.outbox.put([alert("a", 1, 0)]);
    watch.until_told(1);
    for _ in 0..50 {
        watch.notifier.channels(hooks(&[("a", &server.url("http"))]));
        watch.outbox.ring();
    }
    watch.outbox.put([alert("a", 2, 0)]);
    watch.until_told(2);
    assert_eq!(watch.outbox.told_of("n-1-0-a").len(), 1, "it waits for its due time as before");
    assert!(watch.notifier.counters().channels.contains_key(&name("a")));
}

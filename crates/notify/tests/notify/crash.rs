//! What a crash between sending and noting leaves behind: the same alert again, with the same key.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use allswell_model::{Outbox, Sent};
use allswell_testkit::server::Server;
use allswell_testkit::server::site::Answer;

use crate::memory::{Memory, alert};
use crate::watch::{Watch, hooks, until};

#[test]
fn a_crash_between_delivery_and_note_sends_again_with_the_same_key() {
    let server = Server::http(|_| Answer::ok(""));
    let watch = Watch::new(hooks(&[("a", &server.url("http"))]));
    watch.outbox.unsaved.store(true, Ordering::SeqCst);
    watch.outbox.put([alert("a", 1, 0)]);
    watch.until_told(1);
    let after = watch.outbox.crashed();
    watch.notifier.stop();
    let watch = Watch::over(after, hooks(&[("a", &server.url("http"))]));
    watch.until_told(1);
    let keys: Vec<_> = server.asked().iter().map(|asked| asked.header("idempotency-key").unwrap().to_owned()).collect();
    assert_eq!(keys, ["n-1-0-a", "n-1-0-a"]);
    assert!(watch.outbox.waiting().is_empty());
}

#[test]
fn while_notes_find_no_place_nothing_is_sent_twice_and_order_goes_on() {
    let server = Server::http(|_| Answer::ok(""));
    let watch = Watch::new(hooks(&[("a", &server.url("http"))]));
    watch.outbox.full.store(true, Ordering::SeqCst);
    watch.outbox.put([alert("a", 1, 0), alert("a", 1, 1), alert("a", 1, 2)]);
    until("all three are sent", || server.asked().len() == 3);
    // The outbox tells of them still; reading it again and again must not send them again.
    for _ in 0..20 {
        watch.outbox.ring();
        std::thread::park_timeout(Duration::from_millis(20));
    }
    assert_eq!((server.asked().len(), watch.outbox.told().len()), (3, 0));
    watch.outbox.full.store(false, Ordering::SeqCst);
    watch.until_told(3);
    assert!(watch.outbox.waiting().is_empty());
    assert_eq!(server.asked().len(), 3);
}

#[test]
fn a_due_time_survives_a_restart() {
    let server = Server::http(|_| Answer::status(503).with("retry-after", "600"));
    let watch = Watch::new(hooks(&[("a", &server.url("http"))]));
    watch.outbox.put([alert("a", 1, 0)]);
    watch.until_told(1);
    let after = watch.outbox.crashed();
    drop(watch);
    let watch = Watch::over(after, hooks(&[("a", &server.url("http"))]));
    until("it is known", || watch.notifier.counters().waiting == 1);
    watch.outbox.put([alert("a", 2, 0)]);
    watch.until_told(1);
    assert_eq!(watch.outbox.told()[0].key.as_str(), "n-2-0-a", "the first is not due yet");
    watch.forward(Duration::from_secs(601));
    watch.until_told(2);
    let first = watch.outbox.told_of("n-1-0-a").remove(0);
    assert!(matches!(first.ended, Sent::Again(_)));
    assert_eq!(watch.outbox.waiting()[0].attempts, 2);
}

#[test]
fn nothing_is_sent_or_given_up_before_channels_are_told() {
    let server = Server::http(|_| Answer::ok(""));
    let (outbox, clock) = (Memory::new(), crate::memory::Clock::default());
    outbox.put([alert("a", 1, 0)]);
    let notifier = allswell_notify::start(outbox.clone(), clock.wall(), None).unwrap();
    until("it is known", || notifier.counters().waiting == 1);
    clock.forward(allswell_notify::GRACE * 2);
    outbox.ring();
    assert_eq!(server.accepted(), 0);
    notifier.channels(hooks(&[("a", &server.url("http"))]));
    until("it is delivered", || outbox.delivered().len() == 1);
    assert!(notifier.is_alive());
    notifier.stop();
    assert_eq!(outbox.followers(), 0);
}

/// A stream of numbers that is the same in each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

#[test]
fn whenever_it_crashes_all_arrives_in_order_and_by_its_key() {
    let refusing = Arc::new(AtomicUsize::new(0));
    let refuse = Arc::clone(&refusing);
    // While it refuses, every second request is refused.
    let server = Server::http(move |_| match refuse.load(Ordering::SeqCst) {
        0 => Answer::ok(""),
        _ if refuse.fetch_add(1, Ordering::SeqCst).is_multiple_of(2) => Answer::status(503),
        _ => Answer::ok(""),
    });
    let channels = || hooks(&[("a", &server.url("http")), ("b", &format!("{}/b", server.url("http")))]);
    let mut dice = Dice(7);
    let mut watch = Watch::new(channels());
    let mut next: BTreeMap<(&str, i64), u32> = BTreeMap::new();
    for round in 0..60 {
        watch.outbox.unsaved.store(dice.roll(3) == 0, Ordering::SeqCst);
        watch.outbox.full.store(dice.roll(5) == 0, Ordering::SeqCst);
        refusing.store(usize::from(dice.roll(2) == 0), Ordering::SeqCst);
        for _ in 0..=dice.roll(4) {
            let (channel, incident) = (["a", "b"][dice.roll(2) as usize], (round / 10 * 3 + dice.roll(3)) as i64);
            let number = next.entry((channel, incident)).or_default();
            watch.outbox.put([alert(channel, incident, *number)]);
            *number += 1;
        }
        let goal = server.asked().len() + dice.roll(5) as usize;
        let patience = Instant::now() + Duration::from_millis(300);
        while server.asked().len() < goal && Instant::now() < patience {
            watch.forward(Duration::from_millis(100));
            std::thread::park_timeout(Duration::from_millis(2));
        }
        if dice.roll(2) == 0 {
            let after = watch.outbox.crashed();
            drop(watch);
            watch = Watch::over(after, channels());
        }
    }
    watch.outbox.full.store(false, Ordering::SeqCst);
    watch.outbox.unsaved.store(false, Ordering::SeqCst);
    refusing.store(0, Ordering::SeqCst);
    until("nothing waits", || {
        watch.forward(Duration::from_secs(1));
        watch.outbox.waiting().is_empty()
    });
    // First arrivals are in order within an incident of a channel, and none is missing.
    let mut arrived: BTreeMap<(String, String), Vec<u32>> = BTreeMap::new();
    for asked in server.asked() {
        let key = asked.header("idempotency-key").unwrap().to_owned();
        let parts: Vec<&str> = key.split('-').collect();
        let numbers = arrived.entry((parts[3].to_owned(), parts[1].to_owned())).or_default();
        let number = parts[2].parse().unwrap();
        if !numbers.contains(&number) {
            numbers.push(number);
        }
    }
    assert_eq!(arrived.len(), next.len());
    for ((channel, incident), count) in next {
        let numbers = &arrived[&(channel.to_owned(), incident.to_string())];
        assert_eq!(*numbers, (0..count).collect::<Vec<_>>(), "{channel} {incident}");
    }
}

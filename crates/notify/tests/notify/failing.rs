//! Providers that fail, hang, or ask for patience: whom that delays, and when it is tried again.

use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use allswell_model::Sent;
use allswell_notify::{Channels, FAIR_ATTEMPTS, GIVE_UP_AFTER};
use allswell_testkit::server::Server;
use allswell_testkit::server::script::Act;
use allswell_testkit::server::site::Answer;

use crate::memory::{Memory, alert};
use crate::watch::{Watch, hook, hooks, script, until};

#[test]
fn after_500_it_is_tried_again_within_two_seconds_with_the_same_key() {
    let count = AtomicUsize::new(0);
    let server = Server::http(move |_| if count.fetch_add(1, Ordering::SeqCst) == 0 { Answer::status(500) } else { Answer::ok("") });
    let watch = Watch::new(hooks(&[("a", &server.url("http"))]));
    watch.outbox.put([alert("a", 1, 0)]);
    watch.until_told(2);
    let told = watch.outbox.told();
    assert_eq!(told[0].detail, format!("{} answered HTTP 500 Internal Server Error.", server.address()));
    let again = told[1].at.since(told[0].at).as_secs_f64();
    assert!((0.8..2.0).contains(&again), "{again} s");
    assert_eq!(told[1].ended, Sent::Delivered);
    assert!(server.asked().iter().all(|asked| asked.header("idempotency-key") == Some("n-1-0-a")));
    let counters = watch.counters("a");
    assert_eq!((counters.delivered, counters.failed, counters.refused, counters.given_up), (1, 1, 0, 0));
    assert_eq!(counters.last_error, None);
}

#[test]
fn a_provider_that_hangs_delays_no_other_channel() {
    let hung = Server::scripted(&[Act::ReadHead, Act::Hold]);
    let well = Server::http(|_| Answer::ok(""));
    let watch = Watch::new(hooks(&[("a-hung", &hung.url("http")), ("b-well", &well.url("http"))]));
    watch.outbox.put((0..100).map(|n| alert("a-hung", n, 0)));
    until("eight hang", || watch.counters("a-hung").under_way == 8);
    let begun = Instant::now();
    watch.outbox.put((0..100).map(|n| alert("b-well", n, 0)));
    until("all are delivered", || watch.outbox.delivered().len() == 100);
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    assert_eq!(hung.accepted(), 8);
}

#[test]
fn an_incident_that_hangs_delays_no_other_of_its_channel() {
    let mut channels = Channels::new();
    script(&mut channels, "a", "if [ $ALLSWELL_INCIDENT = 1 ]; then exec tail -f /dev/null; fi", &[]);
    let watch = Watch::new(channels);
    let begun = Instant::now();
    watch.outbox.put([alert("a", 1, 0), alert("a", 1, 1)].into_iter().chain((2..20).map(|n| alert("a", n, 0))));
    until("the others are delivered", || watch.outbox.delivered().len() == 18);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    assert_eq!(watch.counters("a").under_way, 1);
}

#[test]
fn an_attempt_ends_at_its_deadline_and_says_where_it_hung() {
    let hung = Server::scripted(&[Act::ReadHead, Act::Hold]);
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut channels = Channels::new();
    hook(&mut channels, "a", &hung.url("http"), &[("timeout", "1s")]);
    hook(&mut channels, "tls", &format!("https://{}", silent.local_addr().unwrap()), &[("timeout", "1s")]);
    let watch = Watch::new(channels);
    let begun = Instant::now();
    watch.outbox.put([alert("a", 1, 0), alert("tls", 1, 0)]);
    watch.until_told(2);
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    let told = |key| watch.outbox.told_of(key)[0].detail.clone();
    assert_eq!(told("n-1-0-a"), format!("{} accepted the connection, then gave no reply within 1 s.", hung.address()));
    let tls = silent.local_addr().unwrap();
    assert_eq!(told("n-1-0-tls"), format!("{tls} accepted the connection, then did not end its TLS handshake in time."));
}

#[test]
fn retry_after_is_heeded() {
    let server = Server::http(|asked| match asked.target.as_str() {
        "/busy" => Answer::status(429).with("retry-after", "120"),
        _ => Answer::status(503).with("retry-after", "999999"),
    });
    let watch = Watch::new(hooks(&[("busy", &format!("{}/busy", server.url("http"))), ("down", &server.url("http"))]));
    watch.outbox.put([alert("busy", 1, 0), alert("down", 1, 0)]);
    watch.until_told(2);
    let wait = |key| match watch.outbox.told_of(key)[0] {
        ref told if matches!(told.ended, Sent::Again(_)) => match told.ended {
            Sent::Again(due) => due.since(told.at).as_secs(),
            _ => 0,
        },
        ref told => panic!("{told:?}"),
    };
    assert_eq!((wait("n-1-0-busy"), wait("n-1-0-down")), (120, 3600));
    assert_eq!(watch.counters("busy").refused, 0);
    watch.forward(Duration::from_secs(119));
    watch.forward(Duration::from_secs(2));
    until("the second attempt", || watch.outbox.told_of("n-1-0-busy").len() == 2);
    assert_eq!(server.asked().len(), 3);
}

#[test]
fn who_refuses_connections_or_breaks_them_is_told_apart() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let resets = Server::scripted(&[Act::ReadHead, Act::Reset]);
    let closes = Server::scripted(&[Act::ReadHead]);
    let ssh = Server::scripted(&[Act::say("SSH-2.0-OpenSSH_9.2\r\n")]);
    let plain = Server::http(|_| Answer::ok(""));
    let urls = [
        ("closed", format!("http://{closed}")),
        ("resets", resets.url("http")),
        ("closes", closes.url("http")),
        ("ssh", ssh.url("http")),
        ("plain", plain.url("https")),
    ];
    let all: Vec<(&str, &str)> = urls.iter().map(|(name, url)| (*name, url.as_str())).collect();
    let watch = Watch::new(hooks(&all));
    watch.outbox.put(all.iter().map(|(name, _)| alert(name, 1, 0)));
    watch.until_told(5);
    let told = |name: &str| watch.outbox.told_of(&format!("n-1-0-{name}"))[0].detail.clone();
    assert_eq!(told("closed"), format!("{closed} (127.0.0.1) refuses connections."));
    assert_eq!(told("resets"), format!("{} reset the connection before it replied.", resets.address()));
    assert_eq!(told("closes"), format!("{} closed the connection before it replied.", closes.address()));
    assert_eq!(told("ssh"), format!("{} answered with something that is not HTTP/1.1.", ssh.address()));
    assert_eq!(told("plain"), format!("{} does not speak TLS as it should.", plain.address()));
}

#[test]
fn a_wrong_url_is_tried_more_slowly_and_at_once_when_it_is_mended() {
    let server = Server::http(|asked| if asked.target == "/right" { Answer::ok("") } else { Answer::status(404) });
    let watch = Watch::new(hooks(&[("a", &format!("{}/wrong", server.url("http")))]));
    watch.outbox.put([alert("a", 1, 0), alert("a", 1, 1), alert("a", 2, 0)]);
    watch.until_told(2);
    for told in watch.outbox.told() {
        assert_eq!(told.detail, format!("{} answered HTTP 404 Not Found.", server.address()));
        assert!(matches!(told.ended, Sent::Again(due) if (24..37).contains(&due.since(told.at).as_secs())), "{told:?}");
    }
    until("counting", || watch.counters("a").refused == 2);
    watch.notifier.channels(hooks(&[("a", &format!("{}/right", server.url("http")))]));
    until("all are delivered", || watch.outbox.delivered().len() == 3);
}

#[test]
fn after_a_day_of_failures_it_is_given_up_and_the_next_of_its_incident_has_its_turn() {
    let server =
        Server::http(|asked| if asked.header("idempotency-key") == Some("n-1-0-a") { Answer::status(500) } else { Answer::ok("") });
    let watch = Watch::new(hooks(&[("a", &server.url("http"))]));
    watch.outbox.put([alert("a", 1, 0), alert("a", 1, 3)]);
    watch.until_told(1);
    watch.forward(GIVE_UP_AFTER);
    for attempt in 2..=FAIR_ATTEMPTS as usize {
        watch.until_told(attempt);
        watch.forward(Duration::from_secs(400));
    }
    watch.until_told(FAIR_ATTEMPTS as usize + 1);
    let told = watch.outbox.told();
    let last = &told[FAIR_ATTEMPTS as usize - 1];
    assert_eq!(last.ended, Sent::GivenUp);
    assert_eq!(last.detail, format!("Given up after 10 attempts. {} answered HTTP 500 Internal Server Error.", server.address()));
    assert_eq!((told.last().unwrap().key.as_str(), told.last().unwrap().ended), ("n-1-3-a", Sent::Delivered));
    until("counting", || watch.counters("a").given_up == 1);
}

#[test]
fn ten_thousand_waiting_alerts_are_sent_eight_at_a_time() {
    let server = Server::http(|_| Answer::ok(""));
    let outbox = Memory::new();
    outbox.put((0..10_000).map(|n| alert("a", n / 2, (n % 2) as u32)));
    let begun = Instant::now();
    let watch = Watch::over(outbox, hooks(&[("a", &server.url("http"))]));
    until("most are under way", || {
        let counters = watch.counters("a");
        assert!(counters.under_way <= 8, "{counters:?}");
        counters.delivered >= 1000
    });
    // Stopping in the middle leaves the rest waiting.
    watch.notifier.stop();
    let delivered = watch.outbox.delivered().len();
    assert!(delivered < 10_000, "too fast for this test");
    println!("{delivered} alerts in {:?}", begun.elapsed());
    let rest = watch.outbox.crashed();
    let watch = Watch::over(rest, hooks(&[("a", &server.url("http"))]));
    until("the rest is delivered", || watch.counters("a").delivered == (10_000 - delivered) as u64);
    assert_eq!(server.asked().len(), 10_000, "none twice");
}

#[test]
fn a_storm_on_one_channel_delays_no_alert_on_another() {
    let server = Server::http(|_| Answer::ok(""));
    let outbox = Memory::new();
    outbox.put((0..5_000).map(|n| alert("storm", n, 0)));
    let watch = Watch::over(outbox, hooks(&[("storm", &server.url("http")), ("calm", &server.url("http"))]));
    until("the storm runs", || watch.counters("storm").delivered >= 100);
    let begun = Instant::now();
    watch.outbox.put([alert("calm", 1, 0)]);
    until("the other is delivered", || watch.counters("calm").delivered == 1);
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    assert!(watch.notifier.counters().waiting > 0, "the storm was over too soon for this test");
}

#[test]
fn our_own_want_of_descriptors_is_said_to_be_our_own_and_passes() {
    allswell_testkit::namespace::inside(|| {
        let server = Server::http(|_| Answer::ok(""));
        let mut channels = hooks(&[("hook", &server.url("http"))]);
        script(&mut channels, "script", "exit 0", &[]);
        let watch = Watch::new(channels);
        until("it is ready", || watch.notifier.counters().channels.len() == 2);
        allswell_testkit::namespace::limit_descriptors(64);
        let hog: Vec<_> = std::iter::from_fn(|| std::fs::File::open("/dev/null").ok()).collect();
        watch.outbox.put([alert("hook", 1, 0), alert("script", 1, 0)]);
        watch.until_told(2);
        let told = |key| watch.outbox.told_of(key)[0].detail.clone();
        assert_eq!(told("n-1-0-hook"), "Not sent: our descriptors are used up; raise LimitNOFILE.");
        assert_eq!(told("n-1-0-script"), "Not sent: our descriptors are used up; raise LimitNOFILE.");
        drop(hog);
        until("both are delivered", || watch.outbox.delivered().len() == 2);
    });
}

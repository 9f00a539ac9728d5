//! Whatever becomes of a probe, cancelled at any moment or not, what it opened is closed. Alone in its process,
//! because it counts the descriptors of the process.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, Instant};

use allswell_model::{TargetId, Timestamp};
use allswell_os::limits;
use allswell_probe::{Environment, Prepared, Raw};
use allswell_testkit::certificate::Leaf;
use allswell_testkit::server::Server;
use allswell_testkit::server::script::Act;
use allswell_testkit::server::site::Answer;

fn prepared(url: &str, settings: &[(&str, &str)]) -> Prepared {
    let settings: Vec<(String, Raw)> = settings.iter().map(|(name, value)| ((*name).into(), Raw::Scalar((*value).into()))).collect();
    Prepared::new(url, &settings, &[], &|_| true).unwrap()
}

/// Lets a probe be polled so often, then drops it; whether it had ended by then.
async fn cut_short(probe: &Prepared, polls: usize) -> bool {
    let environment = Environment::new();
    let target = TargetId::new("target").unwrap();
    let mut run = pin!(probe.run(&environment, &target, Timestamp(0), Duration::from_millis(200)));
    let mut left = polls;
    poll_fn(|cx| match run.as_mut().poll(cx) {
        Poll::Ready(_) => Poll::Ready(true),
        Poll::Pending if left == 0 => Poll::Ready(false),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}

/// The servers close their ends in their own time.
async fn settled(expected: (u64, u64)) {
    let deadline = Instant::now() + Duration::from_secs(5);
    while (limits::descriptors().unwrap().open, limits::threads().unwrap()) != expected {
        assert!(Instant::now() < deadline, "{:?} descriptors, {:?} threads, not {expected:?}", limits::descriptors(), limits::threads());
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn nothing_is_left_behind() {
    let identity = Leaf::of(&["127.0.0.1"]).self_signed();
    let chunked = Act::say("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n");
    let servers = [
        ("http", Server::http(|asked| if asked.target == "/" { Answer::redirect(302, "/next") } else { Answer::ok("x") })),
        ("https", Server::https(&identity.server(&["h2"]), |_| Answer::ok("x"))),
        ("https", Server::https(&identity.server(&["http/1.1"]), |_| Answer::ok("x"))),
        ("http", Server::scripted(&[Act::ReadHead, chunked.clone(), Act::Hold])),
        ("https", Server::scripted_tls(&identity.server(&[]), &[Act::ReadHead, chunked, Act::Reset])),
        ("https", Server::scripted(&[Act::Hold])),
        ("tls", Server::scripted_tls(&identity.server(&[]), &[Act::Hold])),
    ];
    let probes: Vec<Prepared> = servers
        .iter()
        .flat_map(|(scheme, server)| {
            let url = server.url(scheme);
            let verified = prepared(&url, &[]);
            let trusting = prepared(&url, &[("verify", "false")]);
            [Some(verified), Some(trusting), (*scheme == "http").then(|| prepared(&url, &[("version", "2")]))]
        })
        .flatten()
        .collect();
    let before = (limits::descriptors().unwrap().open, limits::threads().unwrap());
    for probe in &probes {
        let mut polls = 0;
        while !cut_short(probe, polls).await {
            polls += 1;
        }
        assert!(polls > 0, "it never had to wait");
    }
    settled(before).await;
}

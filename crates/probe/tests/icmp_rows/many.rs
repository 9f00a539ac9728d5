//! More than any rival can have outstanding, cancelled at every point, and nothing left.

use std::future::{Future, poll_fn};
use std::net::{IpAddr, Ipv4Addr};
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, Instant};

use allswell_model::{TargetId, Timestamp};
use allswell_testkit::namespace::inside;
use allswell_testkit::namespace::path::Path;
use futures_util::future::join_all;

use crate::ask::{Ask, Prober, counts, shown, with_each_kind};

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

#[test]
fn a_hundred_thousand_are_outstanding() {
    inside(|| {
        let path = Path::new();
        path.server.sysctl("net.ipv4.icmp_echo_ignore_all", "1");
        let prober = Prober::new();
        let (ask, target) = (Ask::of(Path::SERVER).within(Duration::from_secs(12)), TargetId::new("target").unwrap());
        let silent = ask.prepared();
        let run = || silent.run(&prober.environment, &target, Timestamp(0), ask.timeout);
        prober.runtime.block_on(async {
            let begun = Instant::now();
            // All of them are sent in the first poll, so what comes next is probed while they wait.
            let beside = async {
                tokio::task::yield_now().await;
                let sent = begun.elapsed();
                (sent, prober.probe(Ask::of(LOOPBACK)).await)
            };
            let (all, (sent, live)) = tokio::join!(join_all((0..100_000).map(|_| run())), beside);
            assert_eq!(shown(&live), "up", "{}", live.reason);
            assert!(sent < ask.timeout, "it took {sent:.1?} to send them");
            assert_eq!(all.iter().filter(|found| shown(&found.result) == "down reply timed_out").count(), 100_000);
        });
    });
}

/// Polls so often at most; says whether it came to its end.
async fn polled(run: impl Future, at_most: usize) -> bool {
    let mut run = pin!(run);
    let mut polls = 0;
    poll_fn(move |context| {
        polls += 1;
        match run.as_mut().poll(context) {
            Poll::Ready(_) => Poll::Ready(true),
            Poll::Pending if polls >= at_most => Poll::Ready(false),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

#[test]
fn a_run_dropped_at_any_point_leaves_nothing_for_the_next() {
    inside(|| {
        let path = Path::new();
        with_each_kind(&path, |prober| {
            prober.runtime.block_on(async {
                for at_most in 1..100 {
                    let ask = Ask::of(Path::SERVER).set(&[("count", "3"), ("gap", "1ms")]);
                    let ended = polled(prober.probe(ask), at_most).await;
                    let result = prober.probe(ask).await;
                    assert_eq!(counts(&result), [3.0, 3.0, 0.0], "after {at_most} polls");
                    if ended {
                        return;
                    }
                }
                panic!("it never ended");
            });
        });
    });
}

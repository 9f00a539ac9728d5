//! More than any rival can have outstanding, cancelled at every point, and nothing left.

use std::future::{Future, poll_fn};
use std::net::{IpAddr, Ipv4Addr};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use allswell_model::{TargetId, Timestamp};
use allswell_testkit::namespace::path::Path;
use allswell_testkit::namespace::{give_up_capabilities, inside};
use futures_util::future::join_all;
use tokio::task::JoinSet;

use crate::ask::{Ask, BRIEF, PATIENT, Prober, counts, shown, sockets, with_each_kind};

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

#[test]
fn a_hundred_thousand_are_outstanding() {
    inside(|| {
        let path = Path::new();
        path.server.sysctl("net.ipv4.icmp_echo_ignore_all", "1");
        let prober = Prober::new();
        let ask = Ask::of(Path::SERVER).within(Duration::from_secs(12));
        let silent = Arc::new(ask.prepared());
        prober.runtime.block_on(async {
            let begun = Instant::now();
            let mut running = JoinSet::new();
            for _ in 0..100_000 {
                let (silent, environment) = (Arc::clone(&silent), Arc::clone(&prober.environment));
                let target = TargetId::new("target").unwrap();
                running.spawn(async move { silent.run(&environment, &target, Timestamp(0), ask.timeout).await.result });
            }
            // Every task has had its first turn, in which it sends, before this one has its next.
            tokio::task::yield_now().await;
            let live = prober.probe(Ask::of(LOOPBACK)).await;
            assert_eq!(shown(&live), "up", "{}", live.reason);
            assert!(begun.elapsed() < ask.timeout, "they were not outstanding together: {:?}", begun.elapsed());
            let ended = running.join_all().await;
            assert_eq!(ended.iter().filter(|result| shown(result) == "down reply timed_out").count(), 100_000);
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

#[test]
fn dead_neighbours_do_not_keep_the_living_waiting() {
    inside(|| {
        let path = Path::new();
        path.client.ip("route add 10.99.0.0/16 dev c0");
        path.client.sysctl("net.ipv4.ping_group_range", "0 0");
        path.client.run(|| {
            // Each packet stays in its socket's buffer until the kernel gives the neighbour up. These need the room of about three.
            give_up_capabilities();
            let limit: u64 = std::fs::read_to_string("/proc/sys/net/core/wmem_max").unwrap().trim().parse().unwrap();
            let size = (limit / 83).clamp(56, 60_000).to_string();
            let prober = Prober::new();
            prober.runtime.block_on(async {
                let settings = [("size", size.as_str())];
                let dead = (1..=250).map(|n| prober.probe(Ask::of([10, 99, 1, n].into()).set(&settings).within(PATIENT)));
                let living = async {
                    tokio::task::yield_now().await;
                    prober.probe(Ask::of(Path::SERVER).within(BRIEF)).await
                };
                let (dead, living) = tokio::join!(join_all(dead), living);
                assert_eq!(shown(&living), "up", "{}", living.reason);
                assert!(sockets("icmp") > 1, "one socket had room for all, so this showed nothing");
                // The kernel tells of fifty at once, and forgets the others soon.
                assert!(dead.iter().all(|result| shown(result).starts_with("down reply ")), "{dead:?}");
            });
        });
    });
}

#[test]
fn our_own_delay_is_neither_a_loss_nor_a_part_of_the_round_trip() {
    inside(|| {
        let path = Path::new();
        with_each_kind(&path, |prober| {
            prober.runtime.block_on(async {
                let mut probe = pin!(prober.probe(Ask::of(LOOPBACK).within(BRIEF)));
                let begun = Instant::now();
                assert!(!polled(&mut probe, 1).await, "it cannot have heard its reply yet");
                // This thread has no turn until long after the deadline.
                while begun.elapsed() < 2 * BRIEF {
                    std::hint::spin_loop();
                }
                let result = probe.await;
                assert_eq!(shown(&result), "up", "{}", result.reason);
                assert!(result.rtt.unwrap() < BRIEF / 2, "{:?}", result.rtt);
            });
        });
    });
}

//! What is called down when nothing is: one session at 10 ms x 3 for 40 s, with 8 busy loops on both processors.

use std::time::{Duration, Instant};

use allswell_testkit::busy::Loops;

use crate::child::Running;
use crate::frr::{Frr, is_installed, until};
use crate::hosts::{FAR, NEAR, ON_FAR};

const LASTS: Duration = Duration::from_secs(40);
const LOOPS: usize = 8;

/// Three times for FRR, whose figure varies.
const TIMES: usize = 3;

pub(crate) fn run() {
    let [near, far] = [NEAR, FAR].map(|address| format!("{address}:8421"));
    let [to_near, to_far] = [("near", &near), ("far", &far)].map(|(name, address)| format!("{name}={address}"));
    let mut nodes = [
        Running::role(&[], &["node", "near", &near, "10", "3", &to_far]),
        Running::role(&ON_FAR, &["node", "far", &far, "10", "3", &to_near]),
    ];
    until("ours stand", || nodes.iter_mut().all(|node| numbers(node, "count")[0] == 1));
    let loops = Loops::start(LOOPS);
    pass();
    let counts: Vec<Vec<u64>> = nodes.iter_mut().map(|node| numbers(node, "count")).collect();
    let stalls: Vec<Vec<u64>> = nodes.iter_mut().map(|node| numbers(node, "stalls")).collect();
    drop(loops);
    println!(
        "ours, 10 ms x 3 for 40 s with {LOOPS} busy loops: {} + {} downs; own stalls {} + {}, the longest {} and {} ms",
        counts[0][1], counts[1][1], stalls[0][0], stalls[1][0], stalls[0][1], stalls[1][1]
    );
    drop(nodes);
    if is_installed() {
        (0..TIMES).for_each(|_| frr());
    }
}

fn frr() {
    let near = Frr::start(&[], "frr-near", &[(FAR.into(), None)], 10);
    let far = Frr::start(&ON_FAR, "frr-far", &[(NEAR.into(), None)], 10);
    until("FRR's session stands", || near.counts().0 == 1 && far.counts().0 == 1);
    let before = (near.counts().1, far.counts().1);
    let loops = Loops::start(LOOPS);
    pass();
    drop(loops);
    println!("FRR, the same: {} + {} downs", near.counts().1 - before.0, far.counts().1 - before.1);
}

fn pass() {
    let deadline = Instant::now() + LASTS;
    while Instant::now() < deadline {
        std::thread::park_timeout(deadline - Instant::now());
    }
}

pub(crate) fn numbers(node: &mut Running, what: &str) -> Vec<u64> {
    node.tell(what);
    node.line().split(' ').map(|word| word.parse().unwrap()).collect()
}

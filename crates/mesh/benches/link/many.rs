//! Four hundred sessions at 50 ms: what a packet costs, and whether any is called down.

use std::time::{Duration, Instant};

use crate::child::Running;
use crate::crowd;
use crate::hosts::{FAR, NEAR, ON_FAR};

const SESSIONS: u16 = 400;
const LASTS: Duration = Duration::from_secs(30);

pub(crate) fn run() {
    let address = format!("{NEAR}:8421");
    let count = SESSIONS.to_string();
    let mut crowd = Running::role(&ON_FAR, &["crowd", "near", &address, &count, "50", "3"]);
    assert_eq!(crowd.line(), "ready");
    let peers: Vec<String> = (0..SESSIONS).map(|index| format!("crowd-{index}={FAR}:{}", crowd::PORT + index)).collect();
    let mut words = vec!["node", "near", &address, "50", "3"];
    words.extend(peers.iter().map(String::as_str));
    let mut node = Running::role(&[], &words);
    let begun = Instant::now();
    while count_of(&mut node)[0] < u64::from(SESSIONS) {
        assert!(begun.elapsed() < Duration::from_secs(20), "the sessions do not stand: {:?}", count_of(&mut node));
        std::thread::park_timeout(Duration::from_millis(100));
    }
    let before = count_of(&mut node);
    let (begun, deadline) = (Instant::now(), Instant::now() + LASTS);
    while Instant::now() < deadline {
        std::thread::park_timeout(deadline - Instant::now());
    }
    let took = begun.elapsed();
    let after = count_of(&mut node);
    let packets = after[2] - before[2] + after[3] - before[3];
    #[expect(clippy::cast_precision_loss, reason = "shown with few digits")]
    let (cpu, packets, seconds) = ((after[4] - before[4]) as f64, packets as f64, took.as_secs_f64());
    println!(
        "400 sessions at 50 ms: {:.1} % of a core, {:.0} packets a second, {:.2} us CPU each, {} downs",
        cpu / seconds / 1e4,
        packets / seconds,
        cpu / packets,
        after[1]
    );
}

fn count_of(node: &mut Running) -> Vec<u64> {
    node.tell("count");
    node.line().split(' ').map(|word| word.parse().unwrap()).collect()
}

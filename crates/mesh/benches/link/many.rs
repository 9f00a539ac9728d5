//! Four hundred sessions at 50 ms: what a packet costs, and whether any is called down.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::child::Running;
use crate::crowd;
use crate::frr::{Frr, is_installed};
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
    drop((node, crowd));
    if is_installed() {
        frr();
    }
}

fn count_of(node: &mut Running) -> Vec<u64> {
    crate::stalls::numbers(node, "count")
}

/// The same with FRR at both ends, over as many addresses.
fn frr() {
    let address = |host: u16, index: u16| format!("10.79.{}.{}", host * 10 + index / 200, index % 200 + 1);
    let lines = |host: u16, device: &str| {
        (0..SESSIONS).map(|index| format!("address add {}/16 dev {device}\n", address(host, index))).collect::<String>()
    };
    batch(&[], &lines(1, "near0"));
    batch(&ON_FAR, &lines(2, "far0"));
    let peerings = |own: u16, other: u16| (0..SESSIONS).map(|index| (address(other, index), Some(address(own, index)))).collect::<Vec<_>>();
    let near = Frr::start(&[], "frr-near", &peerings(1, 2), 50);
    let far = Frr::start(&ON_FAR, "frr-far", &peerings(2, 1), 50);
    let begun = Instant::now();
    // It does not always come to all of them.
    while near.counts().0 < usize::from(SESSIONS) && begun.elapsed() < Duration::from_secs(20) {
        std::thread::park_timeout(Duration::from_millis(500));
    }
    let before = (near.counts(), near.packets(), near.cpu_us());
    let (begun, deadline) = (Instant::now(), Instant::now() + LASTS);
    while Instant::now() < deadline {
        std::thread::park_timeout(deadline - Instant::now());
    }
    let (took, cpu, packets) = (begun.elapsed(), near.cpu_us() - before.2, near.packets() - before.1);
    let after = near.counts();
    drop(far);
    #[expect(clippy::cast_precision_loss, reason = "shown with few digits")]
    let (cpu, packets, seconds) = (cpu as f64, packets as f64, took.as_secs_f64());
    println!(
        "FRR, the same: {} up, {:.1} % of a core, {:.0} packets a second, {:.1} us CPU each, {} downs",
        after.0,
        cpu / seconds / 1e4,
        packets / seconds,
        cpu / packets,
        after.1 - before.0.1
    );
}

pub(crate) fn batch(within: &[&str], lines: &str) {
    let words: Vec<&str> = within.iter().copied().chain(["ip", "-batch", "-"]).collect();
    let mut child = Command::new(words[0]).args(&words[1..]).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
}

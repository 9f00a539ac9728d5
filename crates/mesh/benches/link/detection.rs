//! How late a cut is told beyond the agreed time, at three paces, over a thousand cuts each.

use std::time::Duration;

use crate::child::Running;
use crate::crowd;
use crate::hosts::{FAR, NEAR, ON_FAR, deaf_to_echo};

/// Interval in milliseconds, how many fall silent side by side, and how many cuts in all.
const PACES: [(u64, u16, u32); 3] = [(10, 2, 1000), (50, 8, 1000), (300, 25, 1000)];

const MULTIPLIER: u64 = 3;

pub(crate) fn run() {
    deaf_to_echo(true);
    for pace in PACES {
        let (mut late, mut up) = ours(pace);
        println!("ours {} ms x 3: {}", pace.0, shown(&mut late));
        println!("ours up after start: {}", shown(&mut up));
    }
    deaf_to_echo(false);
}

fn ours((every, count, rounds): (u64, u16, u32)) -> (Vec<i64>, Vec<i64>) {
    let address = format!("{NEAR}:8421");
    let (interval, multiplier) = (every.to_string(), MULTIPLIER.to_string());
    let peers: Vec<String> = (0..count).map(|index| format!("crowd-{index}={FAR}:{}", crowd::PORT + index)).collect();
    let mut words = vec!["node", "near", &address, &interval, &multiplier];
    words.extend(peers.iter().map(String::as_str));
    let mut node = Running::role(&[], &words);
    node.tell("count");
    node.line();
    let (count, rounds) = (count.to_string(), rounds.to_string());
    let mut far = Running::role(&ON_FAR, &["cuts", "near", &address, &count, &interval, &multiplier, &rounds]);
    let (mut late, mut up) = (Vec::new(), Vec::new());
    let nominal = i64::try_from(Duration::from_millis(every * MULTIPLIER).as_nanos()).unwrap();
    for line in far.lines_until_end() {
        match line.split_once(' ') {
            Some(("cut", ns)) => late.push(ns.parse::<i64>().unwrap() - nominal),
            Some(("up", ns)) => up.push(ns.parse().unwrap()),
            _ => println!("  {line}"),
        }
    }
    (late, up)
}

/// Count, least, median, 99 of 100, most; in milliseconds.
fn shown(nanos: &mut [i64]) -> String {
    nanos.sort_unstable();
    let at = |share: usize| {
        #[expect(clippy::cast_precision_loss, reason = "shown with few digits")]
        let ms = nanos[(nanos.len() - 1) * share / 100] as f64 / 1e6;
        ms
    };
    format!("n {}, min {:.3}, p50 {:.3}, p99 {:.3}, max {:.3} ms", nanos.len(), at(0), at(50), at(99), at(100))
}

//! What a round trip on one host measures, idle and with 8 busy loops: the kernels' stamps leave our own delays out of it.

use std::time::{Duration, Instant};

use allswell_testkit::busy::Loops;

use crate::child::Running;
use crate::frr::until;
use crate::stalls::numbers;

const LASTS: Duration = Duration::from_secs(20);
const LOOPS: usize = 8;

pub(crate) fn run() {
    for (how, loops) in [("idle", 0), ("8 busy loops", LOOPS)] {
        let mut nodes = [
            Running::role(&[], &["node", "one", "127.0.0.1:8431", "10", "3", "other=127.0.0.1:8432"]),
            Running::role(&[], &["node", "other", "127.0.0.1:8432", "10", "3", "one=127.0.0.1:8431"]),
        ];
        until("ours stand", || nodes.iter_mut().all(|node| numbers(node, "count")[0] == 1));
        let busy = (loops > 0).then(|| Loops::start(loops));
        let deadline = Instant::now() + LASTS;
        while Instant::now() < deadline {
            std::thread::park_timeout(deadline - Instant::now());
        }
        let rtt = numbers(&mut nodes[0], "rtt");
        drop(busy);
        #[expect(clippy::cast_precision_loss, reason = "shown with few digits")]
        let [p50, p99, max] = [rtt[1], rtt[2], rtt[3]].map(|nanos| nanos as f64 / 1e3);
        println!("RTT on the loopback, {how}: n {}, p50 {p50:.2}, p99 {p99:.2}, max {max:.2} us", rtt[0]);
    }
}

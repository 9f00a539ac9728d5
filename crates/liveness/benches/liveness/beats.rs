//! What a beat costs among many connections, beside the least that a keyed timer does: find the connection, and move its time in a heap.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::hint::black_box;
use std::time::{Duration, Instant};

use allswell_liveness::heartbeat::{Beat, Beats, Heartbeat, Settings};

const CONNECTIONS: u64 = 100_000;

/// Each connection beats so often, after as many beats that do not count.
const BEATS: u64 = 10;

/// Every peer answers after this.
const ROUND_TRIP: Duration = Duration::from_millis(20);

pub(crate) fn run() {
    let heartbeat = Settings::default().check().unwrap();
    let (floor, beat) = (floor(heartbeat), beat(heartbeat));
    println!("one beat of {CONNECTIONS} connections                 figure    x floor");
    println!("  {:<40} {:>8} ns {:>6.2}", "Beats: next_due, poll, pong", beat.as_nanos(), beat.as_secs_f64() / floor.as_secs_f64());
    println!("  {:<40} {:>8} ns", "floor: two pops and pushes, one look-up", floor.as_nanos());
}

/// Virtual time: pings as they are due, each answered a round trip later.
fn beat(heartbeat: Heartbeat) -> Duration {
    let mut now = Instant::now();
    let mut beats = Beats::new(heartbeat, 1);
    (0..CONNECTIONS).for_each(|key| beats.add(key, now));
    let mut on_their_way: VecDeque<(Instant, u64, u64)> = VecDeque::new();
    timed(|| {
        let answered = on_their_way.front().map_or(now + heartbeat.interval(), |(at, ..)| *at);
        now = beats.next_due().unwrap().min(answered).max(now);
        while let Some((at, key, number)) = on_their_way.pop_front_if(|(at, ..)| *at <= now) {
            beats.pong(&key, number, at).unwrap();
        }
        let mut asked = 0;
        while let Some((key, beat)) = beats.poll(now) {
            let Beat::Ping(number) = beat else { continue };
            on_their_way.push_back((now + ROUND_TRIP, key, number));
            asked += 1;
        }
        asked
    })
}

fn floor(heartbeat: Heartbeat) -> Duration {
    let start = Instant::now();
    let spread = |key: u64| start + heartbeat.interval().mul_f64(key.wrapping_mul(0x9e37_79b9_7f4a_7c15) as f64 / u64::MAX as f64);
    let mut heap: BinaryHeap<_> = (0..CONNECTIONS).map(|key| Reverse((spread(key), key))).collect();
    let connections: HashMap<u64, u64> = (0..CONNECTIONS).map(|key| (key, key)).collect();
    timed(|| {
        for step in [heartbeat.timeout(), heartbeat.interval() - heartbeat.timeout()] {
            let Reverse((at, key)) = heap.pop().unwrap();
            black_box(connections.get(&key));
            heap.push(Reverse((at + step, key)));
        }
        1
    })
}

/// The time of one beat, once each connection had as many that do not count.
fn timed(mut step: impl FnMut() -> u64) -> Duration {
    let mut run = || {
        let mut beats = 0;
        let started = Instant::now();
        while beats < CONNECTIONS * BEATS {
            beats += step();
        }
        started.elapsed().div_f64(beats as f64)
    };
    run();
    run()
}

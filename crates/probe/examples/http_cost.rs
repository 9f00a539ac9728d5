//! What an HTTP probe costs: processor time of the probing thread alone, per probe, against a server in this process.
//! `cargo run --release -p allswell-probe --example http_cost [PROBES]`

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement for the terminal")]

use std::time::{Duration, Instant};

use allswell_model::{TargetId, Timestamp};
use allswell_probe::{Environment, Prepared, Raw};
use allswell_testkit::certificate::Leaf;
use allswell_testkit::server::Server;
use allswell_testkit::server::site::Answer;

fn main() {
    let probes = std::env::args().nth(1).map_or(5_000, |count| count.parse().unwrap());
    let identity = Leaf::of(&["127.0.0.1"]).self_signed();
    let body = vec![b'x'; 2_000];
    let answer = move |_: &_| Answer::ok(body.clone());
    let plain = Server::http(answer.clone());
    let secure = Server::https(&identity.server(&["h2", "http/1.1"]), answer);
    let trust = ("verify", "false");
    println!("{:<14} {:>10} {:>10}", "probe", "cpu us", "wall us");
    for (name, url, settings) in [
        ("tcp", plain.url("tcp"), vec![]),
        ("http/1.1", plain.url("http"), vec![]),
        ("http/1.1 head", plain.url("http"), vec![("body", "ignore")]),
        ("http/2", plain.url("http"), vec![("version", "2")]),
        ("tls", secure.url("tls"), vec![trust]),
        ("https/1.1", secure.url("https"), vec![trust, ("version", "1.1")]),
        ("https/2", secure.url("https"), vec![trust, ("version", "2")]),
    ] {
        let settings: Vec<(String, Raw)> = settings.into_iter().map(|(name, value)| (name.into(), Raw::Scalar(value.into()))).collect();
        let prepared = Prepared::new(&url, &settings, &[], &|_| false).unwrap();
        let (cpu, wall) = measure(&prepared, probes);
        println!("{name:<14} {:>10.1} {:>10.1}", cpu.as_secs_f64() * 1e6, wall.as_secs_f64() * 1e6);
    }
}

fn measure(prepared: &Prepared, probes: u32) -> (Duration, Duration) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let environment = Environment::new();
    let target = TargetId::new("target").unwrap();
    let run = async |count| {
        for _ in 0..count {
            let found = prepared.run(&environment, &target, Timestamp(0), Duration::from_secs(5)).await;
            assert!(found.result.outcome.is_up(), "{}", found.result.reason);
        }
    };
    runtime.block_on(run(probes / 10));
    let (cpu, wall) = (thread_time(), Instant::now());
    runtime.block_on(run(probes));
    ((thread_time() - cpu) / probes, wall.elapsed() / probes)
}

/// The first figure is the nanoseconds that this thread has run (Documentation/scheduler/sched-stats.rst).
fn thread_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(stat.split(' ').next().unwrap().parse().unwrap())
}

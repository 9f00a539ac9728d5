//! What an ICMP echo costs: processor time per echo of this crate, beside a hand-written loop over the same socket.
//!
//! It sends to nobody but this host: in a namespace of its own, with a link at whose other end nobody listens.
//!
//! ```text
//! cargo build --release -p allswell-probe --example echo_cost
//! unshare --user --map-root-user --net sh -c '
//!     ip link set lo up; ip link add hole type veth peer name far
//!     ip link set hole arp off; ip link set hole up; ip link set far up
//!     ip addr add 10.0.0.1/24 dev hole; ip route add 11.0.0.0/8 via 10.0.0.2
//!     echo "0 0" > /proc/sys/net/ipv4/ping_group_range
//!     target/release/examples/echo_cost'
//! ```
//!
//! Without the `echo` the raw socket is measured instead of the datagram one.

#![expect(clippy::print_stdout, reason = "an example that prints figures")]

use std::error::Error;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use allswell_model::{TargetId, Timestamp};
use allswell_os::icmp::{Batch, Family, Kind, Request, Socket, Way};
use allswell_os::limits::{cpu_time, memory_resident};
use allswell_probe::{Environment, Prepared};
use tokio::task::JoinSet;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Targets in 127.0.0.0/8, each probed so often.
const TARGETS: u32 = 10_000;
const ROUNDS: u32 = 10;
/// So many are under way at once: what falls due within a millisecond or two.
const AT_ONCE: usize = 16;
/// Echoes to nowhere.
const BLACK_HOLES: u32 = 100_000;

fn main() -> Outcome<()> {
    let floor = floor()?;
    println!("hand-written loop over one socket     {:6.2} us per echo", micros(floor));
    for threads in [1, 2] {
        let runtime = match threads {
            1 => tokio::runtime::Builder::new_current_thread().enable_all().build()?,
            n => tokio::runtime::Builder::new_multi_thread().worker_threads(n).enable_all().build()?,
        };
        let live = runtime.block_on(live(&Environment::new()))?;
        let ratio = live.as_secs_f64() / floor.as_secs_f64();
        println!("this crate, {threads} thread(s)                {:6.2} us per echo  ({ratio:.2} x)", micros(live));
        runtime.block_on(outstanding())?;
    }
    Ok(())
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// Sends and receives one at a time, with nothing around it.
fn floor() -> Outcome<Duration> {
    let open = |kind| Socket::open(Family::V4, kind, 0x4440, false);
    let socket = open(Kind::Datagram).or_else(|_| open(Kind::Raw))?;
    println!("{:?} socket", socket.kind());
    let mut batch = Batch::new(&socket);
    let way = Way::default();
    let begun = cpu_time();
    for n in 0..TARGETS * ROUNDS {
        let to = SocketAddr::new(target(n % TARGETS), 0);
        socket.send(&Request { to, way: &way, hop_limit: None, id: 0x4441, sequence: 1, payload: &[1; 16], size: 56 })?;
        while socket.receive(&mut batch).is_err() {}
    }
    Ok((cpu_time() - begun) / (TARGETS * ROUNDS))
}

fn target(n: u32) -> IpAddr {
    Ipv4Addr::from(0x7f01_0000 + n).into()
}

fn probe(address: IpAddr) -> Outcome<Arc<Prepared>> {
    Prepared::new(&format!("icmp://{address}"), &[], &[], &|_| false).map(Arc::new).map_err(|mistakes| format!("{mistakes:?}").into())
}

/// Live targets, some at a time.
async fn live(environment: &Arc<Environment>) -> Outcome<Duration> {
    let probes: Vec<Arc<Prepared>> = (0..TARGETS).map(|n| probe(target(n))).collect::<Outcome<_>>()?;
    let id = TargetId::new("live")?;
    let begun = cpu_time();
    let mut running = JoinSet::new();
    let mut up = 0;
    for probe in (0..ROUNDS).flat_map(|_| &probes) {
        if running.len() >= AT_ONCE {
            up += u32::from(running.join_next().await.is_some_and(|ended| ended.unwrap_or(false)));
        }
        let (environment, id, probe) = (Arc::clone(environment), id.clone(), Arc::clone(probe));
        running.spawn(async move { probe.run(&environment, &id, Timestamp(0), Duration::from_secs(5)).await.result.outcome.is_up() });
    }
    while let Some(ended) = running.join_next().await {
        up += u32::from(ended.unwrap_or(false));
    }
    if up != TARGETS * ROUNDS {
        return Err(format!("only {up} of {} were up", TARGETS * ROUNDS).into());
    }
    Ok((cpu_time() - begun) / (TARGETS * ROUNDS))
}

/// Echoes to nowhere, all outstanding at once, and what a live target measures beside them.
async fn outstanding() -> Outcome<()> {
    let environment = Environment::new();
    let live = probe(target(1))?;
    let id = TargetId::new("hole")?;
    let alone = round_trip(&live, &environment).await;
    let (before, begun, wall) = (memory_resident()?, cpu_time(), Instant::now());
    let timeout = Duration::from_secs(8);
    let mut running = JoinSet::new();
    for n in 0..BLACK_HOLES {
        let probe = probe(Ipv4Addr::from(0x0b00_0000 + n).into())?;
        let (environment, id) = (Arc::clone(&environment), id.clone());
        running.spawn(async move { probe.run(&environment, &id, Timestamp(0), timeout).await.result });
        if n % 64 == 0 {
            tokio::task::yield_now().await;
        }
    }
    let started = wall.elapsed();
    let beside = round_trip(&live, &environment).await;
    let memory = memory_resident()?.saturating_sub(before) / u64::from(BLACK_HOLES);
    let mut causes = std::collections::BTreeMap::<String, u32>::new();
    while let Some(ended) = running.join_next().await {
        let result = ended?;
        *causes.entry(format!("{} {}", result.outcome.word(), result.outcome.cause().unwrap_or_default())).or_default() += 1;
    }
    let late = wall.elapsed().saturating_sub(timeout + started);
    println!(
        "{BLACK_HOLES} outstanding, all sent in {started:.2?}   {:6.2} us per echo, {memory} bytes each, last one {late:.2?} late",
        micros((cpu_time() - begun) / BLACK_HOLES)
    );
    println!("    a live target's round trip: {alone:.1?} alone, {beside:.1?} beside them; outcomes {causes:?}");
    Ok(())
}

/// The median of some.
async fn round_trip(probe: &Prepared, environment: &Arc<Environment>) -> Duration {
    let Ok(id) = TargetId::new("live") else { return Duration::ZERO };
    let mut times = Vec::new();
    for _ in 0..101 {
        times.extend(probe.run(environment, &id, Timestamp(0), Duration::from_secs(5)).await.result.rtt);
    }
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

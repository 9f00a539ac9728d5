//! How many bytes a result takes on the disk, and how much processor time in the store: a day of probes every second, simulated.
//!
//! `cargo run --release -p allswell-store --example volume -- [targets [seconds [tcp|http|https]]]`

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

use allswell_model::{NodeId, Origin, Outcome, Policy, ProbeResult, Stage, Target, TargetId, TargetName, Timestamp, Value};
use allswell_store::{Batch, Retention, Settings, open};

type Trouble = Box<dyn std::error::Error>;

fn main() -> Result<(), Trouble> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |place: usize, otherwise: u64| arguments.get(place).and_then(|text| text.parse().ok()).unwrap_or(otherwise);
    let (targets, seconds) = (number(0, 100), number(1, 86_400));
    let kinds: Vec<Kind> = match arguments.get(2).map(String::as_str) {
        Some("tcp") => vec![Kind::Tcp],
        Some("http") => vec![Kind::Http],
        Some("https") => vec![Kind::Https],
        _ => vec![Kind::Tcp, Kind::Http, Kind::Https],
    };
    kinds.into_iter().try_for_each(|kind| measure(kind, targets, seconds))
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Tcp,
    Http,
    Https,
}

/// The engine commits ten times a second.
const COMMITS: usize = 10;

const BEGIN: Timestamp = Timestamp(1_790_000_000_000_000);

#[expect(clippy::print_stdout, reason = "an example that prints figures")]
fn measure(kind: Kind, targets: u64, seconds: u64) -> Result<(), Trouble> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("store");
    let settings = Settings {
        path: path.clone(),
        node: NodeId::new("node-1")?,
        location: "here".into(),
        retention: Retention { at_most: None, ..Retention::default() },
    };
    let (mut writer, reader) = open(&settings, BEGIN)?;
    let all: Vec<Arc<Target>> = (0..targets).map(|n| target(n, kind).map(Arc::new)).collect::<Result<_, _>>()?;
    writer.targets(&all, BEGIN)?;
    let mut noise = Noise(42);
    let mut phases: Vec<(u64, usize)> = (0..all.len()).map(|n| (noise.below(1_000_000), n)).collect();
    phases.sort_unstable();
    let (mut appended, mut maintained, mut worst) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
    for second in 0..seconds {
        let results = second_of_results(kind, second, &all, &phases, &mut noise);
        let now = BEGIN + Duration::from_secs(second + 1);
        let begin = cpu();
        for batch in results.chunks(results.len().div_ceil(COMMITS)) {
            writer.append(Batch { results: batch, ..Batch::default() }, now)?;
        }
        let middle = cpu();
        if second % 5 == 0 {
            writer.maintain(now)?;
        }
        let end = cpu();
        appended += middle - begin;
        maintained += end - middle;
        worst = worst.max(end - begin);
    }
    let results = targets * seconds;
    let wal = fs::metadata(path.with_file_name("store-wal"))?.len();
    let begin = Instant::now();
    drop((writer, reader));
    let closing = begin.elapsed();
    let size = fs::metadata(&path)?.len();
    let begin = Instant::now();
    let (mut writer, _reader) = open(&settings, BEGIN + Duration::from_secs(seconds + 2))?;
    let opening = begin.elapsed();
    writer.targets(&all, BEGIN + Duration::from_secs(seconds + 2))?;
    let board = begin.elapsed();
    let each = |d: Duration| d.as_secs_f64() * 1e6 / results as f64;
    println!(
        "{kind:?}: {targets} targets, {seconds} s, {results} results: {:.2} bytes a result (file {:.1} MB, WAL {:.1} MB before closing)",
        size as f64 / results as f64,
        size as f64 / 1e6,
        wal as f64 / 1e6
    );
    println!(
        "  CPU a result: append {:.2} us, maintain {:.2} us; the worst second {worst:.1?}; close {closing:.1?}, open {opening:.1?}, with board {board:.1?}; resident {} MB",
        each(appended),
        each(maintained),
        resident_mb()
    );
    tables(&path, results)
}

#[expect(clippy::print_stdout, reason = "an example that prints figures")]
fn tables(path: &std::path::Path, results: u64) -> Result<(), Trouble> {
    let connection = rusqlite::Connection::open(path)?;
    let mut query = connection.prepare("SELECT name, (SELECT sum(pgsize) FROM dbstat WHERE dbstat.name = s.name), (SELECT sum(unused) FROM dbstat WHERE dbstat.name = s.name) FROM sqlite_schema s")?;
    let sizes = query.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, Option<f64>>(1)?, row.get::<_, Option<f64>>(2)?)));
    for size in sizes?.flatten() {
        if let (name, Some(bytes), Some(unused)) = size {
            println!("  {name:<22} {:>7.3} bytes a result, of which unused {:.3}", bytes / results as f64, unused / results as f64);
        }
    }
    let free: i64 = connection.query_row("PRAGMA freelist_count", [], |row| row.get(0))?;
    println!("  free pages: {free}");
    Ok(())
}

fn target(n: u64, kind: Kind) -> Result<Target, Trouble> {
    let name = format!("target-{n:05}");
    Ok(Target {
        id: TargetId::new(&format!("group-{}/{name}", n % 10))?,
        name: TargetName::new(&format!("group-{}", n % 10), &name)?,
        url: format!("tcp://10.0.{}.{}:443", n / 250, n % 250),
        protocol: if kind == Kind::Tcp { "tcp" } else { "http" },
        repeat: String::new(),
        labels: BTreeMap::new(),
        policy: Policy { every: Duration::from_secs(1), ..Policy::default() },
        alerting: allswell_model::Alerting::default(),
        runbook: None,
        origin: Origin::Argument,
    })
}

/// One second's results in the order in which the probes end.
fn second_of_results(kind: Kind, second: u64, all: &[Arc<Target>], phases: &[(u64, usize)], noise: &mut Noise) -> Vec<Arc<ProbeResult>> {
    let mut results: Vec<_> = phases
        .iter()
        .filter_map(|(phase, n)| {
            let late = noise.exponential(80.0) + if noise.below(200) == 0 { noise.exponential(4000.0) } else { 0 };
            let started = BEGIN + Duration::from_micros(second * 1_000_000 + phase + late);
            all.get(*n).map(|target| probe(kind, *n as u64, target, started, noise))
        })
        .collect();
    results.sort_by_key(|result| result.started + result.duration);
    results.into_iter().map(Arc::new).collect()
}

fn probe(kind: Kind, n: u64, target: &Target, started: Timestamp, noise: &mut Noise) -> ProbeResult {
    let connect = noise.latency(250.0 + (n % 50) as f64 * 20.0);
    let address = Some(format!("10.0.{}.{}:443", n / 250, n % 250));
    let clock = (connect + Duration::from_nanos(noise.below(3000))).as_secs_f64() * 1000.0;
    let up = ProbeResult {
        target: target.id.clone(),
        started,
        duration: connect + Duration::from_micros(12 + noise.below(6)),
        outcome: Outcome::Up,
        reason: format!("10.0.0.1:443 accepted in {connect:.1?}."),
        address,
        said_by: None,
        rtt: Some(connect),
        stages: [(Stage::CONNECT, connect)].into_iter().collect(),
        measurements: vec![(Cow::Borrowed("connect_ms"), Value::Number(clock))],
        degraded: None,
        sub_results: Vec::new(),
    };
    if kind == Kind::Tcp { up } else { http(up, kind, connect, noise) }
}

fn http(up: ProbeResult, kind: Kind, connect: Duration, noise: &mut Noise) -> ProbeResult {
    let mut stages = vec![(Stage::CONNECT, connect)];
    if kind == Kind::Https {
        stages.push((Stage::TLS, noise.latency(2500.0)));
    }
    let first = noise.latency(1800.0);
    stages.push((Stage::SEND, Duration::from_micros(8 + noise.below(8))));
    stages.push((Stage::FIRST_BYTE, first));
    stages.push((Stage::TRANSFER, Duration::from_micros(20 + noise.below(30))));
    let mut measurements = vec![
        ("redirects", Value::Integer(0)),
        ("status", Value::Integer(200)),
        ("http_version", Value::Text("1.1".to_owned())),
        ("body_bytes", Value::Integer(4096 + noise.below(3) as i64)),
        ("body_sha256", Value::Text("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned())),
    ];
    if kind == Kind::Https {
        measurements.extend(certificate(up.started));
    }
    let spent: Duration = stages.iter().map(|(_, took)| *took).sum();
    ProbeResult {
        duration: spent + Duration::from_micros(15 + noise.below(10)),
        rtt: Some(first),
        stages: stages.into_iter().collect(),
        measurements: measurements.into_iter().map(|(name, value)| (Cow::Borrowed(name), value)).collect(),
        ..up
    }
}

fn certificate(now: Timestamp) -> Vec<(&'static str, Value)> {
    let expires = BEGIN.seconds() + 60 * 86_400;
    vec![
        ("tls_version", Value::Text("1.3".to_owned())),
        ("tls_cipher", Value::Text("TLS13_AES_256_GCM_SHA384".to_owned())),
        ("certificate_days", Value::Number((expires - now.seconds()) as f64 / 86_400.0)),
        ("certificate_expires", Value::Integer(expires)),
        ("certificate_subject", Value::Text("CN=api.example.com".to_owned())),
        ("certificate_issuer", Value::Text("C=US, O=Let's Encrypt, CN=R11".to_owned())),
        ("certificate_serial", Value::Text("04:ab:12:34:56:78:9a:bc:de:f0:11:22:33:44:55:66:77:88".to_owned())),
        ("certificate_names", Value::texts(["api.example.com", "www.example.com"])),
        ("certificate_sha256", Value::Text("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned())),
        ("chain_length", Value::Integer(3)),
    ]
}

/// The same noise in every run.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// Between 0 and 1, neither reached.
    fn share(&mut self) -> f64 {
        (self.below(1 << 40) + 1) as f64 / ((1u64 << 40) + 1) as f64
    }

    fn exponential(&mut self, mean: f64) -> u64 {
        (-self.share().ln() * mean) as u64
    }

    /// Log-normal around a median with a fifth of spread, and one in a hundred delayed by a queue.
    fn latency(&mut self, median_us: f64) -> Duration {
        let normal: f64 = (0..12).map(|_| self.share()).sum::<f64>() - 6.0;
        let queue = if self.below(100) == 0 { self.exponential(3000.0) } else { 0 };
        Duration::from_micros((median_us * (normal * 0.2).exp()) as u64 + queue)
    }
}

/// Processor time of this process so far.
fn cpu() -> Duration {
    let text = fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    Duration::from_nanos(text.split_whitespace().next().and_then(|text| text.parse().ok()).unwrap_or(0))
}

fn resident_mb() -> u64 {
    let text = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    text.split_whitespace().nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0) * 4096 / 1_000_000
}

//! Probing, and comparing with one line of what is wanted.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use allswell_model::{ProbeResult, Stage, TargetId, Timestamp, Value};
use allswell_probe::{Environment, Prepared, Raw};
use allswell_testkit::namespace::path::Path;
use futures_util::future::join_all;
use tokio::runtime::{Builder, Runtime};

/// Shorter than the kernel's three seconds of neighbour resolution.
pub(crate) const BRIEF: Duration = Duration::from_millis(500);
/// Longer than them.
pub(crate) const PATIENT: Duration = Duration::from_secs(5);

pub(crate) type Pairs<'a> = &'a [(&'a str, &'a str)];

/// A host that probes: an environment and a runtime of its own.
pub(crate) struct Prober {
    pub(crate) runtime: Runtime,
    pub(crate) environment: Arc<Environment>,
}

/// A target, its settings, and those of the network.
#[derive(Clone, Copy)]
pub(crate) struct Ask<'a> {
    pub(crate) target: IpAddr,
    pub(crate) settings: Pairs<'a>,
    pub(crate) network: Pairs<'a>,
    pub(crate) timeout: Duration,
}

impl<'a> Ask<'a> {
    pub(crate) fn of(target: IpAddr) -> Self {
        Self { target, settings: &[], network: &[], timeout: PATIENT }
    }

    pub(crate) fn set(self, settings: Pairs<'a>) -> Self {
        Self { settings, ..self }
    }

    pub(crate) fn by(self, network: Pairs<'a>) -> Self {
        Self { network, ..self }
    }

    pub(crate) fn within(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    pub(crate) fn prepared(&self) -> Prepared {
        let raw = |pairs: Pairs<'_>| -> Vec<(String, Raw)> {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), Raw::Scalar((*value).to_owned()))).collect()
        };
        let url = if self.target.is_ipv4() { format!("icmp://{}", self.target) } else { format!("icmp://[{}]", self.target) };
        Prepared::new(&url, &raw(self.settings), &raw(self.network), &|_| false).unwrap()
    }
}

impl Prober {
    pub(crate) fn new() -> Self {
        Self { runtime: Builder::new_current_thread().enable_all().build().unwrap(), environment: Environment::new() }
    }

    pub(crate) async fn probe(&self, ask: Ask<'_>) -> ProbeResult {
        let target = TargetId::new("target").unwrap();
        ask.prepared().run(&self.environment, &target, Timestamp(0), ask.timeout).await.result
    }

    /// Probes once; what comes of it must be this.
    pub(crate) fn expect(&self, ask: Ask<'_>, wanted: &str) -> ProbeResult {
        let [result] = self.expect_all([ask], wanted);
        result
    }

    /// Probes all side by side; the same must come of each.
    pub(crate) fn expect_all<const N: usize>(&self, asks: [Ask<'_>; N], wanted: &str) -> [ProbeResult; N] {
        let results = self.runtime.block_on(join_all(asks.map(|ask| self.probe(ask))));
        for (ask, result) in asks.iter().zip(&results) {
            assert_eq!(shown(result), wanted, "{}: {}", ask.target, result.reason);
        }
        results.try_into().unwrap()
    }
}

/// Outcome, stage and cause in words, and who said so.
pub(crate) fn shown(result: &ProbeResult) -> String {
    let parts = [Some(result.outcome.word()), result.outcome.stage().map(Stage::as_str), result.outcome.cause()];
    let words = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    result.said_by.as_ref().map_or(words.clone(), |who| format!("{words} by {who}"))
}

/// A measurement as a number.
pub(crate) fn figure(result: &ProbeResult, name: &str) -> f64 {
    match result.measurements.iter().find(|(known, _)| known == name) {
        Some((_, Value::Integer(n))) => f64::from(i32::try_from(*n).unwrap()),
        Some((_, Value::Number(n))) => *n,
        other => panic!("{name}: {other:?} of {result:?}"),
    }
}

/// Sent, received, duplicates.
pub(crate) fn counts(result: &ProbeResult) -> [f64; 3] {
    ["sent", "received", "duplicates"].map(|name| figure(result, name))
}

/// A path whose neighbours know each other, so that no test waits for them.
pub(crate) fn met() -> Path {
    let path = Path::new();
    let prober = Prober::new();
    for target in [Path::SERVER, Path::SERVER6] {
        prober.expect(Ask::of(target), "up");
    }
    path
}

/// Runs the body with raw sockets, then with datagram ones.
pub(crate) fn with_each_kind(path: &Path, body: impl Fn(&Prober)) {
    for table in ["raw", "icmp"] {
        if table == "icmp" {
            path.client.sysctl("net.ipv4.ping_group_range", "0 0");
        }
        let prober = Prober::new();
        prober.expect(Ask::of([127, 0, 0, 1].into()), "up");
        assert_eq!(sockets(table), 1, "{table}");
        body(&prober);
    }
}

/// How many sockets are in one of the kernel's tables: `icmp`, `raw`, `icmp6`, `raw6`.
pub(crate) fn sockets(table: &str) -> usize {
    let text = std::fs::read_to_string(format!("/proc/thread-self/net/{table}")).unwrap();
    text.lines().count() - 1
}

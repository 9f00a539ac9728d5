//! Probing many targets at once, and comparing each with one line of what is wanted.

use std::net::IpAddr;
use std::time::Duration;

use allswell_model::{ProbeResult, Stage, TargetId, Timestamp};
use allswell_probe::{Environment, Prepared, Raw};
use futures_util::future::join_all;
use tokio::runtime::{Builder, Runtime};

/// Long enough for the kernel's own three seconds of neighbour resolution.
pub(crate) const PATIENT: Duration = Duration::from_secs(5);

/// The row's name, the target, and what is wanted: `down connect refused by 10.77.2.2`.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) url: String,
    pub(crate) network: Vec<(String, Raw)>,
    pub(crate) timeout: Duration,
    pub(crate) wanted: String,
}

impl Case {
    pub(crate) fn new(name: &str, host: IpAddr, port: u16, wanted: &str) -> Self {
        let url = if host.is_ipv4() { format!("tcp://{host}:{port}") } else { format!("tcp://[{host}]:{port}") };
        Self { name: name.to_owned(), url, network: Vec::new(), timeout: PATIENT, wanted: wanted.to_owned() }
    }

    pub(crate) fn within(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    pub(crate) fn with(mut self, setting: &str, value: &str) -> Self {
        self.network.push((setting.to_owned(), Raw::Scalar(value.to_owned())));
        self
    }

    async fn result(&self) -> ProbeResult {
        let prepared = Prepared::new(&self.url, &[], &self.network, &|_| false).unwrap();
        let target = TargetId::new(&self.url).unwrap();
        prepared.run(&Environment::new(), &target, Timestamp(0), self.timeout).await.result
    }
}

/// Outcome, stage and cause in words, and who said so.
fn shown(result: &ProbeResult) -> String {
    let parts = [Some(result.outcome.word()), result.outcome.stage().map(Stage::as_str), result.outcome.cause()];
    let words = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    result.said_by.as_ref().map_or(words.clone(), |who| format!("{words} by {who}"))
}

pub(crate) fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// Probes all side by side; those that differ from what is wanted are told together, with their sentences.
pub(crate) fn check(cases: &[Case]) -> Vec<ProbeResult> {
    check_on(&runtime(), cases)
}

pub(crate) fn check_on(runtime: &Runtime, cases: &[Case]) -> Vec<ProbeResult> {
    let results = runtime.block_on(join_all(cases.iter().map(Case::result)));
    let differ = cases.iter().zip(&results).filter(|(case, result)| shown(result) != case.wanted);
    let lines: Vec<String> = differ
        .map(|(case, result)| format!("{}: wanted `{}`, got `{}`: {}", case.name, case.wanted, shown(result), result.reason))
        .collect();
    assert!(lines.is_empty(), "{} of {} differ:\n{}", lines.len(), cases.len(), lines.join("\n"));
    results
}

//! Probing many targets at once, and comparing each with one line of what is wanted.

use std::sync::Arc;
use std::time::Duration;

use allswell_model::{ProbeResult, Stage, TargetId, Timestamp};
use allswell_probe::{Environment, Prepared, Raw};
use futures_util::future::join_all;
use tokio::runtime::{Builder, Runtime};

/// Shorter than the kernel's three seconds of neighbour resolution, so that the probe has to look for itself; but longer than one of
/// them, because a link that was just made may lose its first packet.
pub(crate) const BRIEF: Duration = Duration::from_millis(2500);

/// The URL, its network settings, and what is wanted: `down reply refused by 10.77.2.2`.
pub(crate) type Case = (&'static str, &'static [(&'static str, &'static str)], &'static str);

pub(crate) fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// Probes all side by side; those that differ from what is wanted are told together, with their sentences.
pub(crate) fn check(environment: &Arc<Environment>, cases: &[Case]) -> Vec<ProbeResult> {
    check_on(&runtime(), environment, cases)
}

/// The same on a runtime that was made before.
pub(crate) fn check_on(runtime: &Runtime, environment: &Arc<Environment>, cases: &[Case]) -> Vec<ProbeResult> {
    let results = runtime.block_on(join_all(cases.iter().map(|case| result(environment, case))));
    let differing: Vec<String> = cases
        .iter()
        .zip(&results)
        .filter(|((_, _, wanted), result)| shown(result) != *wanted)
        .map(|((url, _, wanted), result)| format!("{url}: wanted {wanted}, got {}: {}", shown(result), result.reason))
        .collect();
    assert!(differing.is_empty(), "\n{}", differing.join("\n"));
    results
}

async fn result(environment: &Arc<Environment>, (url, network, _): &Case) -> ProbeResult {
    let network: Vec<(String, Raw)> = network.iter().map(|(name, text)| ((*name).into(), Raw::Scalar((*text).into()))).collect();
    let prepared = Prepared::new(url, &[], &network, &|_| false).unwrap();
    prepared.run(environment, &TargetId::new(url).unwrap(), Timestamp(0), BRIEF).await.result
}

/// Outcome, stage and cause in words, and who said so.
fn shown(result: &ProbeResult) -> String {
    let parts = [Some(result.outcome.word()), result.outcome.stage().map(Stage::as_str), result.outcome.cause()];
    let words = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    result.said_by.as_ref().map_or(words.clone(), |who| format!("{words} by {who}"))
}

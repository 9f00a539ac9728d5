//! One run of a plan: the probe, then its expectations, under one deadline. `check` and the runner share it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use allswell_judge::expect::Expectation;
use allswell_model::{Degradation, DownCause, Outcome, ProbeResult, Stage, StageTimes, SubResult, TargetId, Timestamp, UnknownCause};
use allswell_probe::{Environment, Failure, Fields, Found};

use crate::plan::Plan;

/// Probes once and checks what is expected. It ends by the timeout, and dropping it earlier closes all that it opened.
pub async fn run_once(plan: &Plan, environment: &Arc<Environment>, started: Timestamp, timeout: Duration) -> ProbeResult {
    if plan.expects_nothing() {
        return plan.probe.run(environment, &plan.target.id, started, timeout).await.result;
    }
    let accept = |found: &Found| match failed(plan, found) {
        Some((cause, reason)) => Err(Failure::down(Stage::EXPECT, cause, reason)),
        None => Ok(()),
    };
    let found = plan.probe.accepting(&accept).run(environment, &plan.target.id, started, timeout).await;
    if !found.result.outcome.is_up() {
        return found.result;
    }
    expected(plan, found)
}

/// The result of a probe that could not even begin, because no runtime could.
#[must_use]
pub fn without_runtime(target: &TargetId, started: Timestamp, error: &std::io::Error) -> ProbeResult {
    let stage = Stage::PREPARE;
    let failure = allswell_probe::Failure::our_own(&stage, error).unwrap_or_else(|| {
        allswell_probe::Failure::unknown(
            stage,
            UnknownCause::NO_PERMISSION,
            format!("Not probed: the system refuses what a probe needs ({error})."),
        )
    });
    unprobed(target, started, failure.outcome, failure.reason)
}

/// A result of nothing but an outcome.
pub(crate) fn unprobed(target: &TargetId, started: Timestamp, outcome: Outcome, reason: String) -> ProbeResult {
    ProbeResult {
        target: target.clone(),
        started,
        duration: Duration::ZERO,
        outcome,
        reason,
        address: None,
        said_by: None,
        rtt: None,
        stages: StageTimes::default(),
        measurements: Vec::new(),
        degraded: None,
        sub_results: Vec::new(),
    }
}

impl Plan {
    fn expects_nothing(&self) -> bool {
        self.defaults.is_empty() && self.expect.is_empty() && self.warn.is_empty()
    }
}

fn expected(plan: &Plan, mut found: Found) -> ProbeResult {
    let begun = Instant::now();
    let others = std::mem::take(&mut found.others);
    let mut result = if others.is_empty() { judged(plan, found) } else { worst(plan, found, others) };
    let took = begun.elapsed();
    result.stages.add(&Stage::EXPECT, took);
    result.duration += took;
    result
}

fn judged(plan: &Plan, found: Found) -> ProbeResult {
    let failed = failed(plan, &found);
    let warned = if failed.is_none() { first_failed(&plan.warn, found.fields()) } else { None };
    let facts = found.facts;
    let mut result = found.result;
    if let Some((cause, reason)) = failed {
        result.outcome = Outcome::Down { stage: Stage::EXPECT, cause };
        result.reason = reason;
    }
    result.degraded = warned.map(|reason| Degradation { reason: with_facts(&reason, &facts) });
    result
}

/// What is expected is expected of each address. The first that fails speaks for all, else the first that is warned of.
fn worst(plan: &Plan, mut found: Found, others: Vec<Found>) -> ProbeResult {
    let mut sub_results = std::mem::take(&mut found.result.sub_results);
    let count = 1 + others.len();
    let mut result = judged(plan, found);
    let mut failed = note(&result, sub_results.first_mut());
    for (other, sub) in others.into_iter().zip(sub_results.iter_mut().skip(1)) {
        let other = judged(plan, other);
        failed += note(&other, Some(sub));
        if rank(&other) < rank(&result) {
            result = other;
        }
    }
    let address = result.address.clone().unwrap_or_default();
    let placed = |reason: &str| if reason.starts_with(&address) { reason.to_owned() } else { format!("{address}: {reason}") };
    if failed > 0 {
        result.reason = format!("{failed} of {count} addresses failed: {}", placed(&result.reason));
    }
    result.degraded = result.degraded.map(|degraded| Degradation { reason: placed(&degraded.reason) });
    result.sub_results = sub_results;
    result
}

fn rank(result: &ProbeResult) -> u8 {
    match (result.outcome.is_up(), &result.degraded) {
        (false, _) => 0,
        (true, Some(_)) => 1,
        (true, None) => 2,
    }
}

/// An address that does not meet what is expected has failed: 1, and it is noted; else 0.
fn note(result: &ProbeResult, sub: Option<&mut SubResult>) -> usize {
    if result.outcome.is_up() {
        return 0;
    }
    if let Some(sub) = sub {
        (sub.outcome, sub.reason) = (result.outcome.clone(), result.reason.clone());
    }
    1
}

fn failed(plan: &Plan, found: &Found) -> Option<(DownCause, String)> {
    let (fields, facts) = (found.fields(), found.facts.as_str());
    let of_protocol = plan.defaults.iter().find(|default| check(&default.expectation, fields).is_err());
    if let Some(default) = of_protocol {
        let who = found.result.address.as_deref().unwrap_or("The target");
        return Some((default.cause.clone(), format!("{who} answered {facts}; expected was {}.", default.wanted)));
    }
    let reason = first_failed(&plan.expect, fields)?;
    Some((DownCause::EXPECTATION, with_facts(&reason, facts)))
}

fn first_failed(expectations: &[Expectation], fields: Fields<'_>) -> Option<String> {
    expectations.iter().find_map(|expectation| check(expectation, fields).err())
}

fn check(expectation: &Expectation, fields: Fields<'_>) -> Result<(), String> {
    expectation.check_borrowed(&|name| fields.value(name)).map_err(|failed| failed.sentence)
}

/// `json.queue < 1000` failed: it was 4312 (HTTP 200, 31 ms).
fn with_facts(sentence: &str, facts: &str) -> String {
    if facts.is_empty() { format!("{sentence}.") } else { format!("{sentence} ({facts}).") }
}

#[cfg(test)]
mod tests;

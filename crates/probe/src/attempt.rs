//! One run of a probe at one address: its deadline, the stage it is in, and what it has found so far.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use allswell_model::{Measurements, Stage, StageTimes, Value};
use tokio::time::error::Elapsed;

use crate::environment::Environment;
use crate::failure::Failure;
use crate::network::Network;

/// Handed to [`crate::Probe::exchange`]; it outlives the exchange, so that a cancelled one still tells its stage.
#[derive(Debug, Clone)]
pub struct Attempt {
    pub(crate) environment: Arc<Environment>,
    pub(crate) network: Arc<Network>,
    deadline: Instant,
    timeout: Duration,
    stage: Stage,
    entered: Instant,
    pub(crate) times: StageTimes,
    pub(crate) measurements: Measurements,
    pub(crate) transient: Vec<(&'static str, Value)>,
    pub(crate) rtt: Option<Duration>,
    pub(crate) address: Option<String>,
    pub(crate) facts: String,
    pub(crate) awaited: &'static str,
}

impl Attempt {
    pub(crate) fn new(environment: Arc<Environment>, network: Arc<Network>, deadline: Instant, timeout: Duration) -> Self {
        Self {
            environment,
            network,
            deadline,
            timeout,
            stage: Stage::PREPARE,
            entered: Instant::now(),
            times: StageTimes::default(),
            measurements: Vec::new(),
            transient: Vec::new(),
            rtt: None,
            address: None,
            facts: String::new(),
            awaited: "answer",
        }
    }

    /// Another attempt of the same probe, at another address, with the time that is left.
    pub(crate) fn fork(&self) -> Self {
        Self::new(Arc::clone(&self.environment), Arc::clone(&self.network), self.deadline, self.timeout)
    }

    /// Ends the stage that runs and begins this one.
    pub fn enter(&mut self, stage: Stage) {
        self.finish_stage();
        self.stage = stage;
    }

    /// Ends the stage that runs, so that its time is counted.
    pub(crate) fn finish_stage(&mut self) {
        let now = Instant::now();
        if self.stage != Stage::PREPARE {
            self.times.add(&self.stage, now - self.entered);
        }
        self.entered = now;
    }

    /// The stage that runs.
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.stage.clone()
    }

    /// Since the stage that runs was entered.
    #[must_use]
    pub fn in_stage(&self) -> Duration {
        self.entered.elapsed()
    }

    /// When the whole probe ends.
    #[must_use]
    pub fn deadline(&self) -> Instant {
        self.deadline
    }

    /// How long the whole probe may take, for sentences.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Waits, but not beyond the deadline: for protocols that know more than "no answer" then.
    ///
    /// # Errors
    /// The deadline came first.
    pub async fn within<F: Future>(&self, wait: F) -> Result<F::Output, Elapsed> {
        tokio::time::timeout_at(self.deadline.into(), wait).await
    }

    /// Notes a declared measurement; a second value replaces the first.
    pub fn measure(&mut self, name: &'static str, value: impl Into<Value>) {
        let value = rounded(value.into());
        match self.measurements.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = value,
            None => self.measurements.push((name.into(), value)),
        }
    }

    /// Notes a declared field that only expectations see.
    pub fn expose(&mut self, name: &'static str, value: impl Into<Value>) {
        self.transient.retain(|(known, _)| *known != name);
        self.transient.push((name, value.into()));
    }

    /// The protocol's round trip.
    pub fn round_trip(&mut self, rtt: Duration) {
        self.rtt = Some(rtt);
    }

    /// The address that is tried now.
    pub fn at(&mut self, peer: SocketAddr) {
        self.address = Some(crate::failure::shown(peer));
    }

    /// Whether this address may be probed: asked before anything is sent to it.
    pub(crate) fn admits(&self, peer: SocketAddr) -> Result<(), Failure> {
        self.network.denied.as_ref().map_or(Ok(()), |denied| denied.check(peer.ip(), self.stage()))
    }

    /// What came, in a few words for the end of a sentence: `HTTP 200, 31 ms`.
    pub fn facts(&mut self, facts: impl Into<String>) {
        self.facts = facts.into();
    }

    /// What the exchange waits for now, in a few words for the sentence when the deadline comes: `answer`, `greeting`.
    pub fn awaits(&mut self, what: &'static str) {
        self.awaited = what;
    }
}

/// To a millionth, which is a nanosecond where the unit is a millisecond: the digits behind it are the floating point's own.
fn rounded(value: Value) -> Value {
    match value {
        Value::Number(number) => Value::Number((number * 1e6).round() / 1e6),
        other => other,
    }
}

#[cfg(test)]
mod tests;

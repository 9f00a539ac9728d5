//! The result of one run of a probe, and its one public shape as JSON.

use std::borrow::Cow;
use std::time::Duration;

use serde::{Deserialize, Serialize, Serializer};

use crate::field::Value;
use crate::ids::TargetId;
use crate::outcome::{Outcome, Stage};
use crate::time::Timestamp;

/// What one probe found. `check --json`, the API and expectations use the same names.
#[derive(Debug, Clone, PartialEq)]
pub struct ProbeResult {
    /// What was probed.
    pub target: TargetId,
    /// When the probe began.
    pub started: Timestamp,
    /// From its start to its last byte.
    pub duration: Duration,
    /// What came of it.
    pub outcome: Outcome,
    /// One sentence that an operator can act on; also when up.
    pub reason: String,
    /// The address that was tried, with its port where the protocol has one.
    pub address: Option<String>,
    /// Who said so: the address of a router, a resolver, or the target.
    pub said_by: Option<String>,
    /// The protocol's round trip.
    pub rtt: Option<Duration>,
    /// How long each stage took, in the order they ran.
    pub stages: StageTimes,
    /// The declared figures, in the order in which they were made.
    pub measurements: Measurements,
    /// An up result that a `warn` expectation failed on.
    pub degraded: Option<Degradation>,
    /// With `addresses: all` or `any`: one for each address that was tried.
    pub sub_results: Vec<SubResult>,
}

/// Measurements by name. The names are borrowed from the protocol's declaration, or owned when read back from disk.
pub type Measurements = Vec<(Cow<'static, str>, Value)>;

/// The `warn` expectation that failed on a target that is up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Degradation {
    /// One sentence: the expectation, and the figure that failed it.
    pub reason: String,
}

/// What was found at one of several addresses.
#[derive(Debug, Clone, PartialEq)]
pub struct SubResult {
    /// The address, with its port where the protocol has one.
    pub address: String,
    /// What came of it.
    pub outcome: Outcome,
    /// One sentence.
    pub reason: String,
    /// Who said so.
    pub said_by: Option<String>,
    /// The protocol's round trip.
    pub rtt: Option<Duration>,
    /// The declared figures.
    pub measurements: Measurements,
}

/// How long each stage took, in the order they ran. A stage that ran twice (a redirect) stands once, with the sum.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StageTimes(Vec<(Stage, Duration)>);

impl StageTimes {
    /// Adds time to a stage.
    pub fn add(&mut self, stage: &Stage, took: Duration) {
        match self.0.iter_mut().find(|(known, _)| known == stage) {
            Some((_, sum)) => *sum += took,
            None => self.0.push((stage.clone(), took)),
        }
    }

    /// The stages and their times, in the order they first ran.
    pub fn iter(&self) -> impl Iterator<Item = (&Stage, Duration)> {
        self.0.iter().map(|(stage, took)| (stage, *took))
    }

    /// The time of one stage.
    #[must_use]
    pub fn of(&self, stage: &Stage) -> Option<Duration> {
        self.0.iter().find(|(known, _)| known == stage).map(|(_, took)| *took)
    }

    /// How many stages ran.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none ran.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(Stage, Duration)> for StageTimes {
    fn from_iter<I: IntoIterator<Item = (Stage, Duration)>>(items: I) -> Self {
        let mut times = Self::default();
        for (stage, took) in items {
            times.add(&stage, took);
        }
        times
    }
}

/// Milliseconds with the microsecond as their last digit.
#[must_use]
pub(crate) fn milliseconds(d: Duration) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "2^53 microseconds are 285 years")]
    let micros = d.as_micros() as f64;
    micros / 1000.0
}

impl Serialize for StageTimes {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_map(self.0.iter().map(|(stage, took)| (stage.as_str(), milliseconds(*took))))
    }
}

#[derive(Serialize)]
struct SubShape<'a> {
    address: &'a str,
    outcome: &'static str,
    stage: Option<&'a str>,
    cause: Option<&'a str>,
    reason: &'a str,
    said_by: Option<&'a str>,
    rtt_ms: Option<f64>,
    measurements: Declared<'a>,
}

/// Measurements as a JSON object in their order.
struct Declared<'a>(&'a [(Cow<'static, str>, Value)]);

impl Serialize for Declared<'_> {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

#[derive(Serialize)]
struct Shape<'a> {
    target: &'a TargetId,
    started_us: Timestamp,
    duration_ms: f64,
    outcome: &'static str,
    stage: Option<&'a str>,
    cause: Option<&'a str>,
    reason: &'a str,
    address: Option<&'a str>,
    said_by: Option<&'a str>,
    rtt_ms: Option<f64>,
    stages_ms: &'a StageTimes,
    measurements: Declared<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    degraded: Option<&'a Degradation>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    addresses: Vec<SubShape<'a>>,
}

impl Serialize for ProbeResult {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        Shape {
            target: &self.target,
            started_us: self.started,
            duration_ms: milliseconds(self.duration),
            outcome: self.outcome.word(),
            stage: self.outcome.stage().map(Stage::as_str),
            cause: self.outcome.cause(),
            reason: &self.reason,
            address: self.address.as_deref(),
            said_by: self.said_by.as_deref(),
            rtt_ms: self.rtt.map(milliseconds),
            stages_ms: &self.stages,
            measurements: Declared(&self.measurements),
            degraded: self.degraded.as_ref(),
            addresses: self
                .sub_results
                .iter()
                .map(|sub| SubShape {
                    address: &sub.address,
                    outcome: sub.outcome.word(),
                    stage: sub.outcome.stage().map(Stage::as_str),
                    cause: sub.outcome.cause(),
                    reason: &sub.reason,
                    said_by: sub.said_by.as_deref(),
                    rtt_ms: sub.rtt.map(milliseconds),
                    measurements: Declared(&sub.measurements),
                })
                .collect(),
        }
        .serialize(s)
    }
}

#[cfg(test)]
mod tests;

//! Real results to fill a store with: probes of the bench's own server, whose times are then stretched to those of a network.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use allswell_engine::{Plan, run_once};
use allswell_model::{ProbeResult, StageTimes, TargetId, Timestamp, Value};
use allswell_probe::Environment;

use crate::child::Running;
use crate::engine_load::{Protocol, plan};
use crate::figures::Trouble;

/// A connection over loopback takes a tenth of one across a data centre, and its noise likewise.
const STRETCH: u32 = 10;

/// So many different results; more would not compress any worse.
const SAMPLES: usize = 4_000;

/// Results as probes of one protocol gave them.
pub(crate) struct Samples {
    all: Vec<ProbeResult>,
    seed: u64,
}

impl Samples {
    pub(crate) fn take(protocol: Protocol) -> Result<Self, Trouble> {
        let mut server = Running::role(&["serve", protocol.word()])?;
        let address = IpAddr::from([127, 0, 0, 1]);
        let plan = plan("sample", 0, protocol.url(address, server.port()?), Duration::from_secs(5))?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let all = runtime.block_on(probes(&plan));
        match all.iter().find(|result| !result.outcome.is_up()) {
            Some(failed) => Err(format!("a sample failed: {}", failed.reason).into()),
            None => Ok(Self { all, seed: 42 }),
        }
    }

    /// Some result, as if this target had given it at this time.
    pub(crate) fn next(&mut self, target: &TargetId, started: Timestamp) -> Result<Arc<ProbeResult>, Trouble> {
        let place = usize::try_from(self.below(self.all.len() as u64))?;
        let sample = self.all.get(place).ok_or("there are no samples")?;
        Ok(Arc::new(ProbeResult { target: target.clone(), started, ..sample.clone() }))
    }

    /// The same noise in every run.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        self.seed % end
    }
}

async fn probes(plan: &Plan) -> Vec<ProbeResult> {
    let environment = Environment::new();
    let mut all = Vec::with_capacity(SAMPLES);
    for _ in 0..SAMPLES {
        all.push(stretched(run_once(plan, &environment, Timestamp(0), Duration::from_secs(5)).await));
    }
    all
}

fn stretched(mut result: ProbeResult) -> ProbeResult {
    result.duration *= STRETCH;
    result.rtt = result.rtt.map(|rtt| rtt * STRETCH);
    result.stages = result.stages.iter().map(|(stage, took)| (stage.clone(), took * STRETCH)).collect::<StageTimes>();
    for (name, value) in &mut result.measurements {
        if let (true, Value::Number(milliseconds)) = (name.ends_with("_ms"), value) {
            // As a probe would have computed it: a product of its own would have other last digits, and more of them.
            let measured = Duration::from_secs_f64(*milliseconds / 1000.0) * STRETCH;
            *milliseconds = measured.as_secs_f64() * 1000.0;
        }
    }
    result
}

//! Runs the probes of one check side by side and hands on their results in the order of the arguments.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::time::Duration;

use allswell_engine::{Plan, run_once, without_runtime};
use allswell_model::{Outcome, ProbeResult, Stage, Timestamp, UnknownCause};
use allswell_probe::Environment;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use tokio::runtime::Runtime;

use super::asked::Asked;
use crate::exit::Exit;

/// How often the live line is renewed.
const TICK: Duration = Duration::from_millis(100);

/// More descriptors than tokio opens for itself: its event queue, its wake-up, its signals.
const RUNTIME_NEEDS: u64 = 8;

/// What is told while probes run.
pub(crate) enum News<'a> {
    /// These are still awaited, by their index.
    Waiting(&'a [usize]),
    /// The next result in the order of the arguments.
    Result(Box<ProbeResult>),
}

/// Who is told; an error ends the probing.
type Tell<'a> = dyn FnMut(News<'_>) -> Result<(), Exit> + 'a;

/// Probes each target once. Each result is told as soon as those before it have been.
///
/// # Errors
/// It ended early: the results cannot be told, or Ctrl-C came.
pub(crate) fn each(asked: &Asked, tell: &mut Tell<'_>) -> Result<(), Exit> {
    match runtime() {
        Ok(runtime) => runtime.block_on(async {
            tokio::select! {
                biased;
                () = interrupt() => Err(Exit::Interrupted),
                ended = side_by_side(asked, tell) => ended,
            }
        }),
        Err(error) => asked.plans.iter().try_for_each(|plan| tell(News::Result(Box::new(without_runtime(&plan.target.id, now(), &error))))),
    }
}

/// Ctrl-C. Where we cannot hear of it, it ends the process without us.
async fn interrupt() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// One thread is enough for what fits on a command line. Without descriptors tokio gives an error in some places
/// and panics in others; both are the same to us.
fn runtime() -> io::Result<Runtime> {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let built = panic::catch_unwind(|| tokio::runtime::Builder::new_current_thread().enable_all().build());
    panic::set_hook(hook);
    built.unwrap_or_else(|_| match std::fs::File::open("/dev/null") {
        Err(error) => Err(error),
        // What the attempt had opened is closed again, so there may be room for this one file.
        Ok(_) if allswell_os::limits::descriptors().is_ok_and(|now| now.open + RUNTIME_NEEDS > now.soft) => {
            Err(io::Error::from_raw_os_error(allswell_os::errno::EMFILE))
        }
        Ok(_) => Err(io::Error::other("the runtime could not start")),
    })
}

fn now() -> Timestamp {
    Timestamp(allswell_os::clock::wall_micros())
}

async fn side_by_side(asked: &Asked, tell: &mut Tell<'_>) -> Result<(), Exit> {
    let environment = Environment::new();
    let mut running: FuturesUnordered<_> =
        asked.plans.iter().enumerate().map(|(index, plan)| one(index, plan, &environment, asked.timeout)).collect();
    let mut pending: BTreeSet<usize> = (0..asked.plans.len()).collect();
    let mut ready = BTreeMap::new();
    let mut told = 0;
    let mut tick = tokio::time::interval(TICK);
    loop {
        tokio::select! {
            ended = running.next() => {
                let Some((index, result)) = ended else { return Ok(()) };
                pending.remove(&index);
                ready.insert(index, result);
                while let Some(result) = ready.remove(&told) {
                    tell(News::Result(Box::new(result)))?;
                    told += 1;
                }
            }
            _ = tick.tick(), if !pending.is_empty() => tell(News::Waiting(&pending.iter().copied().collect::<Vec<_>>()))?,
        }
    }
}

/// Probes one target, with nothing shared with any other probe.
pub(crate) fn alone(plan: &Arc<Plan>) -> io::Result<ProbeResult> {
    let environment = Environment::new();
    let (_, result) = runtime()?.block_on(one(0, plan, &environment, plan.target.policy.timeout));
    Ok(result)
}

/// A panic is a bug of that probe alone.
async fn one(index: usize, plan: &Arc<Plan>, environment: &Arc<Environment>, timeout: Duration) -> (usize, ProbeResult) {
    let started = now();
    let probe = AssertUnwindSafe(run_once(plan, environment, started, timeout)).catch_unwind();
    let result = probe.await.unwrap_or_else(|_| {
        let mut result = without_runtime(&plan.target.id, started, &io::Error::other("a bug"));
        result.outcome = Outcome::Unknown { stage: Stage::PREPARE, cause: UnknownCause::BUG };
        result.reason = "Not judged: a bug in this probe; please report it with the lines above.".to_owned();
        result
    });
    (index, result)
}

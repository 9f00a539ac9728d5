//! When to probe, and the one pipeline from a result to the store.
//!
//! [`start`] makes two threads: `probes` (schedule and probes, one runtime) and `pipeline` (judge and store, the single writer).
//! [`run_once`] is a single probe with its expectations, for `check`.

mod alarm;
mod clock;
mod counters;
mod engine;
mod lag;
mod outbox;
mod pipe;
mod pipeline;
mod plan;
mod repeat;
mod runner;
mod schedule;
mod trip;

pub use counters::Counters;
pub use engine::{Counted, Engine, EngineSettings, StartError, start};
pub use plan::{Place, Plan, PlanMistake, Wanted};
pub use repeat::tells_of_a_secret;
pub use trip::{run_once, without_runtime};

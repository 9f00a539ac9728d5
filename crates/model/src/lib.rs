//! The words of Allswell: target, probe result, status, event, and what they are made of.
//!
//! Nothing here reads a clock, opens a socket or touches a file: times are arguments.

mod event;
mod field;
mod ids;
mod inlet;
mod outcome;
mod result;
mod status;
mod target;
mod time;

pub use event::{Event, EventBody, Stamp};
pub use field::{COMMON_FIELDS, Field, Keep, Kind, Unit, Value};
pub use ids::{BootEpoch, IdError, NAME_LIMIT, NodeId, Seq, TargetId, TargetName};
pub use inlet::{Full, Inlet};
pub use outcome::{DownCause, Outcome, Stage, UnknownCause};
pub use result::{Degradation, Measurements, ProbeResult, StageTimes, SubResult};
pub use status::{Mark, Status, Transition};
pub use target::{AddressPolicy, Origin, Policy, Target};
pub use time::Timestamp;

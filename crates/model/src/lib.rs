//! The words of Allswell: target, probe result, status, event, and what they are made of.
//!
//! Nothing here reads a clock, opens a socket or touches a file: times are arguments.

mod alert;
mod event;
mod field;
mod ids;
mod incident;
mod inlet;
pub mod link;
mod outbox;
mod outcome;
pub mod quantity;
mod result;
pub mod settings;
mod status;
mod target;
mod time;

pub use alert::{AFFECTED_AT_MOST, Affected, Alert, AlertKind, Alerting};
pub use event::{Event, EventBody, Stamp};
pub use field::{COMMON_FIELDS, Field, Keep, Kind, Unit, Value};
pub use ids::{AlertKey, BootEpoch, ChannelName, IdError, IncidentId, NAME_LIMIT, NodeId, Seq, TargetId, TargetName};
pub use incident::Incident;
pub use inlet::{Full, Inlet, Telling};
pub use outbox::{Attempted, Outbox, Pending, Sent};
pub use outcome::{DownCause, Outcome, Stage, UnknownCause};
pub use result::{Degradation, Measurements, ProbeResult, StageTimes, SubResult};
pub use status::{Mark, Status, Transition};
pub use target::{AddressPolicy, Origin, Policy, Target};
pub use time::Timestamp;

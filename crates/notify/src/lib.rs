//! Sends the alerts that wait in the outbox: at least once, in order within an incident, by channels of which none delays another.
//!
//! A thread of its own ([`start`]) follows a [`Outbox`](allswell_model::Outbox). Each kind of channel is a file under `channels/` and an
//! entry in [`CHANNELS`]. Which alerts there are is decided elsewhere; nothing is sent before it waits there.

mod attempt;
mod backoff;
mod channel;
mod channels;
mod client;
mod counters;
mod declaration;
mod document;
mod heartbeat;
mod lanes;
mod notes;
mod notifier;
mod registry;
mod sample;
mod secrets;
mod sender;
mod set;
mod template;
mod variables;

pub use backoff::{FAIR_ATTEMPTS, GIVE_UP_AFTER, LONGEST_WAIT};
pub use channel::{Channel, ChannelKind, Letter, Refusal};
pub use counters::{ChannelCounters, Counters, HeartbeatCounters};
pub use declaration::{Declaration, Example, Shown};
pub use heartbeat::{HEARTBEAT_SETTINGS, Heartbeat};
pub use notifier::{Notifier, StartError, Wall, start};
pub use registry::{CHANNELS, kind_of};
pub use sender::GRACE;
pub use set::Channels;
pub use variables::VARIABLES;

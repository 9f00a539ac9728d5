//! Active probes. A protocol is one file under `protocols/` and one entry in [`PROTOCOLS`];
//! what every protocol shares (deadline, stages, resolving, connecting, addresses) stands beside them.
//!
//! Here a dead target is a value. Nothing in this crate judges over time, stores or schedules.

mod addresses;
mod attempt;
mod blame;
mod certificate;
mod connect;
mod denied;
mod dialog;
mod dns_exchange;
mod echo;
mod ending;
mod environment;
mod failure;
mod handshake;
mod joined;
mod locator;
mod network;
mod prepared;
mod protocol;
mod protocols;
mod registry;
mod resolver;
mod wire;

pub use allswell_model::quantity::{duration, shown_duration, size};
pub use allswell_model::settings::{Mistake, Raw, Setting, SettingKind, SettingSpec, Settings, nearest};
pub use attempt::Attempt;
pub use denied::{Denied, NoRange, Range};
pub use environment::Environment;
pub use failure::Failure;
pub use locator::{Endpoint, Host, Locator};
pub use network::{Family, NETWORK_SETTINGS, Network};
pub use prepared::{Accepting, Fields, Found, Prepared};
pub use protocol::{Declaration, DefaultExpectation, Part, Probe, Protocol, Request, Scheme};
pub use registry::{PROTOCOLS, all_fields, protocol_of_scheme};
pub use resolver::{Sources, system_resolvers};

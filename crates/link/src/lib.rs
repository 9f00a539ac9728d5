//! The link protocol: what two nodes say to each other to know whether, and how well, they reach each other.
//!
//! There is no socket and no clock in here: packets and moments are handed in, packets and events are taken out. So every order in
//! which things can happen can be tried. docs/link-protocol.md is the protocol in words.

mod agenda;
pub mod bfd;
mod bucket;
mod chance;
mod cookie;
pub mod dropped;
pub mod endpoint;
pub mod happening;
pub mod ids;
pub mod key;
pub mod machine;
pub mod measure;
pub mod outbox;
pub mod session;
pub mod table;
pub mod terms;
pub mod time;
pub mod timer;
pub mod window;
pub mod wire;

//! The link protocol: what two nodes say to each other to know whether, and how well, they reach each other.
//!
//! There is no socket and no clock in here: packets and moments are handed in, packets and events are taken out. So every order in
//! which things can happen can be tried. docs/link-protocol.md is the protocol in words.

pub mod ids;
pub mod time;

//! How to use this library, and what not to believe.
//!
//! | page | for whom |
//! |---|---|
//! | [verdicts] | who reads one in a log at three in the morning, and wants to know what to do |
//! | [numbers] | who sets keepalive, a user time-out or a heartbeat |
//! | [advice] | who was told how to find a dead peer, and wonders why it does not work |
//!
//! Two examples show it: `dead_peer` pulls the cable of a server, kills, stops and reboots it, and prints what each end sees;
//! `pool_checkout` is a pool that asks before it hands a connection out.

#[doc = include_str!("manual/advice.md")]
pub mod advice {}

#[doc = include_str!("manual/numbers.md")]
pub mod numbers {}

pub mod verdicts;

#[cfg(test)]
mod tests;

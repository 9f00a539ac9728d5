//! What results mean: whether one meets what is expected of it, and what status many of them amount to.
//!
//! Nothing here reads a clock, opens a socket or waits: `now` is an argument, timers are data.
//!
//! # Expectations
//!
//! When the configuration is read: [`expect::Scope::new`] with the fields of the target's protocol, then
//! [`expect::Expectation::compile`] for each text. While a probe runs: [`expect::Expectation::check_borrowed`] with the
//! values it found.
//!
//! # Status
//!
//! One [`Judge`], owned by the one writer of the pipeline:
//!
//! 1. [`Judge::watch`] for each target, with the [`Standing`] it had before a restart ([`Standing::recovered`]) or none;
//!    again whenever its policy changes. [`Judge::forget`] when it is removed.
//! 2. [`Judge::hear`] for each result, in the order they came. [`Heard::recheck`] tells the schedule to probe sooner.
//! 3. Between results wait until [`Judge::next_deadline`] at the latest, then call [`Judge::tick`]; afterwards
//!    [`Judge::take_marked`] names the targets whose marks changed without a transition.
//! 4. [`Judge::clock_jumped`] when the wall clock was set, before anything else is told with the new time.
//!
//! Every transition that is returned has happened: it must be stored.

pub mod expect;
mod judge;
mod rows;
mod standing;
mod status;
mod timers;

pub use judge::{Heard, Judge};
pub use standing::Standing;

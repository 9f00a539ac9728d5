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
//!
//! # Incidents
//!
//! One [`Incidents`] beside the judge, told of all that the judge decides:
//!
//! 1. [`Incidents::new`] with the open incidents that the store has.
//! 2. [`Incidents::watch`] for each target of the first set, after [`Judge::watch`]: with the standing as the judge has
//!    it by now, the incident that the store kept with it, and the transition that decided it. The whole set comes
//!    before the next [`Incidents::settle`], which ends the recovered incidents that nobody is in. Where the first set is
//!    empty, [`Incidents::watched_all`] says that it was watched. Again for each target of each later set (what did not
//!    change does no harm), and [`Incidents::forget`] for those that are removed.
//! 3. [`Incidents::turned`] for each transition, whoever returned it; [`Incidents::cause_changed`] for each result of
//!    which [`Heard::cause_changed`] is true.
//! 4. [`Incidents::settle`] before each commit, and at [`Incidents::next_deadline`] at the latest. What it returns belongs
//!    into that same commit, with the transitions and standings that led to it: then an alert is never sent before what
//!    it tells is on disk, and never forgotten once it is.
//! 5. [`Incidents::clock_jumped`] when the wall clock was set, before anything else is told with the new time.
//!
//! A target of which somebody is to be told (`Alerting`) and whose status is one of those that are told belongs to
//! exactly one open incident. It joins one for the same trouble that grew within five minutes, else begins one. Trouble
//! that eases, and the unknown, stay in their incident until they are over; trouble that grows to down begins another,
//! told no later than the old one's end.

pub mod expect;
mod incidents;
mod judge;
mod rows;
mod said_by;
mod standing;
mod status;
mod timers;

pub use incidents::{Decided, Incidents, Stood, UNKNOWN_WAKES_AFTER};
pub use judge::{Heard, Judge};
pub use standing::Standing;

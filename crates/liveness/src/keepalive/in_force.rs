//! What a socket has, and what follows from it. Pure but for the list of what this system lacks.

use std::time::Duration;

use allswell_os::keepalive::{self as os, Knob};

use crate::keepalive::conditions::Conditions;
use crate::keepalive::lack::Lack;
use crate::keepalive::noticed::{NotReading, Noticed};
use crate::keepalive::timers;
use crate::keepalive::warning::Warning;
use crate::keepalive::when::When;

/// What a socket has in force. A figure that the system does not tell is absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct InForce {
    /// Whether probes are sent at all; the three figures exist either way.
    pub on: bool,
    /// How long nothing may come before the first probe.
    pub idle: Option<Duration>,
    /// How long between two probes.
    pub interval: Option<Duration>,
    /// How many probes may stay unanswered when there is no user time-out.
    pub count: Option<u32>,
    /// How long data may stay unacknowledged, or a peer not read; absent when there is no such limit.
    pub user_timeout: Option<Duration>,
}

impl From<os::Reading> for InForce {
    fn from(read: os::Reading) -> Self {
        let os::Reading { on, idle, interval, count, user_timeout } = read;
        // The kernel writes none as zero.
        Self { on, idle, interval, count, user_timeout: user_timeout.filter(|limit| !limit.is_zero()) }
    }
}

impl InForce {
    /// What that means for a connection under these conditions. Pure: no socket is asked.
    #[must_use]
    pub fn noticed(&self, conditions: &Conditions) -> Noticed {
        let probing = self.probing();
        let idle = match probing {
            _ if !self.on => When::Never,
            Some(probing) => When::After(probing.ends),
            None => When::Unknown,
        };
        let (in_flight, not_reading) = match self.user_timeout {
            Some(limit) => bounded(limit, conditions),
            None => unbounded(conditions),
        };
        Noticed { idle, in_flight, not_reading, warnings: self.warnings(probing, in_flight, not_reading), lacks: Lack::of_this_system() }
    }

    /// How the probes go, when they are on and all three figures are known.
    fn probing(&self) -> Option<Probing> {
        let (idle, interval, count) = (self.idle?, self.interval?, self.count?);
        let probes = match self.user_timeout {
            Some(limit) => timers::probes_until(limit, idle, interval),
            None => count,
        };
        Some(Probing { count, probes, ends: idle.saturating_add(interval.saturating_mul(probes)) }).filter(|_| self.on)
    }

    fn warnings(&self, probing: Option<Probing>, in_flight: When, not_reading: NotReading) -> Vec<Warning> {
        let mut warnings = Vec::new();
        if !self.on {
            warnings.push(Warning::Off);
        }
        if let Some(Probing { count, probes, .. }) = probing {
            if probes != count {
                warnings.push(Warning::OverridesCount { count, probes });
            }
            if probes == 1 {
                warnings.push(Warning::OneProbe);
            }
        }
        match (self.user_timeout, not_reading.alive) {
            (Some(_), When::After(after)) => warnings.push(Warning::EndsSlowReader { after }),
            // Where there is no such option it is a lack, and whether probes go on beside data was not measured.
            (None, _) if !os::MISSING.contains(&Knob::UserTimeout) => warnings.push(Warning::NoUserTimeout { in_flight }),
            _ => {}
        }
        warnings
    }
}

/// How a dead peer is probed.
#[derive(Debug, Clone, Copy)]
struct Probing {
    /// What the count says.
    count: u32,
    /// How many are truly sent.
    probes: u32,
    /// Since when nothing came, when it ends.
    ends: Duration,
}

/// With a user time-out: it runs from the first retransmission, or from the first probe of a shut window.
fn bounded(limit: Duration, conditions: &Conditions) -> (When, NotReading) {
    let in_flight = When::After(timers::first_retransmission(conditions.rto).saturating_add(limit));
    let shut = When::After(conditions.rto.saturating_add(limit));
    (in_flight, NotReading { alive: shut, dead: shut })
}

/// Without: as many retransmissions as the system allows, and a living peer may keep its window shut for ever (RFC 1122, 4.2.2.17).
fn unbounded(conditions: &Conditions) -> (When, NotReading) {
    let Some(retries) = conditions.retries else {
        return (When::Unknown, NotReading { alive: When::Never, dead: When::Unknown });
    };
    let (rto, longest) = (conditions.rto, conditions.longest_rto);
    let in_flight = When::After(timers::retransmissions_end(rto, longest, retries));
    let (at_least, at_most) = timers::window_probes_end(rto, longest, retries);
    (in_flight, NotReading { alive: When::Never, dead: When::Between { at_least, at_most } })
}

//! What one end says of its connection over time: only what is new.

use allswell_liveness::{State, Verdict};

use crate::record::PROBE;

/// The memory of one end of one connection.
#[derive(Debug, Default)]
pub(crate) struct Track {
    state: Option<&'static str>,
    /// Whether it stood, seen from here, was said already: with keepalive it goes from idle to alive and back for ever.
    told: Vec<&'static str>,
    probes: u8,
}

impl Track {
    /// The state's name and the sentence, when there is something new.
    pub(crate) fn look(&mut self, verdict: &Verdict) -> Option<(&'static str, String)> {
        let name = verdict.state.name();
        let probes = verdict.evidence.tcp.as_ref().map_or(0, |tcp| tcp.probes);
        let another = probes > self.probes && !verdict.state.is_end();
        self.probes = probes;
        if self.state.replace(name) == Some(name) {
            // The sentence of a stall counts the probes itself.
            return another.then(|| match verdict.state {
                State::Stalled { .. } => (PROBE, verdict.to_string()),
                _ => (PROBE, format!("{verdict} Unanswered probes so far: {probes}.")),
            });
        }
        let stands = matches!(verdict.state, State::Alive | State::Idle);
        if !stands {
            self.told.clear();
        } else if self.told.contains(&name) && !another {
            return None;
        }
        self.told.push(name);
        Some((name, verdict.to_string()))
    }
}

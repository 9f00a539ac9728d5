//! What the page tells of links, as far as it is shown here. The API may tell more: what is not known here is passed over.

use serde::Deserialize;

/// What the asked node knows.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Told {
    /// Who tells.
    pub(crate) node: String,
    /// When.
    pub(crate) at_us: i64,
    /// The worst first.
    pub(crate) findings: Vec<Finding>,
    /// Its own links.
    pub(crate) own: Vec<Own>,
}

/// What links together tell.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Finding {
    pub(crate) sentence: String,
}

/// One of its links.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Own {
    pub(crate) peer: String,
    pub(crate) protocol: String,
    pub(crate) address: String,
    pub(crate) state: String,
    pub(crate) since_us: i64,
    pub(crate) reason: String,
    pub(crate) interval_ms: f64,
    pub(crate) detection_ms: f64,
    pub(crate) rtt: Option<Rtt>,
    pub(crate) rtt_all: Option<Rtt>,
    pub(crate) jitter_ms: Option<f64>,
    pub(crate) loss_forward: Option<f64>,
    pub(crate) loss_reverse: Option<f64>,
    pub(crate) recent: Vec<Point>,
    pub(crate) sessions: Vec<Session>,
}

/// Quantiles of round trips.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct Rtt {
    pub(crate) p50_ms: f64,
    pub(crate) p90_ms: f64,
    pub(crate) p99_ms: f64,
}

/// One second.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Point {
    pub(crate) at_us: i64,
    pub(crate) rtt_ms: Option<f64>,
    pub(crate) loss_forward: Option<f64>,
    pub(crate) loss_reverse: Option<f64>,
    pub(crate) state: String,
}

/// One run of the protocol.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Session {
    pub(crate) id: String,
    pub(crate) ended_us: Option<i64>,
    pub(crate) cause: Option<String>,
    pub(crate) sentence: Option<String>,
}

impl Own {
    /// The newest session that ended.
    pub(crate) fn last_end(&self) -> Option<&Session> {
        self.sessions.iter().find(|session| session.ended_us.is_some())
    }

    /// The session that stands.
    pub(crate) fn standing(&self) -> Option<&Session> {
        self.sessions.first().filter(|session| session.ended_us.is_none())
    }
}

#[cfg(test)]
pub(crate) mod tests;

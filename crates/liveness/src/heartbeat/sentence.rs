//! The sentence of each condition: what is so, the figures, and where to look.

use std::fmt;

use super::condition::Condition;

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Ended(state) => write!(f, "the connection has ended ({state:?}), which is no silence: a read says how"),
            Self::NotWritten { last_sent } => {
                write!(
                    f,
                    "our own program handed nothing to the kernel for {last_sent:.1?}, so the ping is still ours: a write waits or was not flushed"
                )
            }
            Self::NotSent { waiting, last_ack } => write!(
                f,
                "our own host does not send {} though the peer would take it, last acknowledged {last_ack:.1?} ago: look at the local firewall, route and link",
                Bytes(waiting)
            ),
            Self::Unheard { last_data } => write!(
                f,
                "data came {last_data:.1?} ago, but no whole frame was heard: our own reader is behind, or one long frame is still on its way"
            ),
            Self::KernelSilent { waiting, tries, last_ack } => write!(
                f,
                "the peer's host or the path to it is dead: {} unacknowledged though tried again (times: {tries}), last acknowledged {last_ack:.1?} ago: look at the \
                 host, the network, and firewalls that forgot the connection",
                Bytes(waiting)
            ),
            Self::ApplicationSilent { waiting: 0, last_ack, .. } => write!(
                f,
                "the peer's kernel has the ping and was heard {last_ack:.1?} ago, but its application does not answer: stopped, hung or far behind; \
                 look at the process, not at the network"
            ),
            Self::ApplicationSilent { waiting, still, last_ack } => write!(
                f,
                "the peer's kernel was heard {last_ack:.1?} ago, but its application has made no room for {still:.1?} and {} wait: stopped or hung; \
                 look at the process, not at the network",
                Bytes(waiting)
            ),
            Self::SlowReader { waiting, took, within, still } => write!(
                f,
                "the peer's application reads, but slowly: it made room for {} in {within:.1?}, last {still:.1?} ago, and {} still wait: send less, or find \
                 what keeps it busy",
                Bytes(took),
                Bytes(waiting)
            ),
            Self::SlowPath { waiting, carried, within } => write!(
                f,
                "the path is slow: {} acknowledged in {within:.1?}, and {} wait though the peer would take them: look for loss or a narrow link",
                Bytes(carried),
                Bytes(waiting)
            ),
            Self::Unclear { waiting, last_ack } => {
                write!(
                    f,
                    "not clear yet: {} wait, the peer's kernel was heard {last_ack:.1?} ago; the next miss tells more",
                    Bytes(waiting)
                )
            }
        }
    }
}

/// `12 bytes`, `34.1 kB`, `1.2 MB`.
struct Bytes(u64);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0 as f64;
        match self.0 {
            0..1_000 => write!(f, "{} bytes", self.0),
            1_000..1_000_000 => write!(f, "{:.1} kB", count / 1e3),
            _ => write!(f, "{:.1} MB", count / 1e6),
        }
    }
}

#[cfg(test)]
mod tests;

//! An outcome that is not up, with its sentence; and whose fault an error of the system is.

use std::io;

use allswell_model::{DownCause, Outcome, Stage, UnknownCause};
use allswell_os::errno;

/// Why an exchange ended early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Down or unknown.
    pub outcome: Outcome,
    /// One sentence, with its full stop.
    pub reason: String,
    /// Who said so.
    pub said_by: Option<String>,
}

impl Failure {
    /// The target's fault, or the network's on the way to it.
    pub fn down(stage: Stage, cause: DownCause, reason: impl Into<String>) -> Self {
        Self { outcome: Outcome::Down { stage, cause }, reason: reason.into(), said_by: None }
    }

    /// Our own fault.
    pub fn unknown(stage: Stage, cause: UnknownCause, reason: impl Into<String>) -> Self {
        Self { outcome: Outcome::Unknown { stage, cause }, reason: reason.into(), said_by: None }
    }

    /// The same, with who said so.
    #[must_use]
    pub fn said_by(mut self, who: impl std::fmt::Display) -> Self {
        self.said_by = Some(who.to_string());
        self
    }

    /// The same at another stage: what is known of connecting holds for datagrams and for resolvers too.
    #[must_use]
    pub fn at(mut self, at: Stage) -> Self {
        match &mut self.outcome {
            Outcome::Up => {}
            Outcome::Down { stage, .. } | Outcome::Unknown { stage, .. } => *stage = at,
        }
        self
    }

    /// An error that is our own whatever we were doing: no descriptors, no memory, not permitted. `None` for all others.
    #[must_use]
    pub fn our_own(stage: &Stage, error: &io::Error) -> Option<Self> {
        let unknown = |cause, reason: String| Some(Self::unknown(stage.clone(), cause, reason));
        match error.raw_os_error()? {
            errno::EMFILE => unknown(UnknownCause::NO_DESCRIPTORS, no_descriptors()),
            errno::ENFILE => {
                unknown(UnknownCause::NO_DESCRIPTORS, "Not probed: the system's table of open files is full; raise fs.file-max.".into())
            }
            errno::ENOMEM | errno::ENOBUFS => {
                unknown(UnknownCause::NO_MEMORY, "Not probed: the kernel has no memory for another socket.".into())
            }
            _ => None,
        }
    }
}

fn no_descriptors() -> String {
    match allswell_os::limits::descriptors() {
        Ok(limit) => format!("Not probed: our {} descriptors are used up; raise LimitNOFILE.", limit.soft),
        Err(_) => "Not probed: our descriptors are used up; raise LimitNOFILE.".into(),
    }
}

/// An address as sentences and results show it: with its port where it has one, IPv6 in brackets then.
pub(crate) fn shown(peer: std::net::SocketAddr) -> String {
    if peer.port() == 0 { peer.ip().to_string() } else { peer.to_string() }
}

//! What was heard of the servers while a question is under way: who is silent, who complained. Shared with all who wait.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use hickory_proto::op::ResponseCode;

use crate::failure::Failure;

/// Written by the question, read by those whose deadline comes first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Progress(Arc<Mutex<Heard>>);

/// Who said what, in the order in which it came.
#[derive(Debug, Clone, Default)]
pub(crate) struct Heard {
    /// Asked, and nothing came back.
    pub(crate) silent: Vec<SocketAddr>,
    /// Asked, and this came instead of an answer.
    pub(crate) complaints: Vec<(SocketAddr, Complaint)>,
}

/// Instead of an answer.
#[derive(Debug, Clone)]
pub(crate) enum Complaint {
    /// A code that is no answer: SERVFAIL, REFUSED, ...
    Code(ResponseCode),
    /// The server cannot be reached; why, for the end of a sentence.
    Unreachable(String),
    /// It answers, but in no way that can be used; why, for the end of a sentence.
    Broken(String),
    /// It could not be asked, through our own fault.
    Ours(Failure),
}

impl Progress {
    /// The server was sent the question.
    pub(crate) fn asked(&self, server: SocketAddr) {
        self.with(|heard| {
            if !heard.silent.contains(&server) {
                heard.silent.push(server);
            }
        });
    }

    /// The server said this.
    pub(crate) fn complained(&self, server: SocketAddr, complaint: Complaint) {
        self.with(|heard| {
            heard.silent.retain(|silent| *silent != server);
            heard.complaints.push((server, complaint));
        });
    }

    /// What was heard up to now.
    pub(crate) fn heard(&self) -> Heard {
        self.with(|heard| heard.clone())
    }

    fn with<R>(&self, look: impl FnOnce(&mut Heard) -> R) -> R {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Heard {
    /// Both what this and another question heard.
    pub(crate) fn and(mut self, other: Self) -> Self {
        for server in other.silent {
            if !self.silent.contains(&server) {
                self.silent.push(server);
            }
        }
        self.complaints.extend(other.complaints);
        self
    }
}

//! What was heard of the servers while a question is under way: who is silent, who complained, what came beside that.
//! Shared with all who wait.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use hickory_proto::op::ResponseCode;

use crate::dns_exchange::Stranger;
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
    /// What came from a server without being an answer or a complaint.
    pub(crate) beside: Vec<(SocketAddr, Beside)>,
}

/// What came from one server and did not help.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Beside {
    /// Replies with a wrong id or question: forged, or strayed.
    pub(crate) foreign: u32,
    /// Datagrams that are not DNS.
    pub(crate) noise: u32,
    /// Its answer by UDP was cut, so that it was asked by TCP.
    pub(crate) cut: bool,
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

    /// This came from the server, and was no answer to the question.
    pub(crate) fn strayed(&self, server: SocketAddr, stranger: &Stranger) {
        self.with(|heard| match stranger {
            Stranger::Noise => heard.beside_of(server).noise += 1,
            Stranger::Foreign | Stranger::Garbled(_) => heard.beside_of(server).foreign += 1,
        });
    }

    /// The server's answer by UDP was cut.
    pub(crate) fn cut(&self, server: SocketAddr) {
        self.with(|heard| heard.beside_of(server).cut = true);
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
        for (server, more) in other.beside {
            let beside = self.beside_of(server);
            beside.foreign += more.foreign;
            beside.noise += more.noise;
            beside.cut |= more.cut;
        }
        self
    }

    /// What came from a server without being an answer or a complaint.
    pub(crate) fn beside(&self, server: SocketAddr) -> Beside {
        self.beside.iter().find(|(known, _)| *known == server).map(|(_, beside)| *beside).unwrap_or_default()
    }

    fn beside_of(&mut self, server: SocketAddr) -> &mut Beside {
        let at = self.beside.iter().position(|(known, _)| *known == server).unwrap_or_else(|| {
            self.beside.push((server, Beside::default()));
            self.beside.len() - 1
        });
        #[expect(clippy::indexing_slicing, reason = "the index was found, or is that of what was just pushed")]
        &mut self.beside[at].1
    }
}

//! How a question was lost, and to whom: the server is the target here, so what is not our own fault is its, or the way's.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use allswell_model::{DownCause, Stage};
use allswell_os::socket::{StartError, Step};

use crate::attempt::Attempt;
use crate::blame::Blame;
use crate::connect;
use crate::dns_exchange::{Asking, Trouble};
use crate::ending::Ending;
use crate::failure::{Failure, shown};
use crate::handshake;
use crate::network::Network;
use allswell_model::quantity::spoken;

/// What is known when it happens.
pub(crate) struct Lost {
    stage: Stage,
    peer: SocketAddr,
    took: Duration,
    network: Arc<Network>,
}

impl Lost {
    /// In the stage that runs.
    pub(crate) fn on(attempt: &Attempt, peer: SocketAddr) -> Self {
        Self { stage: attempt.stage(), peer, took: attempt.in_stage(), network: Arc::clone(&attempt.network) }
    }

    /// A datagram found trouble.
    pub(crate) fn datagram(&self, trouble: Trouble) -> Failure {
        match trouble {
            Trouble::NotStarted(start) => connect::not_started(&start, self.peer, &self.network.via).at(self.stage.clone()),
            Trouble::Said(said) => self.blame().icmp(&said),
            // Sending fails for the reasons for which connecting does.
            Trouble::System(error) => {
                let start = StartError { step: Step::Connect, error };
                connect::not_started(&start, self.peer, &self.network.via).at(self.stage.clone())
            }
            Trouble::Closed(_) | Trouble::NotDns(_) => self.not_dns(&trouble),
        }
    }

    /// A stream found trouble.
    pub(crate) fn stream(&self, trouble: Trouble) -> Failure {
        match trouble {
            Trouble::System(error) => {
                Failure::our_own(&self.stage, &error).or_else(|| handshake::lost(&error, self.peer)).unwrap_or_else(|| {
                    Ending::of(&error).failure(self.stage.clone(), self.peer, &format!("{} after the question", spoken(self.took)))
                })
            }
            Trouble::Closed(0) => Ending::Closed.failure(self.stage.clone(), self.peer, "without an answer"),
            Trouble::Closed(n) => Ending::Closed.failure(self.stage.clone(), self.peer, &format!("after {n} bytes of its answer")),
            other => self.datagram(other),
        }
    }

    /// The deadline came. Before the server is blamed, our own neighbourhood is looked at, and what came instead of an answer.
    pub(crate) fn silent(&self, asking: &Asking<'_>) -> Failure {
        if let Some(failure) = self.blame().missing_neighbour() {
            return failure;
        }
        let at = shown(self.peer);
        if asking.noise > 0 {
            let noun = if asking.noise == 1 { "datagram" } else { "datagrams" };
            let reason = format!("{at} answers, but not in DNS ({} {noun} of something else).", asking.noise);
            return Failure::down(self.stage.clone(), DownCause::PROTOCOL, reason).said_by(self.peer.ip());
        }
        let queries = if asking.count() == 1 { "query".to_owned() } else { format!("{} queries", asking.count()) };
        let strayed = match asking.foreign {
            0 => String::new(),
            1 => ", but for one reply with a wrong id or question".to_owned(),
            n => format!(", but for {n} replies with a wrong id or question"),
        };
        let waited = spoken(self.took);
        let reason = format!("No answer to {queries} to {at} in {waited}{strayed}: host off, filtered, or no DNS server there.");
        Failure::down(self.stage.clone(), DownCause::TIMED_OUT, reason)
    }

    fn not_dns(&self, trouble: &Trouble) -> Failure {
        let reason = format!("{} speaks no proper DNS: {trouble}.", shown(self.peer));
        Failure::down(self.stage.clone(), DownCause::PROTOCOL, reason).said_by(self.peer.ip())
    }

    fn blame(&self) -> Blame<'_> {
        Blame { stage: self.stage.clone(), peer: self.peer, took: self.took, via: &self.network.via }
    }
}

//! Why there was no reply, or no request: whose fault it is, in one sentence.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use allswell_model::{DownCause, Outcome, Stage, UnknownCause};
use allswell_os::error_queue::Said;
use allswell_os::socket::{StartError, Step, Via};
use allswell_os::{errno, route};

use crate::blame::Blame;
use crate::connect;
use crate::echo::tally::{Objection, Tally};
use crate::failure::{Failure, shown};
use allswell_model::quantity::spoken;

/// Packets that left, and silence.
pub(crate) struct Silence<'a> {
    pub(crate) peer: SocketAddr,
    pub(crate) took: Duration,
    pub(crate) via: &'a Via,
    /// As the operator asked for it.
    pub(crate) hop_limit: Option<u8>,
    pub(crate) size: usize,
    /// Whether such a request leaves this host at all; asked only when nothing else explains the silence.
    pub(crate) departs: &'a dyn Fn() -> bool,
}

impl Silence<'_> {
    /// What is to blame: who objected, our own neighbourhood, and the target only then.
    pub(crate) fn failure(&self, tally: &Tally) -> Failure {
        let blame = Blame { stage: Stage::REPLY, peer: self.peer, took: self.took, via: self.via };
        if let Some(objection) = &tally.objection {
            return self.objected(objection).unwrap_or_else(|| blame.icmp(&objection.said));
        }
        if let Some(failure) = blame.missing_neighbour() {
            return failure;
        }
        let requests = if tally.sent == 1 { "1 echo request".to_owned() } else { format!("{} echo requests", tally.sent) };
        let (at, waited) = (shown(self.peer), spoken(self.took));
        match tally.impostor {
            Some(other) => {
                let reason =
                    format!("No reply from {at} itself to {requests} in {waited}; {other} replied in its place, which does not count.");
                Failure::down(Stage::REPLY, DownCause::TIMED_OUT, reason).said_by(other)
            }
            None if !(self.departs)() => connect::dropped_by_ourselves(&at).at(Stage::REPLY),
            None => {
                let reason = format!("No reply to {requests} to {at} in {waited}: host off, or ICMP filtered on the way.");
                Failure::down(Stage::REPLY, DownCause::TIMED_OUT, reason)
            }
        }
    }

    /// Objections that mean something else to an echo than to a connection.
    fn objected(&self, objection: &Objection) -> Option<Failure> {
        let said = &objection.said;
        let who = said.offender?;
        if route::is_local(who) && who != self.peer.ip() {
            return None;
        }
        let at = shown(self.peer);
        let code = format!("ICMP {}/{}", said.kind, said.code);
        let (cause, reason) = match (said.said, said.kind, said.code) {
            (Said::Icmp, 3, 4) | (Said::Icmp6, 2, _) => {
                let limit = if objection.mtu > 0 { format!(" of at most {} bytes", objection.mtu) } else { String::new() };
                let reason = format!("Router {who} passes packets{limit} to {at} ({code}); {} bytes of payload are too many.", self.size);
                (DownCause::TOO_LARGE, reason)
            }
            (Said::Icmp, 3, 3) | (Said::Icmp6, 1, 4) => {
                let speaker = if who == self.peer.ip() { "Host" } else { "Router" };
                let reason = format!("{speaker} {who} refuses echo requests to {at} ({code}, port unreachable): a firewall rule.");
                (DownCause::REFUSED, reason)
            }
            (Said::Icmp, 11, _) | (Said::Icmp6, 3, _) => {
                let hops = self.hop_limit?;
                let reason =
                    format!("The requests to {at} ran out of their {hops} hops at router {who} ({code}): `ttl` is too low, or a loop.");
                (DownCause::UNREACHABLE, reason)
            }
            _ => return None,
        };
        Some(Failure::down(Stage::REPLY, cause, reason).said_by(who))
    }
}

/// A packet that the kernel refused to send.
pub(crate) struct Sent<'a> {
    pub(crate) peer: SocketAddr,
    pub(crate) via: &'a Via,
    pub(crate) size: usize,
    pub(crate) may_mark: bool,
}

/// Nothing was sent, so nothing is known of the target.
pub(crate) fn not_sent(error: &io::Error, sent: &Sent<'_>) -> Failure {
    let Sent { peer, via, size, may_mark } = *sent;
    let code = error.raw_os_error().unwrap_or_default();
    let foreign_source = || via.source.is_some_and(|source| !route::is_local(source));
    let step = match code {
        errno::EPERM if via.mark.is_some() && !may_mark => Step::Mark,
        errno::ENOBUFS => return no_buffers(peer),
        errno::EMSGSIZE => return too_large(peer, size),
        errno::EINVAL if needs_scope(peer) => return no_scope(peer),
        errno::EINVAL | errno::ENETUNREACH | errno::EADDRNOTAVAIL if foreign_source() => Step::Source,
        _ => Step::Connect,
    };
    let start = StartError { step, error: io::Error::from_raw_os_error(code) };
    connect::not_started(&start, peer, via).at(Stage::SEND)
}

fn no_buffers(peer: SocketAddr) -> Failure {
    let reason = format!(
        "Not probed: the kernel had no room for a packet to {}: its interface's queue is full, or its table of neighbours \
         (net.ipv4.neigh.default.gc_thresh3).",
        shown(peer)
    );
    Failure::unknown(Stage::SEND, UnknownCause::NO_MEMORY, reason)
}

fn too_large(peer: SocketAddr, size: usize) -> Failure {
    let reason = format!("Not probed: {size} bytes of payload to {} do not leave our own interface in one piece.", shown(peer));
    Failure::unknown(Stage::SEND, UnknownCause::LOCAL_POLICY, reason)
}

fn needs_scope(peer: SocketAddr) -> bool {
    matches!(peer, SocketAddr::V6(peer) if peer.ip().is_unicast_link_local() && peer.scope_id() == 0)
}

fn no_scope(peer: SocketAddr) -> Failure {
    let reason = format!("Not probed: {0} needs an interface that exists, as in icmp://[{0}%eth0].", peer.ip());
    Failure::unknown(Stage::SEND, UnknownCause::NO_ROUTE, reason)
}

/// The interface to probe through does not exist.
pub(crate) fn no_interface(error: io::Error, peer: SocketAddr, via: &Via) -> Failure {
    connect::not_started(&StartError { step: Step::Interface, error }, peer, via).at(Stage::SEND)
}

/// No socket, for another reason than permission.
pub(crate) fn not_opened(error: &io::Error, peer: SocketAddr) -> Failure {
    let start = StartError { step: Step::Open, error: io::Error::from_raw_os_error(error.raw_os_error().unwrap_or_default()) };
    connect::not_started(&start, peer, &Via::default()).at(Stage::SEND)
}

/// Neither socket nor program is permitted.
pub(crate) fn no_permission() -> Failure {
    let program = std::env::current_exe().map_or_else(|_| "allswell".to_owned(), |path| path.display().to_string());
    let reason = format!(
        "Not probed: ICMP is not permitted. Any one of these permits it: sysctl -w net.ipv4.ping_group_range=\"0 2147483647\"; \
         setcap cap_net_raw+ep {program}; in Kubernetes securityContext.capabilities.add: [NET_RAW], or that sysctl in the pod's \
         securityContext.sysctls."
    );
    Failure::unknown(Stage::SEND, UnknownCause::NO_PERMISSION, reason)
}

/// We could not keep up.
pub(crate) fn overloaded(why: &str) -> Failure {
    Failure::unknown(Stage::SEND, UnknownCause::OVERLOADED, format!("Not probed: {why}."))
}

/// Replies may have come that we never saw.
pub(crate) fn overflowed() -> Failure {
    let reason = "Not judged: the kernel threw replies away before we read them; raise net.core.rmem_max, or probe less at once.";
    Failure::unknown(Stage::REPLY, UnknownCause::OVERLOADED, reason)
}

/// The system's `ping` sent nothing.
pub(crate) fn program_complained(said: &str, peer: SocketAddr, via: &Via) -> Failure {
    let known = [
        ("Network is unreachable", errno::ENETUNREACH),
        ("No route to host", errno::EHOSTUNREACH),
        ("Operation not permitted", errno::EPERM),
        ("Invalid argument", errno::EINVAL),
        ("Cannot assign requested address", errno::EADDRNOTAVAIL),
    ];
    match known.iter().find(|(words, _)| said.contains(words)) {
        Some((_, code)) => {
            let error = io::Error::from_raw_os_error(*code);
            not_sent(&error, &Sent { peer, via, size: 0, may_mark: false })
        }
        None => Failure {
            outcome: Outcome::Unknown { stage: Stage::SEND, cause: UnknownCause::NO_PERMISSION },
            reason: format!("Not probed: the system's ping could not be used ({said})."),
            said_by: None,
        },
    }
}

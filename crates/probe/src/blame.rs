//! Who is to blame when a packet found no answer: a router, the target's host, or our own neighbourhood.
//! Every protocol that reads the kernel's errors tells it in the same words.

use std::net::SocketAddr;
use std::time::Duration;

use allswell_model::{DownCause, Stage, UnknownCause};
use allswell_os::error_queue::{QueuedError, Said};
use allswell_os::socket::Via;
use allswell_os::{neighbour, route};

use crate::failure::{Failure, shown};
use allswell_model::quantity::spoken;

/// What is known of the packet in question.
pub(crate) struct Blame<'a> {
    /// The stage that failed.
    pub(crate) stage: Stage,
    /// Where it was going.
    pub(crate) peer: SocketAddr,
    /// How long we have waited.
    pub(crate) took: Duration,
    /// The way it left.
    pub(crate) via: &'a Via,
}

impl Blame<'_> {
    /// An ICMP error about it: from a router, from the target's host, or made by our own kernel.
    pub(crate) fn icmp(&self, said: &QueuedError) -> Failure {
        let ours = said.offender.is_none_or(route::is_local);
        if ours && !route::is_local(self.peer.ip()) {
            return self.our_own_icmp(said);
        }
        let at = shown(self.peer);
        let who = said.offender.map_or_else(|| "somebody".to_owned(), |who| who.to_string());
        let speaker = if said.offender == Some(self.peer.ip()) { format!("Host {who}") } else { format!("Router {who}") };
        let code = format!("ICMP {}/{}", said.kind, said.code);
        match meaning(said) {
            Meaning::Refused => self.down(
                DownCause::REFUSED,
                format!("{speaker} refuses {at} ({code}, port unreachable): nothing listens, or a firewall rejects."),
            ),
            Meaning::Prohibited => self.down(DownCause::PROHIBITED, format!("{speaker} prohibits {at} ({code}): a firewall rule.")),
            Meaning::Unreachable(why) => self.down(DownCause::UNREACHABLE, format!("{speaker} cannot reach {at} ({code}): {why}.")),
        }
        .said_by(who)
    }

    /// Where the next hop has not answered, or its link has no carrier: whose fault that is.
    pub(crate) fn missing_neighbour(&self) -> Option<Failure> {
        neighbour::missing(self.peer.ip(), self.via).map(|_| self.neighbour_silent())
    }

    /// An ICMP error that our own kernel made: a neighbour that does not answer, or a firewall rule of this host.
    fn our_own_icmp(&self, said: &QueuedError) -> Failure {
        match meaning(said) {
            Meaning::Unreachable(_) => self.neighbour_silent(),
            Meaning::Refused | Meaning::Prohibited => self.unknown(
                UnknownCause::LOCAL_POLICY,
                format!("Not judged: our own firewall rejects {} (ICMP {}/{} from this host).", shown(self.peer), said.kind, said.code),
            ),
        }
        .said_by("this host")
    }

    /// Our kernel found no neighbour: the target itself where it is on our own link, else our gateway.
    fn neighbour_silent(&self) -> Failure {
        let to = self.peer.ip();
        let took = spoken(self.took);
        let resolution = if to.is_ipv4() { "ARP" } else { "neighbour discovery" };
        match route::lookup(to, self.via) {
            Ok(way) if !way.carrier => self.unknown(
                UnknownCause::NO_GATEWAY,
                format!("Not judged: {} has no carrier: a cable, a switch port, or the other end of a tunnel.", way.interface),
            ),
            Ok(route::Route { gateway: Some(gateway), interface, .. }) => self.unknown(
                UnknownCause::NO_GATEWAY,
                format!("Not judged: our gateway {gateway} on {interface} does not answer {resolution} ({took})."),
            ),
            Ok(way) => self.down(
                DownCause::UNREACHABLE,
                format!("Nobody on {} answers {resolution} for {to} ({took}): off, unplugged, or wrong VLAN.", way.interface),
            ),
            Err(_) => self.unknown(UnknownCause::NO_ROUTE, format!("Not judged: the route to {to} is gone.")),
        }
    }

    fn down(&self, cause: DownCause, reason: String) -> Failure {
        Failure::down(self.stage.clone(), cause, reason)
    }

    fn unknown(&self, cause: UnknownCause, reason: String) -> Failure {
        Failure::unknown(self.stage.clone(), cause, reason)
    }
}

/// What an ICMP type and code mean for a packet, whichever family they are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    Refused,
    Prohibited,
    Unreachable(&'static str),
}

/// RFC 792, RFC 1812 section 5.2.7.1, RFC 4443 section 3.
pub(crate) fn meaning(said: &QueuedError) -> Meaning {
    match (&said.said, said.kind, said.code) {
        (Said::Icmp, 3, 3) | (Said::Icmp6, 1, 4) => Meaning::Refused,
        (Said::Icmp, 3, 9 | 10 | 13) | (Said::Icmp6, 1, 1 | 5 | 6) => Meaning::Prohibited,
        (Said::Icmp, 3, 0 | 6 | 11) | (Said::Icmp6, 1, 0) => Meaning::Unreachable("it has no route to that network"),
        (Said::Icmp, 3, 1 | 7 | 12) | (Said::Icmp6, 1, 3) => Meaning::Unreachable("the host does not answer there"),
        (Said::Icmp, 3, 2) => Meaning::Unreachable("the host does not speak that protocol"),
        (Said::Icmp, 3, 5) => Meaning::Unreachable("the source route failed"),
        (Said::Icmp6, 1, 2) => Meaning::Unreachable("our source address has too narrow a scope"),
        (Said::Icmp, 11, _) | (Said::Icmp6, 3, _) => Meaning::Unreachable("the packet ran out of hops, usually a routing loop"),
        (Said::Icmp, 12, _) | (Said::Icmp6, 4, _) => Meaning::Unreachable("it did not understand the packet"),
        _ => Meaning::Unreachable("no further reason given"),
    }
}

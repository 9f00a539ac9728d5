//! Up to eight hosts around one hub, which is a switch or a router, and whose cables can be cut in every way.
//!
//! ```text
//! n1 e0 10.78.0.1 fd78::1 ---- p1  hub  p2 ---- e0 n2 10.78.0.2 fd78::2
//!                              p3   |   p4
//!                 n3 e0 ---- .......... ---- e0 n4
//! ```

mod cuts;
mod lay;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::namespace::space::Space;
use cuts::Cuts;
use lay::Hub;

/// The hosts, numbered from 1. They have the same addresses whatever the hub is, and each has one interface, `e0`.
///
/// What is cut vanishes without a word: no ICMP error, and nobody's search for a neighbour's hardware address fails for it. Cuts add up,
/// and each is ended by one of the `restore` methods.
#[derive(Debug)]
pub struct Hosts {
    kind: Hub,
    hub: Space,
    hosts: Vec<Space>,
    cuts: Mutex<Cuts>,
}

impl Hosts {
    /// The most that fit around the hub.
    pub const AT_MOST: u8 = 8;
    /// The router's own address, which is the hosts' default gateway; a switch has none.
    pub const ROUTER: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 78, 0, 254));
    /// The router's other address.
    pub const ROUTER6: IpAddr = IpAddr::V6(Ipv6Addr::new(0xfd78, 0, 0, 0, 0, 0, 0, 254));

    /// So many hosts at a switch: one broadcast domain, a TTL arrives as it was sent. Both families work when it returns.
    ///
    /// # Panics
    /// When there are none or more than eight, when the kernel has no bridge, or hosts were laid already.
    #[must_use]
    pub fn switched(count: u8) -> Self {
        Self::around(Hub::Switch, count)
    }

    /// So many hosts around a router, each in a net of its own. The router takes one off the TTL, and tells of what it cannot deliver as
    /// routers do.
    ///
    /// # Panics
    /// When there are none or more than eight, or hosts were laid already.
    #[must_use]
    pub fn routed(count: u8) -> Self {
        Self::around(Hub::Router, count)
    }

    fn around(kind: Hub, count: u8) -> Self {
        assert!((1..=Self::AT_MOST).contains(&count), "{count} hosts");
        let hub = lay::hub(kind);
        let hosts: Vec<Space> = (1..=count).map(|node| lay::host(kind, &hub, node)).collect();
        hub.nft(&cuts::table(kind));
        for (node, host) in (1..).zip(&hosts) {
            lay::await_cable(&hub, host, node);
        }
        Self { kind, hub, hosts, cuts: Mutex::default() }
    }

    /// The numbers of all hosts.
    pub fn numbers(&self) -> impl Iterator<Item = u8> + use<> {
        (1..=Self::AT_MOST).take(self.hosts.len())
    }

    /// A host by its number.
    ///
    /// # Panics
    /// When there is no such host.
    #[must_use]
    pub fn space(&self, node: u8) -> &Space {
        let host = usize::from(node).checked_sub(1).and_then(|index| self.hosts.get(index));
        assert!(host.is_some(), "there is no host {node}");
        host.unwrap_or(&self.hub)
    }

    /// What stands between them.
    #[must_use]
    pub fn hub(&self) -> &Space {
        &self.hub
    }

    /// The address of a host.
    #[must_use]
    pub fn address(node: u8) -> IpAddr {
        Ipv4Addr::new(10, 78, 0, node).into()
    }

    /// The other address of a host.
    #[must_use]
    pub fn address6(node: u8) -> IpAddr {
        Ipv6Addr::new(0xfd78, 0, 0, 0, 0, 0, 0, node.into()).into()
    }

    /// Nothing from or to a host passes any more; it sees its cable in place.
    ///
    /// # Panics
    /// When there is no such host.
    pub fn cut(&self, node: u8) {
        self.change([node], |cuts| cuts.sever(node));
    }

    /// Nothing passes between two hosts any more; each still reaches the others.
    ///
    /// # Panics
    /// When there are no such hosts.
    pub fn cut_pair(&self, a: u8, b: u8) {
        self.change([a, b], |cuts| {
            cuts.part(a, b);
            cuts.part(b, a);
        });
    }

    /// Nothing from one host to another one passes any more; the other way it does.
    ///
    /// # Panics
    /// When there are no such hosts.
    pub fn cut_one_way(&self, from: u8, to: u8) {
        self.change([from, to], |cuts| cuts.part(from, to));
    }

    /// Ends all cuts that this host is part of.
    ///
    /// # Panics
    /// When there is no such host.
    pub fn restore(&self, node: u8) {
        self.change([node], |cuts| cuts.restore(node));
    }

    /// Ends the cuts between two hosts, of either way; one of [`Hosts::cut`] stays.
    ///
    /// # Panics
    /// When there are no such hosts.
    pub fn restore_pair(&self, a: u8, b: u8) {
        self.change([a, b], |cuts| cuts.restore_pair(a, b));
    }

    /// Ends all cuts.
    ///
    /// # Panics
    /// When the rules are refused.
    pub fn restore_all(&self) {
        self.change([], |cuts| *cuts = Cuts::default());
    }

    /// How many packets vanished in cuts so far. Searches for neighbours, for routers and for listeners do not count, as they pass. A switch
    /// that has not learned yet at which port a host is sends to all of them, and a cut of any of these counts.
    ///
    /// # Panics
    /// When the kernel does not tell.
    #[must_use]
    pub fn swallowed(&self) -> u64 {
        cuts::swallowed(self.kind, &self.hub)
    }

    /// Takes a host's cable out, as when its power fails: its link has no carrier. The others' packets to it fare as they do in such a
    /// net: at a switch their search for its hardware address fails after seconds, a router says that it has no way to it.
    ///
    /// # Panics
    /// When there is no such host.
    pub fn kill(&self, node: u8) {
        let _ = self.space(node);
        self.hub.ip(&format!("link set p{node} down\n"));
    }

    /// Puts a host's cable in again; its link carries packets when this returns.
    ///
    /// # Panics
    /// When there is no such host.
    pub fn revive(&self, node: u8) {
        let host = self.space(node);
        self.hub.ip(&lay::port(self.kind, node));
        lay::await_cable(&self.hub, host, node);
    }

    fn change<const N: usize>(&self, nodes: [u8; N], change: impl FnOnce(&mut Cuts)) {
        for node in nodes {
            let _ = self.space(node);
        }
        let mut cuts = self.cuts();
        change(&mut cuts);
        self.hub.nft(&cuts.rules(self.kind));
    }

    fn cuts(&self) -> MutexGuard<'_, Cuts> {
        self.cuts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;

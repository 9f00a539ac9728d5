//! What is cut, and the hub's firewall rules that cut it.

#![expect(clippy::unwrap_used, reason = "a fixture that cannot work fails its test")]

use std::collections::BTreeSet;
use std::process::Command;

use super::lay::Hub;
use crate::namespace::space::Space;

/// The cuts that are in force.
#[derive(Debug, Default)]
pub(crate) struct Cuts {
    severed: BTreeSet<u8>,
    /// From whom to whom.
    parted: BTreeSet<(u8, u8)>,
}

impl Cuts {
    pub(crate) fn sever(&mut self, node: u8) {
        self.severed.insert(node);
    }

    pub(crate) fn part(&mut self, from: u8, to: u8) {
        self.parted.insert((from, to));
    }

    pub(crate) fn restore(&mut self, node: u8) {
        self.severed.remove(&node);
        self.parted.retain(|&(from, to)| from != node && to != node);
    }

    pub(crate) fn restore_pair(&mut self, a: u8, b: u8) {
        self.parted.remove(&(a, b));
        self.parted.remove(&(b, a));
    }

    /// What makes the table cut this and nothing else; the kernel takes all of it at once.
    pub(crate) fn rules(&self, kind: Hub) -> String {
        let table = format!("{} cuts", family(kind));
        let severed = self.severed.iter().map(|node| format!("add element {table} severed {{ p{node} }}\n"));
        let parted = self.parted.iter().map(|(from, to)| format!("add element {table} parted {{ p{from} . p{to} }}\n"));
        let emptied = format!("flush set {table} severed\nflush set {table} parted\n");
        std::iter::once(emptied).chain(severed).chain(parted).collect()
    }
}

/// The table, with nothing cut. Whatever a host needs to find a neighbour passes every cut: a host that cannot find its neighbour tells its
/// own programs so, and the cut would not be silent.
pub(crate) fn table(kind: Hub) -> String {
    let family = family(kind);
    // A router's firewall never sees ARP.
    let arp = if kind == Hub::Switch { "ether type arp accept;" } else { "" };
    format!(
        "table {family} cuts {{
            counter swallowed {{ }}
            set severed {{ type ifname; }}
            set parted {{ type ifname . ifname; }}
            chain swallow {{
                {arp}
                icmpv6 type {{ nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, nd-router-advert }} accept;
                icmpv6 type {{ mld-listener-query, mld-listener-report, mld-listener-done, mld2-listener-report }} accept;
                counter name swallowed drop;
            }}
            chain arriving {{ type filter hook prerouting priority -300; iifname @severed jump swallow; }}
            chain passing {{ type filter hook forward priority 0; iifname . oifname @parted jump swallow; }}
            chain leaving {{ type filter hook postrouting priority 300; oifname @severed jump swallow; }}
        }}"
    )
}

/// How many packets the rules have dropped.
pub(crate) fn swallowed(kind: Hub, hub: &Space) -> u64 {
    let list = || Command::new("nft").args(["list", "counter", family(kind), "cuts", "swallowed"]).output().unwrap();
    let said = String::from_utf8(hub.run(list).stdout).unwrap();
    let count = said.split_whitespace().skip_while(|word| *word != "packets").nth(1);
    count.and_then(|count| count.parse().ok()).unwrap()
}

fn family(kind: Hub) -> &'static str {
    match kind {
        Hub::Switch => "bridge",
        Hub::Router => "inet",
    }
}

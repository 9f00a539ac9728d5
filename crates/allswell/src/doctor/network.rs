//! IPv6, and the firewall's table of connections.

use std::net::Ipv6Addr;
use std::path::Path;

use allswell_os::route;

use super::finding::{Finding, Where};
use super::proc;
use super::subject::grouped;

/// What there is of IPv6.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ipv6 {
    /// Addresses of this host, and a way out.
    Whole,
    /// Addresses beyond the loopback, but no default gateway.
    NoGateway,
    /// Nothing but the loopback.
    Loopback,
    /// Not even that.
    None,
}

impl Ipv6 {
    pub(crate) fn look() -> Self {
        let addresses: Vec<Ipv6Addr> =
            proc::text("/proc/self/net/if_inet6").map(|table| table.lines().filter_map(address).collect()).unwrap_or_default();
        let gateway = route::default_gateways().is_ok_and(|gateways| gateways.iter().any(|gateway| gateway.address.is_ipv6()));
        Self::of(&addresses, gateway)
    }

    fn of(addresses: &[Ipv6Addr], gateway: bool) -> Self {
        let global = addresses.iter().any(|address| !address.is_loopback() && !address.is_unicast_link_local());
        match (global, gateway, addresses.is_empty()) {
            (true, true, _) => Self::Whole,
            (true, false, _) => Self::NoGateway,
            (false, _, false) => Self::Loopback,
            (false, _, true) => Self::None,
        }
    }

    pub(crate) fn finding(self) -> Finding {
        const TOPIC: &str = "ipv6";
        match self {
            Self::Whole => Finding::ok(TOPIC, "This host has addresses and a default gateway."),
            Self::NoGateway => {
                Finding::note(TOPIC, "This host has addresses but no default gateway: targets beyond its own networks stay unknown.")
                    .remedy(Where::Root, "ip -6 route show default")
            }
            Self::Loopback => Finding::note(
                TOPIC,
                "Only the loopback and link-local addresses are there: names are tried by IPv4, IPv6 targets stay unknown.",
            ),
            Self::None => {
                let off = Path::new("/proc/sys/net/ipv6").exists();
                let says = if off {
                    "It is switched off on this host: IPv6 targets stay unknown."
                } else {
                    "This kernel has none: IPv6 targets stay unknown."
                };
                let finding = Finding::note(TOPIC, says);
                if off { finding.remedy(Where::Root, "sysctl -w net.ipv6.conf.all.disable_ipv6=0") } else { finding }
            }
        }
    }
}

/// The first word of a line: 32 hexadecimal digits.
fn address(line: &str) -> Option<Ipv6Addr> {
    u128::from_str_radix(line.split_ascii_whitespace().next()?, 16).ok().map(Ipv6Addr::from)
}

/// When the table is full the kernel drops what begins, and every target looks dead.
pub(crate) fn conntrack() -> Option<Finding> {
    let folder = Path::new("/proc/sys/net/netfilter");
    say_conntrack(proc::number(folder.join("nf_conntrack_count"))?, proc::number(folder.join("nf_conntrack_max"))?)
}

pub(crate) fn say_conntrack(count: u64, most: u64) -> Option<Finding> {
    const TOPIC: &str = "conntrack";
    if most == 0 {
        return None;
    }
    let says = format!("The firewall's table of connections holds {} of {}", grouped(count), grouped(most));
    let wider =
        |finding: Finding| finding.remedy(Where::Root, format!("sysctl -w net.netfilter.nf_conntrack_max={}", most.saturating_mul(4)));
    let finding = match count.saturating_mul(100) / most {
        95.. => wider(Finding::trouble(
            TOPIC,
            format!("{says}: when it is full, connections that begin are dropped and look like dead targets."),
        )),
        70..95 => wider(Finding::note(TOPIC, format!("{says}: it is filling up."))),
        _ => Finding::ok(TOPIC, format!("{says}.")),
    };
    Some(finding.figure("count", count).figure("max", most))
}

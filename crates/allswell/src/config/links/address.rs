//! Addresses of links: literal, for a link that waits for a resolver measures the resolver.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use allswell_mesh::DEFAULT_PORT;

use crate::config::mistake::Mistakes;
use crate::config::tree::{Node, Shape};

/// An address with or without a port; `what` takes it ("`listen`").
pub(super) fn read(item: &Node, what: &str, mistakes: &mut Mistakes) -> Option<SocketAddr> {
    let text = text(item, what, mistakes)?;
    let portless = || alone(text).map(|address| SocketAddr::new(address, DEFAULT_PORT));
    let address = text.parse().ok().or_else(portless).or_else(|| refuse(item, text, what, mistakes))?;
    leads_somewhere(address, item, mistakes).then_some(address)
}

/// Whether packets can go there by a socket of its family.
fn leads_somewhere(address: SocketAddr, item: &Node, mistakes: &mut Mistakes) -> bool {
    let SocketAddr::V6(v6) = address else { return true };
    let ip = v6.ip();
    if let Some(v4) = ip.to_ipv4_mapped() {
        let message = item.discreet(&format!("{ip} is an IPv4 address in the clothes of IPv6, and no packet goes there"));
        mistakes.hinted(item.at, message, item.discreet(&format!("write {v4}")));
        return false;
    }
    if ip.is_unicast_link_local() && v6.scope_id() == 0 {
        let message = item.discreet(&format!("{ip} is an address of one network alone, and does not say by which interface"));
        let hint = format!("with the number that `ip link` shows: \"[{ip}%2]:{}\"; another address of that host is better", v6.port());
        mistakes.hinted(item.at, message, item.discreet(&hint));
        return false;
    }
    true
}

/// An address without a port.
pub(super) fn read_alone(item: &Node, what: &str, mistakes: &mut Mistakes) -> Option<IpAddr> {
    let text = text(item, what, mistakes)?;
    if let Ok(address) = text.parse::<SocketAddr>() {
        let message = item.discreet(&format!("{what} takes an address without a port, not `{text}`"));
        mistakes.hinted(item.at, message, item.discreet(&format!("BFD has a port of its own: {}", address.ip())));
        return None;
    }
    let address = alone(text).or_else(|| text.parse().ok()).or_else(|| refuse(item, text, what, mistakes))?;
    if matches!(address, IpAddr::V6(v6) if v6.is_unicast_link_local()) {
        let message = item.discreet(&format!("{address} is an address of one network alone, and {what} does not say by which interface"));
        mistakes.hinted(item.at, message, "take an address of that router that is known beyond one network");
        return None;
    }
    leads_somewhere(SocketAddr::new(address, 0), item, mistakes).then_some(address)
}

/// Whether a node can be at this address at all.
pub(super) fn is_of_a_host(address: IpAddr) -> bool {
    !address.is_unspecified() && !address.is_multicast() && address != IpAddr::V4(Ipv4Addr::BROADCAST)
}

fn text<'a>(item: &'a Node, what: &str, mistakes: &mut Mistakes) -> Option<&'a str> {
    match &item.shape {
        Shape::Text(text) => Some(&text.text),
        // `[::1]` without quotes is YAML's list.
        _ => {
            let message = format!("{what} takes an address, not {}", item.described());
            mistakes.hinted(item.at, message, "an IPv6 address stands in brackets and quotes: \"[fd00::3]\"");
            None
        }
    }
}

/// IPv4, or IPv6 in brackets: `::1:80` is an address too, so brackets have to say where it ends.
fn alone(text: &str) -> Option<IpAddr> {
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<Ipv6Addr>().ok().map(IpAddr::V6);
    text.parse::<Ipv4Addr>().ok().map(IpAddr::V4).or_else(bracketed)
}

fn refuse<T>(item: &Node, text: &str, what: &str, mistakes: &mut Mistakes) -> Option<T> {
    let message = format!("{what} takes an address, not `{text}`");
    let hint = match text.parse::<Ipv6Addr>() {
        Ok(address) => format!("an IPv6 address stands in brackets: \"[{address}]\""),
        Err(_) if text.contains('%') => {
            "behind `%` stands the number of an interface, as `ip link` shows it; an address that is known beyond one network is better"
                .to_owned()
        }
        Err(_) if looks_like_a_name(text) => "names are not resolved here: a link that waits for DNS would measure DNS".to_owned(),
        Err(_) => "such as 10.0.0.2, 10.0.0.2:8421 or \"[fd00::3]:8421\"".to_owned(),
    };
    mistakes.hinted(item.at, item.discreet(&message), item.discreet(&hint));
    None
}

/// `db1`, `fra-2.example.com:8421`
fn looks_like_a_name(text: &str) -> bool {
    let host = text.split(':').next().unwrap_or_default();
    let plain = host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    plain && host.chars().any(|c| c.is_ascii_alphabetic())
}

//! In which order a name's addresses are tried: those we have a way to first, then by RFC 6724, section 6, in the resolver's own order.

use std::net::{IpAddr, Ipv6Addr};

/// The way to an address, as far as the order needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Way {
    /// The address we would leave from; `None` where the kernel does not say.
    pub(crate) source: Option<IpAddr>,
}

/// Sorts addresses; `way` says how each is reached, if at all. Equals keep their order.
pub(crate) fn sort(addresses: &mut [IpAddr], way: impl Fn(IpAddr) -> Option<Way>) {
    // Of the loopback's two, IPv4 goes first: what listens on one alone listens there.
    if addresses.iter().all(IpAddr::is_loopback) {
        return addresses.sort_by_key(IpAddr::is_ipv6);
    }
    addresses.sort_by_cached_key(|address| rank(*address, way(*address)));
}

/// The lesser goes first: no way at all, another scope than the source's, another label, the lower precedence.
type Rank = (bool, bool, bool, u8);

fn rank(to: IpAddr, way: Option<Way>) -> Rank {
    let source = way.and_then(|way| way.source);
    let (label, precedence) = policy(to);
    (
        way.is_none(),
        source.is_some_and(|source| scope(source) != scope(to)),
        source.is_some_and(|source| policy(source).0 != label),
        u8::MAX - precedence,
    )
}

/// RFC 6724, section 3.1: link-local is 2, site-local 5, global 14; IPv4's private addresses count as global.
fn scope(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(v4) if v4.is_link_local() || v4.is_loopback() => 2,
        IpAddr::V4(_) => 14,
        IpAddr::V6(v6) if v6.is_unicast_link_local() || v6.is_loopback() => 2,
        IpAddr::V6(v6) if v6.segments().first().is_some_and(|first| first & 0xffc0 == 0xfec0) => 5,
        IpAddr::V6(_) => 14,
    }
}

/// The label and precedence of the default table (RFC 6724, section 2.1).
fn policy(address: IpAddr) -> (u8, u8) {
    const TABLE: &[(Ipv6Addr, u32, u8, u8)] = &[
        (Ipv6Addr::LOCALHOST, 128, 0, 50),
        (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 32, 5, 5),
        (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16, 2, 30),
        (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7, 13, 3),
        (Ipv6Addr::new(0xfec0, 0, 0, 0, 0, 0, 0, 0), 10, 11, 1),
    ];
    let IpAddr::V6(v6) = address else { return (4, 35) };
    let bits = v6.to_bits();
    let within = |prefix: Ipv6Addr, length: u32| (bits ^ prefix.to_bits()).leading_zeros() >= length;
    TABLE.iter().find(|(prefix, length, ..)| within(*prefix, *length)).map_or((1, 40), |(_, _, label, precedence)| (*label, *precedence))
}

#[cfg(test)]
mod tests;

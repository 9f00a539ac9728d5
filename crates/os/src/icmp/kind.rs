//! The two families and the two kinds of echo sockets.

/// Which ICMP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// ICMP over IPv4.
    V4,
    /// ICMPv6.
    V6,
}

/// How the kernel lets us speak it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The unprivileged way: groups within `net.ipv4.ping_group_range`. The kernel matches identifiers.
    Datagram,
    /// The privileged way: `CAP_NET_RAW`.
    Raw,
}

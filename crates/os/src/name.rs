//! A target as the kernel reads it: `sockaddr_in` or `sockaddr_in6`, whose ports stand in the same place.

use std::net::SocketAddr;

/// With its port.
pub(crate) fn of(to: SocketAddr) -> (libc::sockaddr_in6, libc::socklen_t) {
    // SAFETY: `sockaddr_in6` is plain integers, for which all zeroes are valid.
    let mut name: libc::sockaddr_in6 = unsafe { std::mem::zeroed() };
    name.sin6_port = to.port().to_be();
    match to {
        SocketAddr::V6(to) => {
            name.sin6_family = libc::AF_INET6 as _;
            name.sin6_addr.s6_addr = to.ip().octets();
            name.sin6_scope_id = to.scope_id();
            (name, size_of::<libc::sockaddr_in6>() as _)
        }
        SocketAddr::V4(to) => {
            name.sin6_family = libc::AF_INET as _;
            // In `sockaddr_in` the address stands where `sockaddr_in6` has its flow label.
            name.sin6_flowinfo = u32::from_ne_bytes(to.ip().octets());
            (name, size_of::<libc::sockaddr_in>() as _)
        }
    }
}

/// Without one: raw sockets of IPv6 take a port for a protocol, and refuse it.
pub(crate) fn without_port(mut to: SocketAddr) -> (libc::sockaddr_in6, libc::socklen_t) {
    to.set_port(0);
    of(to)
}

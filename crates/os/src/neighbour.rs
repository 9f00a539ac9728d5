//! The kernel's table of neighbours: whether the next hop towards an address has answered ARP or neighbour discovery.

use std::net::IpAddr;

use crate::netlink::{Netlink, push_attribute};
use crate::route::{self, Route};
use crate::socket::Via;

/// The next hop, where the kernel has asked for it and nobody has answered; or where its link has no carrier.
#[must_use]
pub fn missing(to: IpAddr, via: &Via) -> Option<Route> {
    let mut netlink = Netlink::open().ok()?;
    let way = route::lookup_by(&mut netlink, to, via).ok().filter(|way| !way.local)?;
    let next = way.gateway.unwrap_or(to);
    let unanswered = state(&mut netlink, next, way.index).is_some_and(|state| state & (NUD_INCOMPLETE | NUD_FAILED) != 0);
    (unanswered || !way.carrier).then_some(way)
}

/// `ndmsg`'s state: the neighbour was asked for and has not answered yet, or never did.
const NUD_INCOMPLETE: u16 = 0x01;
const NUD_FAILED: u16 = 0x20;

/// `ndmsg`: family, three bytes of padding, the interface, state, flags, type.
const NDMSG: usize = 12;
const STATE: usize = 8;

fn state(netlink: &mut Netlink, address: IpAddr, interface: u32) -> Option<u16> {
    let family = if address.is_ipv4() { libc::AF_INET } else { libc::AF_INET6 };
    let mut body = vec![u8::try_from(family).ok()?, 0, 0, 0];
    body.extend_from_slice(&interface.to_ne_bytes());
    body.resize(NDMSG, 0);
    match address {
        IpAddr::V4(address) => push_attribute(&mut body, libc::NDA_DST, &address.octets()),
        IpAddr::V6(address) => push_attribute(&mut body, libc::NDA_DST, &address.octets()),
    }
    let answer = netlink.ask(libc::RTM_GETNEIGH, &body).ok()?;
    answer.get(STATE..)?.first_chunk().map(|two| u16::from_ne_bytes(*two))
}

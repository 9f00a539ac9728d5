//! The kernel's own routing: by which way a packet would leave, and through whom. Nobody else is asked.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use rustix::io::Errno;

use crate::netlink::{Netlink, attributes, push_attribute};
use crate::socket::Via;

/// The way that a packet to an address would take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The address that it would leave from.
    pub source: Option<IpAddr>,
    /// The router it would be handed to; absent when the address is on the link itself.
    pub gateway: Option<IpAddr>,
    /// The interface it would leave by.
    pub interface: String,
    /// That interface's number.
    pub index: u32,
    /// Whether that interface has a carrier: a cable, and a living other end.
    pub carrier: bool,
    /// Whether the address is one of this host.
    pub local: bool,
}

/// `linux/rtnetlink.h`; libc names it for glibc alone, not for musl.
const RTA_VIA: u16 = 18;

/// A router of last resort.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gateway {
    /// Its address; a link-local one is only meaningful with the interface.
    pub address: IpAddr,
    /// The interface it is reached by.
    pub interface: String,
}

/// By which way a packet would leave.
///
/// # Errors
/// What `connect` would say at once: no route (`ENETUNREACH`), or a route that forbids.
pub fn lookup(to: IpAddr, via: &Via) -> io::Result<Route> {
    lookup_by(&mut Netlink::open()?, to, via)
}

/// [`lookup`] by a socket that is open already.
pub(crate) fn lookup_by(netlink: &mut Netlink, to: IpAddr, via: &Via) -> io::Result<Route> {
    let entry = ask(netlink, to, via)?;
    entry.refusal()?;
    let hop = entry.hops.into_iter().next().ok_or(io::ErrorKind::InvalidData)?;
    let link = link(netlink, hop.index)?;
    Ok(Route {
        // The kernel leaves out a source that was asked for.
        source: entry.source.or(via.source),
        gateway: hop.gateway,
        interface: link.name,
        index: hop.index,
        carrier: link.carrier,
        local: entry.kind == libc::RTN_LOCAL,
    })
}

/// Whether an address is one of this host, in this network namespace.
#[must_use]
pub fn is_local(address: IpAddr) -> bool {
    let entry = Netlink::open().and_then(|mut netlink| ask(&mut netlink, address, &Via::default()));
    entry.is_ok_and(|entry| entry.kind == libc::RTN_LOCAL)
}

/// The routers of all default routes of the main table, each once, IPv4 first.
///
/// # Errors
/// When the table cannot be read.
pub fn default_gateways() -> io::Result<Vec<Gateway>> {
    let mut netlink = Netlink::open()?;
    let mut hops = Vec::new();
    for any in [IpAddr::V4(Ipv4Addr::UNSPECIFIED), IpAddr::V6(Ipv6Addr::UNSPECIFIED)] {
        netlink.dump(libc::RTM_GETROUTE, &header(any, 0), &mut |body| {
            hops.extend(Entry::parse(body).filter(Entry::is_default).into_iter().flat_map(|entry| entry.hops));
        })?;
    }
    let mut gateways: Vec<Gateway> = Vec::new();
    for hop in hops {
        let Some(address) = hop.gateway else { continue };
        let gateway = Gateway { address, interface: link(&mut netlink, hop.index)?.name };
        if !gateways.contains(&gateway) {
            gateways.push(gateway);
        }
    }
    Ok(gateways)
}

fn ask(netlink: &mut Netlink, to: IpAddr, via: &Via) -> io::Result<Entry> {
    let question = question(netlink, to, via)?;
    let answer = netlink.ask(libc::RTM_GETROUTE, &question)?;
    Entry::parse(&answer).ok_or_else(|| io::ErrorKind::InvalidData.into())
}

fn question(netlink: &Netlink, to: IpAddr, via: &Via) -> io::Result<Vec<u8>> {
    let mut body = header(to, if to.is_ipv4() { 32 } else { 128 });
    push_attribute(&mut body, libc::RTA_DST, &octets(to));
    if let Some(source) = via.source {
        push_attribute(&mut body, libc::RTA_SRC, &octets(source));
    }
    if let Some(interface) = &via.interface {
        let index = rustix::net::netdevice::name_to_index(netlink, interface)?;
        push_attribute(&mut body, libc::RTA_OIF, &index.to_ne_bytes());
    }
    if let Some(mark) = via.mark {
        push_attribute(&mut body, libc::RTA_MARK, &mark.to_ne_bytes());
    }
    Ok(body)
}

/// `rtmsg`: family, length of the destination in bits, and ten bytes that a question leaves at zero.
fn header(of: IpAddr, bits: u8) -> Vec<u8> {
    let family = if of.is_ipv4() { libc::AF_INET } else { libc::AF_INET6 };
    let mut body = vec![0; RTMSG];
    if let Some([first, second]) = body.first_chunk_mut() {
        (*first, *second) = (u8::try_from(family).unwrap_or(0), bits);
    }
    body
}

const RTMSG: usize = 12;

fn octets(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    }
}

struct Hop {
    gateway: Option<IpAddr>,
    index: u32,
}

/// One entry of a routing table.
struct Entry {
    bits: u8,
    table: u32,
    kind: u8,
    source: Option<IpAddr>,
    hops: Vec<Hop>,
}

impl Entry {
    fn parse(body: &[u8]) -> Option<Self> {
        let [_, bits, _, _, table, _, _, kind] = *body.first_chunk()?;
        let mut entry = Self { bits, table: u32::from(table), kind, source: None, hops: Vec::new() };
        let mut only = Hop { gateway: None, index: 0 };
        for (attribute, value) in attributes(body.get(RTMSG..)?) {
            match attribute {
                libc::RTA_PREFSRC => entry.source = address(value),
                libc::RTA_TABLE => entry.table = word(value)?,
                libc::RTA_MULTIPATH => entry.hops = hops(value),
                libc::RTA_OIF => only.index = word(value)?,
                _ => only.learn(attribute, value),
            }
        }
        if only.index != 0 {
            entry.hops.insert(0, only);
        }
        Some(entry)
    }

    fn is_default(&self) -> bool {
        self.bits == 0 && self.kind == libc::RTN_UNICAST && self.table == u32::from(libc::RT_TABLE_MAIN)
    }

    /// IPv6 answers with the forbidding route itself where IPv4 answers with its error.
    fn refusal(&self) -> io::Result<()> {
        match self.kind {
            libc::RTN_UNREACHABLE => Err(Errno::HOSTUNREACH.into()),
            libc::RTN_BLACKHOLE => Err(Errno::INVAL.into()),
            libc::RTN_PROHIBIT => Err(Errno::ACCESS.into()),
            _ => Ok(()),
        }
    }
}

impl Hop {
    fn learn(&mut self, attribute: u16, value: &[u8]) {
        match attribute {
            libc::RTA_GATEWAY => self.gateway = address(value),
            // The router of an IPv4 route may have an IPv6 address: its family stands before it (RFC 8950).
            RTA_VIA => self.gateway = value.get(2..).and_then(address),
            _ => {}
        }
    }
}

/// The hops of a route that has several (`rtnexthop`: length, flags, weight, interface, attributes).
fn hops(mut bytes: &[u8]) -> Vec<Hop> {
    let mut hops = Vec::new();
    while let Some((hop, rest)) = next_hop(bytes) {
        hops.push(hop);
        bytes = rest;
    }
    hops
}

fn next_hop(bytes: &[u8]) -> Option<(Hop, &[u8])> {
    let length = usize::from(u16::from_ne_bytes(*bytes.first_chunk()?));
    let mut hop = Hop { gateway: None, index: word(bytes.get(4..)?)? };
    for (attribute, value) in attributes(bytes.get(8..length)?) {
        hop.learn(attribute, value);
    }
    Some((hop, bytes.get(length.next_multiple_of(4)..).unwrap_or_default()))
}

struct Link {
    name: String,
    carrier: bool,
}

/// Asks for one interface (`ifinfomsg`: family, type, index, flags, change; 16 bytes).
fn link(netlink: &mut Netlink, index: u32) -> io::Result<Link> {
    let mut body = vec![0; 4];
    body.extend_from_slice(&index.to_ne_bytes());
    body.resize(IFINFOMSG, 0);
    let answer = netlink.ask(libc::RTM_GETLINK, &body)?;
    let parsed = answer.get(IFINFOMSG..).and_then(|rest| {
        let find = |wanted| attributes(rest).find_map(|(kind, value)| (kind == wanted).then_some(value));
        let name = find(libc::IFLA_IFNAME)?.split(|byte| *byte == 0).next()?;
        let carrier = find(libc::IFLA_CARRIER).and_then(|value| value.first()).is_none_or(|up| *up != 0);
        Some(Link { name: String::from_utf8_lossy(name).into_owned(), carrier })
    });
    parsed.ok_or_else(|| io::ErrorKind::InvalidData.into())
}

const IFINFOMSG: usize = 16;

fn address(octets: &[u8]) -> Option<IpAddr> {
    match octets.len() {
        4 => octets.first_chunk::<4>().map(|octets| Ipv4Addr::from(*octets).into()),
        16 => octets.first_chunk::<16>().map(|octets| Ipv6Addr::from(*octets).into()),
        _ => None,
    }
}

fn word(bytes: &[u8]) -> Option<u32> {
    bytes.first_chunk().map(|four| u32::from_ne_bytes(*four))
}

#[cfg(test)]
mod tests;

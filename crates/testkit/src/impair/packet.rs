//! Packets as bytes: a TCP segment taken apart, an ICMP error put together.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// What an answer needs of a TCP segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// Who sent it.
    pub from: SocketAddr,
    /// To which port.
    pub to_port: u16,
    /// Whether it opens a connection: of the flags, SYN is set and ACK is not.
    pub opens: bool,
}

impl Segment {
    /// Takes a packet apart that begins with its IP header; `None` when it is not TCP.
    #[must_use]
    pub fn parse(packet: &[u8]) -> Option<Self> {
        const TCP: u8 = 6;
        let first = *packet.first()?;
        let (from, protocol, tcp): (IpAddr, _, _) = if first >> 4 == 4 {
            let from = *packet.get(12..)?.first_chunk::<4>()?;
            (Ipv4Addr::from(from).into(), *packet.get(9)?, packet.get(usize::from(first & 15) * 4..)?)
        } else {
            let from = *packet.get(8..)?.first_chunk::<16>()?;
            (Ipv6Addr::from(from).into(), *packet.get(6)?, packet.get(40..)?)
        };
        let opens = tcp.get(13)? & 0x12 == 0x02;
        let from_port = u16::from_be_bytes(*tcp.first_chunk()?);
        let to_port = u16::from_be_bytes(*tcp.get(2..)?.first_chunk()?);
        (protocol == TCP).then_some(Self { from: SocketAddr::new(from, from_port), to_port, opens })
    }
}

/// An ICMP error about a packet (RFC 792, RFC 4443): type and code, checksum, a word, and the packet itself.
/// For ICMPv6 the kernel overwrites the checksum, which there also covers the addresses.
#[must_use]
pub fn icmp(about: &[u8], [kind, code]: [u8; 2], word: u32) -> Vec<u8> {
    let mut message = vec![kind, code, 0, 0];
    message.extend(word.to_be_bytes());
    message.extend(about);
    let sum = checksum(&message).to_be_bytes();
    if let Some(field) = message.get_mut(2..4) {
        field.copy_from_slice(&sum);
    }
    message
}

/// The internet checksum (RFC 1071).
fn checksum(bytes: &[u8]) -> u16 {
    let words = bytes.chunks(2).map(|pair| match *pair {
        [high, low] => u32::from(u16::from_be_bytes([high, low])),
        [high] => u32::from(high) << 8,
        _ => 0,
    });
    let sum: u32 = words.sum();
    let folded = (sum & 0xffff) + (sum >> 16);
    !(((folded & 0xffff) + (folded >> 16)) as u16)
}

#[cfg(test)]
mod tests;

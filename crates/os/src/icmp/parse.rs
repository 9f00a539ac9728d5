//! From received bytes to what was heard. Bytes come from anywhere: nothing here may fail on any of them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::error_queue::{QueuedError, Said};
use crate::icmp::heard::{Complaint, Reply};
use crate::icmp::kind::Family;

/// An ICMP header: type, code, checksum, identifier, sequence number.
const ICMP: usize = 8;
const IP6: usize = 40;
const FRAGMENT: usize = 8;

const REPLY4: u8 = 0;
const REQUEST4: u8 = 8;
const REQUEST6: u8 = 128;
const REPLY6: u8 = 129;

/// An ICMP message that has lost the IP header around it.
struct Message<'a> {
    kind: u8,
    code: u8,
    /// The four bytes after the checksum.
    word: [u8; 4],
    rest: &'a [u8],
}

impl<'a> Message<'a> {
    fn parse(bytes: &'a [u8]) -> Option<Self> {
        let [kind, code, _, _, a, b, c, d] = *bytes.first_chunk::<ICMP>()?;
        Some(Self { kind, code, word: [a, b, c, d], rest: bytes.get(ICMP..)? })
    }

    /// Identifier and sequence number.
    fn numbers(&self) -> (u16, u16) {
        let [a, b, c, d] = self.word;
        (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]))
    }
}

/// Splits an IPv4 packet: the sender, the hop limit, and what follows the header.
pub(crate) fn ip4(bytes: &[u8]) -> Option<(IpAddr, u8, &[u8])> {
    let header = header4(bytes)?;
    let from = Ipv4Addr::from(*bytes.get(12..)?.first_chunk()?);
    Some((from.into(), *bytes.get(8)?, bytes.get(header..)?))
}

fn header4(bytes: &[u8]) -> Option<usize> {
    Some(usize::from(bytes.first()? & 0x0f) * 4)
}

/// An echo reply in an ICMP message.
pub(crate) fn reply(family: Family, from: IpAddr, message: &[u8]) -> Option<Reply<'_>> {
    let message = Message::parse(message)?;
    let wanted = match family {
        Family::V4 => REPLY4,
        Family::V6 => REPLY6,
    };
    let (id, sequence) = message.numbers();
    (message.kind == wanted).then_some(Reply { from, id, sequence, payload: message.rest, hop_limit: None, received: None })
}

/// An ICMP error that came as a packet, with the request that it quotes.
pub(crate) fn complaint(family: Family, from: IpAddr, message: &[u8]) -> Option<Complaint<'_>> {
    let Message { kind, code, word, rest } = Message::parse(message)?;
    let (said, mtu) = match (family, kind) {
        (Family::V4, 3 | 11 | 12) => (Said::Icmp, u32::from(u16::from_be_bytes([word[2], word[3]]))),
        (Family::V6, 1..=4) => (Said::Icmp6, u32::from_be_bytes(word)),
        _ => return None,
    };
    let (to, request) = quoted_packet(family, rest)?;
    let said = QueuedError { errno: 0, said, kind, code, offender: Some(from) };
    quoted(family, said, mtu, (to, request))
}

/// An ICMP error with the request that it quotes, from the request's ICMP header on.
pub(crate) fn quoted(family: Family, said: QueuedError, mtu: u32, (to, request): (IpAddr, &[u8])) -> Option<Complaint<'_>> {
    let request = Message::parse(request)?;
    let wanted = match family {
        Family::V4 => REQUEST4,
        Family::V6 => REQUEST6,
    };
    let (id, sequence) = request.numbers();
    let mtu = if is_about_size(&said) { mtu } else { 0 };
    (request.kind == wanted).then_some(Complaint { said, mtu, to, id, sequence, payload: request.rest })
}

/// Fragmentation needed, or packet too big.
fn is_about_size(said: &QueuedError) -> bool {
    matches!((said.said, said.kind, said.code), (Said::Icmp, 3, 4) | (Said::Icmp6, 2, _))
}

/// Where a quoted packet was going, and what it carried.
fn quoted_packet(family: Family, bytes: &[u8]) -> Option<(IpAddr, &[u8])> {
    match family {
        Family::V4 => {
            let to = Ipv4Addr::from(*bytes.get(16..)?.first_chunk()?);
            Some((to.into(), bytes.get(header4(bytes)?..)?))
        }
        Family::V6 => {
            let to = Ipv6Addr::from(*bytes.get(24..)?.first_chunk()?);
            let fragmented = *bytes.get(6)? == 44;
            Some((to.into(), bytes.get(if fragmented { IP6 + FRAGMENT } else { IP6 }..)?))
        }
    }
}

#[cfg(test)]
mod tests;

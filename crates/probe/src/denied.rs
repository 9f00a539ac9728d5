//! Address ranges that may not be probed, for targets that strangers can name: whoever may ask over the API shall not reach
//! what only this host can reach. Checked on each address, after resolving and at each redirect.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use allswell_model::{Stage, UnknownCause};

use crate::failure::Failure;

/// A range of addresses in the notation of RFC 4632: `169.254.0.0/16`, `fe80::/10`; an address alone is a range of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Range {
    network: IpAddr,
    bits: u8,
}

/// Why a text is no range: one sentence without a full stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoRange(String);

impl fmt::Display for NoRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NoRange {}

impl FromStr for Range {
    type Err = NoRange;

    fn from_str(text: &str) -> Result<Self, NoRange> {
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let network: IpAddr = address.parse().map_err(|_| NoRange(format!("`{text}` is no range of addresses, such as 10.0.0.0/8")))?;
        let width = if network.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(width), str::parse).ok().filter(|bits| *bits <= width);
        let bits = bits.ok_or_else(|| NoRange(format!("`{text}` has no length from 0 to {width} after its `/`")))?;
        let range = Self { network: masked(network, bits), bits };
        if range.network == network { Ok(range) } else { Err(NoRange(format!("`{text}` begins within the range {range}"))) }
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.network, self.bits)
    }
}

impl Range {
    fn holds(self, address: IpAddr) -> bool {
        address.is_ipv4() == self.network.is_ipv4() && masked(address, self.bits) == self.network
    }
}

fn masked(address: IpAddr, bits: u8) -> IpAddr {
    match address {
        IpAddr::V4(address) => IpAddr::V4((address.to_bits() & u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0)).into()),
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() & u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or(0)).into()),
    }
}

/// Ranges that may not be probed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denied(Vec<Range>);

impl Default for Denied {
    /// What reaches this host itself, its link, or a group: loopback, unspecified, link-local (where clouds keep the
    /// credentials of their machines), multicast, broadcast.
    fn default() -> Self {
        const RANGES: [&str; 9] = [
            "0.0.0.0/8",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "224.0.0.0/4",
            "255.255.255.255/32",
            "::/128",
            "::1/128",
            "fe80::/10",
            "ff00::/8",
        ];
        Self(RANGES.iter().filter_map(|range| range.parse().ok()).collect())
    }
}

impl Denied {
    /// These ranges and no others.
    #[must_use]
    pub fn new(ranges: Vec<Range>) -> Self {
        Self(ranges)
    }

    /// The ranges, in the order in which they were given.
    pub fn ranges(&self) -> impl Iterator<Item = Range> {
        self.0.iter().copied()
    }

    /// The range that forbids an address. An IPv4 address is the same however IPv6 embeds it: mapped, compatible, by NAT64
    /// (RFC 6052), 6to4 (RFC 3056).
    #[must_use]
    pub fn by(&self, address: IpAddr) -> Option<Range> {
        let within = |address| self.ranges().find(|range| range.holds(address));
        let embedded = match address {
            IpAddr::V4(_) => None,
            IpAddr::V6(address) => embedded(address),
        };
        within(address).or_else(|| embedded.and_then(within))
    }

    pub(crate) fn check(&self, address: IpAddr, stage: Stage) -> Result<(), Failure> {
        let Some(range) = self.by(address) else { return Ok(()) };
        let reason = format!("Not probed: {address} is in {range}, which targets of the API may not reach; `deny` says so.");
        Err(Failure::unknown(stage, UnknownCause::DENIED, reason))
    }
}

fn embedded(address: Ipv6Addr) -> Option<IpAddr> {
    let bits = address.to_bits();
    let low = || u32::try_from(bits & u128::from(u32::MAX)).unwrap_or_default();
    match address.segments() {
        [0, 0, 0, 0, 0, 0 | 0xffff, _, _] | [0x64, 0xff9b, 0, 0, 0, 0, _, _] => Some(IpAddr::V4(low().into())),
        [0x2002, high, next, ..] => Some(IpAddr::V4(((u32::from(high) << 16) | u32::from(next)).into())),
        _ => None,
    }
}

#[cfg(test)]
mod tests;

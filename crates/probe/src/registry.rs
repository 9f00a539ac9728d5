//! The list of protocols. To add one: its file, its `mod` line, its entry here.

use allswell_model::{COMMON_FIELDS, Field};

use crate::protocol::{Protocol, Scheme};
use crate::protocols;

/// Every protocol, in the order of the reference.
pub static PROTOCOLS: &[&dyn Protocol] =
    &[&protocols::tcp::Tcp, &protocols::tls::Tls, &protocols::http::Http, &protocols::dns::Dns, &protocols::icmp::Icmp];

/// The protocol that answers to a scheme.
#[must_use]
pub fn protocol_of_scheme(name: &str) -> Option<(&'static dyn Protocol, Scheme)> {
    PROTOCOLS.iter().find_map(|protocol| {
        let scheme = protocol.declaration().schemes.iter().find(|scheme| scheme.name == name)?;
        Some((*protocol, *scheme))
    })
}

/// Every scheme.
pub(crate) fn schemes() -> impl Iterator<Item = &'static str> {
    PROTOCOLS.iter().flat_map(|protocol| protocol.declaration().schemes).map(|scheme| scheme.name)
}

/// The fields that an expectation on this protocol may name.
pub fn all_fields(protocol: &dyn Protocol) -> impl Iterator<Item = &'static Field> {
    COMMON_FIELDS.iter().chain(protocol.declaration().fields)
}

#[cfg(test)]
mod tests;

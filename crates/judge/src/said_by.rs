//! Who said so, where that is somebody whom other targets may share.

use allswell_model::ProbeResult;

/// A router, a resolver, this host: not the target itself, which nobody shares.
pub(crate) fn said_by(result: &ProbeResult) -> Option<String> {
    let by = result.said_by.as_deref()?;
    let itself = result.address.as_deref().is_some_and(|address| host(address) == by);
    (!itself).then(|| by.to_owned())
}

/// The host of an address as results have it: with its port or without, an IPv6 address with a port in brackets.
fn host(address: &str) -> &str {
    let host = match (address.strip_prefix('['), address.split_once(':')) {
        (Some(bracketed), _) => bracketed.split(']').next(),
        (None, Some((host, port))) if !port.contains(':') => Some(host),
        (None, _) => Some(address),
    };
    host.and_then(|host| host.split('%').next()).unwrap_or(address)
}

#[cfg(test)]
mod tests;

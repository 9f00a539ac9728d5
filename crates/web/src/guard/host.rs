//! Under which hosts the pages may be called: a browser that was led here by a rebound name carries that name.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The hosts that are allowed, ports apart: a tunnel may change the port, a rebound name cannot change the host.
#[derive(Debug, Clone)]
pub(crate) struct Hosts {
    listen: IpAddr,
    names: Vec<String>,
}

impl Hosts {
    /// The host that is listened on, this machine's own names, and these.
    pub(crate) fn new(listen: SocketAddr, configured: &[String]) -> Self {
        let names = configured.iter().map(|name| canonical(name)).chain(["localhost".to_owned()]).collect();
        Self { listen: listen.ip(), names }
    }

    /// Whether a request for this authority (`host:port`) is meant for us. Any address will do where all are listened
    /// on: an address cannot be rebound.
    pub(crate) fn admits(&self, authority: &str) -> bool {
        let Some(host) = host_of(authority) else { return false };
        if self.names.contains(&host) {
            return true;
        }
        match host.parse::<IpAddr>() {
            Ok(address) => self.is_ours(address),
            Err(_) => false,
        }
    }

    /// Whether no name was rebound to us: it is one of ours, or an address, be it a forwarded one.
    pub(crate) fn trusts(&self, authority: &str) -> bool {
        host_of(authority).is_some_and(|host| self.names.contains(&host) || host.parse::<IpAddr>().is_ok())
    }

    fn is_ours(&self, address: IpAddr) -> bool {
        let local = [self.listen, IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
        self.listen.is_unspecified() || local.contains(&address)
    }
}

/// The host of `host`, `host:port`, `[v6]` or `[v6]:port`; nothing when it is none of these.
fn host_of(authority: &str) -> Option<String> {
    let (host, rest) = match authority.strip_prefix('[') {
        Some(inner) => inner.split_once(']')?,
        None => authority.find(':').map_or((authority, ""), |at| authority.split_at(at)),
    };
    let port = rest.strip_prefix(':').unwrap_or(rest);
    let sound = !host.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) && (rest.is_empty() || rest.starts_with(':'));
    sound.then(|| canonical(host))
}

/// Lower case, without the root's dot or an address's brackets.
fn canonical(host: &str) -> String {
    host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
mod tests;

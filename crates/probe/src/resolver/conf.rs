//! `resolv.conf` as it is meant: which servers, how patiently, and under which names a name is looked for.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV6};
use std::time::Duration;

use hickory_proto::rr::Name;
use resolv_conf::ScopedIp;

/// How this host resolves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Conf {
    /// In the order in which they are asked; never empty.
    pub(crate) servers: Vec<IpAddr>,
    /// The interface's number for link-local servers, by their place in `servers`.
    scopes: Vec<u32>,
    /// The domains that are put behind a name.
    search: Vec<Name>,
    /// A name with fewer dots is looked for in the search list first.
    ndots: usize,
    /// For one answer.
    pub(crate) timeout: Duration,
    /// How often each server is asked.
    pub(crate) attempts: usize,
    /// Whether the servers take turns.
    pub(crate) rotate: bool,
    /// Whether only TCP is to be used.
    pub(crate) tcp: bool,
    /// Whether IPv6 addresses are never asked for.
    pub(crate) no_aaaa: bool,
}

/// The C library takes no more patience than this from the file.
const LONGEST_TIMEOUT: u32 = 30;
const MOST_ATTEMPTS: u32 = 5;
const MOST_DOTS: u32 = 15;

impl Conf {
    /// Lines that are not understood are skipped. Without a server the one on this host is meant (resolv.conf(5)).
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let (read, _mistakes) = resolv_conf::Config::parse_with_errors(bytes);
        let (mut servers, mut scopes): (Vec<_>, Vec<_>) = read.nameservers.iter().map(server).unzip();
        if servers.is_empty() {
            (servers, scopes) = (vec![IpAddr::V4(Ipv4Addr::LOCALHOST)], vec![0]);
        }
        Self {
            servers,
            scopes,
            search: read.get_last_search_or_domain().filter_map(|domain| absolute(domain)).collect(),
            ndots: read.ndots.min(MOST_DOTS) as usize,
            timeout: Duration::from_secs(u64::from(read.timeout.clamp(1, LONGEST_TIMEOUT))),
            attempts: read.attempts.clamp(1, MOST_ATTEMPTS) as usize,
            rotate: read.rotate,
            tcp: read.use_vc,
            no_aaaa: read.no_aaaa,
        }
    }

    /// The servers at a port, from the given turn on where they take turns.
    pub(crate) fn servers(&self, port: u16, turn: usize) -> Vec<SocketAddr> {
        let mut servers: Vec<SocketAddr> =
            self.servers.iter().zip(&self.scopes).map(|(address, scope)| at(*address, *scope, port)).collect();
        if self.rotate {
            let first = turn.checked_rem(servers.len()).unwrap_or(0);
            servers.rotate_left(first);
        }
        servers
    }

    /// The full names to look for, in order. Empty when DNS cannot hold such a name.
    pub(crate) fn candidates(&self, name: &str) -> Vec<Name> {
        let Some(itself) = absolute(name) else { return Vec::new() };
        if name.ends_with('.') {
            return vec![itself];
        }
        let relative = || Name::from_ascii(name).ok();
        let mut candidates: Vec<Name> = self.search.iter().filter_map(|domain| relative()?.append_domain(domain).ok()).collect();
        let first = if name.matches('.').count() >= self.ndots { 0 } else { candidates.len() };
        candidates.insert(first, itself);
        candidates
    }
}

/// A name with its root.
pub(crate) fn absolute(name: &str) -> Option<Name> {
    let mut absolute = Name::from_ascii(name).ok()?;
    absolute.set_fqdn(true);
    Some(absolute.to_lowercase())
}

fn server(address: &ScopedIp) -> (IpAddr, u32) {
    match address {
        ScopedIp::V4(address) => ((*address).into(), 0),
        ScopedIp::V6(address, scope) => {
            let index = scope.as_deref().and_then(|scope| scope.parse().ok().or_else(|| allswell_os::interface::index(scope)));
            ((*address).into(), index.unwrap_or(0))
        }
    }
}

fn at(address: IpAddr, scope: u32, port: u16) -> SocketAddr {
    match address {
        IpAddr::V4(_) => SocketAddr::new(address, port),
        IpAddr::V6(address) => SocketAddrV6::new(address, port, 0, scope).into(),
    }
}

#[cfg(test)]
mod tests;

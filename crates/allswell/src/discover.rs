//! What this host could watch: its gateways, its resolvers, the services that listen on it.
//!
//! Polite by rule: nothing beyond this host, its gateways and its resolvers; no service that a connection would disturb.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use allswell_os::listening::Service;
use allswell_os::route::Gateway;

use crate::exit::Exit;
use crate::out;

/// Ports from here on are handed out for a moment and mean nothing tomorrow.
const EPHEMERAL: u16 = 32_768;

/// More services than this are a list, not an overview.
const AT_MOST: usize = 20;

/// A connection that says nothing is logged as an attack (22), kept waiting (25), or blocks its host after some (3306).
const DISTURBED: &[(u16, &str)] = &[
    (22, "an SSH server logs each connection"),
    (25, "a mail server waits for a greeting"),
    (3306, "a database that counts silent connections as attacks"),
];

/// What was found on this host.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// To be watched.
    pub(crate) targets: Vec<Candidate>,
    /// Not to be watched unasked; offered as comments.
    pub(crate) withheld: Vec<(Candidate, String)>,
}

/// Something that could be watched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) group: &'static str,
    pub(crate) name: String,
    pub(crate) url: String,
}

/// Print what this host could watch, as a configuration.
///
/// Looks at routes, resolvers and listening services of this host and sends nothing. `allswell discover > allswell.yaml`
/// writes it down; a running `allswell run` picks the file up.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Arguments {}

/// Prints what was found.
pub(crate) fn run(_: &Arguments) -> Exit {
    out::deliver(&look(None).as_yaml()).err().unwrap_or(Exit::Fine)
}

/// Looks around on this host; sends nothing.
pub(crate) fn look(page: Option<SocketAddr>) -> Found {
    let gateways = allswell_os::route::default_gateways().unwrap_or_default();
    let services = allswell_os::listening::tcp_services().unwrap_or_default();
    choose(&gateways, &allswell_probe::system_resolvers(), &services, page)
}

/// Chooses what may be watched unasked.
fn choose(gateways: &[Gateway], resolvers: &[SocketAddr], services: &[Service], page: Option<SocketAddr>) -> Found {
    let mut found = Found::default();
    for gateway in gateways {
        let host = host_of(gateway.address, &gateway.interface);
        found.add(Candidate {
            group: "gateways",
            name: format!("gateway {} ({})", gateway.address, gateway.interface),
            url: format!("icmp://{host}"),
        });
    }
    for resolver in resolvers {
        let name = if resolver.port() == 53 { format!("resolver {}", resolver.ip()) } else { format!("resolver {resolver}") };
        found.add(Candidate { group: "resolvers", name, url: format!("dns://{resolver}/.?type=NS") });
    }
    found.add_services(services, page);
    if let Some(page) = page {
        found.add(Candidate { group: "this host", name: "allswell's own page".into(), url: format!("http://{page}/healthz") });
    }
    found
}

impl Found {
    /// Once: two routes may lead to one gateway.
    fn add(&mut self, candidate: Candidate) {
        if !self.targets.contains(&candidate) {
            self.targets.push(candidate);
        }
    }

    fn add_services(&mut self, services: &[Service], page: Option<SocketAddr>) {
        let mut ports: Vec<u16> = Vec::new();
        let mut sorted: Vec<&Service> = services.iter().collect();
        sorted.sort_by_key(|service| (service.address.port(), service.address.is_ipv6(), service.address));
        for service in sorted {
            let port = service.address.port();
            let own = page.is_some_and(|page| page.port() == port);
            if port >= EPHEMERAL || own || ports.contains(&port) {
                continue;
            }
            ports.push(port);
            let candidate =
                Candidate { group: "this host", name: format!("port {port}"), url: format!("tcp://{}", reachable(service.address)) };
            match self.reason_to_withhold(service) {
                Some(reason) => self.withheld.push((candidate, reason)),
                None => self.targets.push(candidate),
            }
        }
    }

    fn reason_to_withhold(&self, service: &Service) -> Option<String> {
        let port = service.address.port();
        if let Some((_, why)) = DISTURBED.iter().find(|(disturbed, _)| *disturbed == port) {
            return Some((*why).to_owned());
        }
        if service.socket_activated {
            return Some("a connection would start it (socket activation)".into());
        }
        let services = self.targets.iter().filter(|target| target.url.starts_with("tcp://")).count();
        (services >= AT_MOST).then(|| format!("there are more than {AT_MOST} services"))
    }

    /// The same as a configuration, with what was withheld as comments.
    pub(crate) fn as_yaml(&self) -> String {
        let mut yaml = String::from("# What `allswell discover` found on this host.\ndefaults:\n  every: 60s\n");
        let all = || self.targets.iter().chain(self.withheld.iter().map(|(target, _)| target));
        let groups: BTreeSet<&str> = all().map(|target| target.group).collect();
        if !groups.is_empty() {
            yaml.push_str("groups:\n");
        }
        for group in groups {
            let _ = writeln!(yaml, "  \"{group}\": {{}}");
        }
        yaml.push_str("targets:\n");
        if self.targets.is_empty() {
            yaml.push_str("  []\n");
        }
        for target in &self.targets {
            let _ = writeln!(yaml, "  - name: \"{}\"\n    group: \"{}\"\n    url: \"{}\"", target.name, target.group, target.url);
        }
        for (target, reason) in &self.withheld {
            let _ = writeln!(
                yaml,
                "  # Not watched unasked: {reason}.\n  # - name: \"{}\"\n  #   group: \"{}\"\n  #   url: \"{}\"",
                target.name, target.group, target.url
            );
        }
        yaml
    }
}

fn host_of(address: IpAddr, interface: &str) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) if address.is_unicast_link_local() => format!("[{address}%25{interface}]"),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}

/// Where a listener can be reached from its own host: a wildcard on loopback.
fn reachable(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => SocketAddr::new(Ipv4Addr::LOCALHOST.into(), address.port()),
        IpAddr::V6(ip) if ip.is_unspecified() => SocketAddr::new(Ipv6Addr::LOCALHOST.into(), address.port()),
        _ => address,
    }
}

#[cfg(test)]
mod tests;

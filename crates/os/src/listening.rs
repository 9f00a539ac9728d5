//! The TCP services that listen on this host, as `/proc/net/tcp` and `tcp6` name them.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;

/// A listening socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Service {
    /// Where it listens; an unspecified address is all of this host's.
    pub address: SocketAddr,
    /// Whether systemd holds the socket and starts the service at the first connection.
    pub socket_activated: bool,
}

/// All listening TCP sockets of this network namespace, by address.
///
/// # Errors
/// When `/proc` is not mounted.
pub fn tcp_services() -> io::Result<Vec<Service>> {
    let mut listeners = Vec::new();
    for table in ["/proc/self/net/tcp", "/proc/self/net/tcp6"] {
        match fs::read_to_string(table) {
            Ok(table) => listeners.extend(table.lines().filter_map(listener)),
            // A kernel without IPv6 has no second table.
            Err(error) if error.kind() == io::ErrorKind::NotFound && table.ends_with('6') => {}
            Err(error) => return Err(error),
        }
    }
    let held = Held::by_systemd();
    let mut services: Vec<Service> =
        listeners.iter().map(|one| Service { address: one.address, socket_activated: held.holds(one) }).collect();
    services.sort_unstable();
    services.dedup();
    Ok(services)
}

#[derive(Debug, PartialEq, Eq)]
struct Listener {
    address: SocketAddr,
    inode: u64,
}

/// One line of the table, when it is in the state LISTEN (0A): number, local, remote, state, queues, timer, retransmits, uid, timeout, inode.
fn listener(line: &str) -> Option<Listener> {
    let mut words = line.split_ascii_whitespace();
    let local = words.nth(1)?;
    if words.nth(1)? != "0A" {
        return None;
    }
    let inode = words.nth(5)?.parse().ok()?;
    let (address, port) = local.split_once(':')?;
    Some(Listener { address: SocketAddr::new(hexadecimal(address)?, u16::from_str_radix(port, 16).ok()?), inode })
}

/// An address as the table writes it: words of 32 bits, each in the byte order of this machine.
fn hexadecimal(text: &str) -> Option<IpAddr> {
    let word = |at: usize| Some(u32::from_str_radix(text.get(at..at + 8)?, 16).ok()?.to_ne_bytes());
    match text.len() {
        8 => Some(Ipv4Addr::from(word(0)?).into()),
        32 => {
            let octets = [word(0)?, word(8)?, word(16)?, word(24)?].concat();
            octets.first_chunk::<16>().map(|octets| Ipv6Addr::from(*octets).into())
        }
        _ => None,
    }
}

/// What systemd listens on for others.
enum Held {
    /// It does not run here.
    Nothing,
    /// The sockets among its descriptors; only root may look.
    Inodes(HashSet<u64>),
    /// The ports that its socket units name, which everybody may read. It errs towards leaving a service alone.
    Ports(HashSet<u16>),
}

impl Held {
    fn by_systemd() -> Self {
        if fs::read_to_string("/proc/1/comm").is_ok_and(|name| name.trim_end() != "systemd") {
            return Self::Nothing;
        }
        match fs::read_dir("/proc/1/fd") {
            Ok(entries) => Self::Inodes(entries.flatten().filter_map(|entry| socket_inode(&fs::read_link(entry.path()).ok()?)).collect()),
            Err(_) => Self::Ports(socket_units().iter().flat_map(|unit| ports(unit)).collect()),
        }
    }

    fn holds(&self, listener: &Listener) -> bool {
        match self {
            Self::Nothing => false,
            Self::Inodes(inodes) => inodes.contains(&listener.inode),
            Self::Ports(ports) => ports.contains(&listener.address.port()),
        }
    }
}

/// The number in `socket:[number]`.
fn socket_inode(link: &Path) -> Option<u64> {
    link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()
}

/// The texts of all socket units and of their drop-ins.
fn socket_units() -> Vec<String> {
    let folders =
        ["/etc/systemd/system", "/run/systemd/system", "/run/systemd/generator", "/usr/lib/systemd/system", "/lib/systemd/system"];
    let entries = folders.iter().flat_map(fs::read_dir).flatten().flatten().map(|entry| entry.path());
    let files = entries.flat_map(|path| match path.extension().and_then(|end| end.to_str()) {
        Some("socket") => vec![path],
        Some("d") if path.to_string_lossy().ends_with(".socket.d") => {
            fs::read_dir(&path).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
        }
        _ => Vec::new(),
    });
    files.flat_map(fs::read_to_string).collect()
}

/// The ports of `ListenStream=` lines: `port`, `address:port` or `[address]:port`.
fn ports(unit: &str) -> impl Iterator<Item = u16> {
    let values = unit.lines().filter_map(|line| line.trim().strip_prefix("ListenStream")?.trim_start().strip_prefix('='));
    values.filter_map(|value| value.trim().rsplit(':').next()?.parse().ok())
}

#[cfg(test)]
mod tests;

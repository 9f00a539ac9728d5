//! The hosts file: names that need no resolver.

use std::collections::HashMap;
use std::net::IpAddr;

use crate::network::Family;

/// Names, in lower case, and their addresses in the file's order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Hosts(HashMap<String, Vec<IpAddr>>);

impl Hosts {
    /// Lines of an address and its names; what follows a `#` is a comment, and a line that is none of this is skipped, as the C library does.
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let mut hosts = Self::default();
        for line in String::from_utf8_lossy(bytes).lines() {
            let mut words = line.split('#').next().unwrap_or_default().split_ascii_whitespace();
            // A scope (`fe80::1%lo0`) is cut off: a name cannot carry it further.
            let Some(address) = words.next().and_then(|word| word.split('%').next()?.parse::<IpAddr>().ok()) else { continue };
            for name in words {
                let known = hosts.0.entry(name.trim_end_matches('.').to_ascii_lowercase()).or_default();
                if !known.contains(&address) {
                    known.push(address);
                }
            }
        }
        hosts
    }

    /// The addresses of a name, of the allowed families; empty where the file has none.
    pub(crate) fn addresses(&self, name: &str, family: Family) -> Vec<IpAddr> {
        let known = self.0.get(&name.trim_end_matches('.').to_ascii_lowercase());
        known.into_iter().flatten().copied().filter(|address| family.admits(*address)).collect()
    }
}

#[cfg(test)]
mod tests;

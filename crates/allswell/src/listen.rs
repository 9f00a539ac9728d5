//! Where the page is served: an address as the command line and the configuration take it.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The port, unless another one is said.
const PORT: u16 = 8420;

/// Where the page is served when nobody says otherwise.
pub(crate) const DEFAULT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), PORT);

/// A text that is no address to listen on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    /// What to write instead.
    pub(crate) hint: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "it takes an address, with or without a port: {}", self.hint)
    }
}

impl std::error::Error for Refused {}

/// Reads an address; the port may be left out.
///
/// # Errors
/// It is no address.
pub(crate) fn read(text: &str) -> Result<SocketAddr, Refused> {
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<Ipv6Addr>().ok().map(IpAddr::V6);
    let portless = || text.parse::<Ipv4Addr>().ok().map(IpAddr::V4).or_else(bracketed).map(|address| SocketAddr::new(address, PORT));
    text.parse().ok().or_else(portless).ok_or_else(|| refused(text))
}

fn refused(text: &str) -> Refused {
    let hint = match text.parse::<Ipv6Addr>() {
        // `::1:80` is an address too, so brackets have to say where it ends.
        Ok(address) => format!("an IPv6 address stands in brackets: [{address}] or [{address}]:{PORT}"),
        Err(_) => {
            let port = text.rsplit(':').next().and_then(|port| port.parse().ok()).unwrap_or(PORT);
            format!("127.0.0.1:{port} for this host alone, 0.0.0.0:{port} or [::]:{port} for all")
        }
    };
    Refused { hint }
}

#[cfg(test)]
mod tests;

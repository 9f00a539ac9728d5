//! Where a request goes: scheme, host, port, path and query; and where a redirect leads from there.

use http::uri::PathAndQuery;
use std::net::IpAddr;
use url::Url;

use crate::ending::foreign;
use crate::locator::{Endpoint, Host, Locator};
use allswell_model::settings::Mistake;

/// The URL of a request, without credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) https: bool,
    pub(super) endpoint: Endpoint,
    pub(super) target: PathAndQuery,
}

impl Place {
    /// # Errors
    /// A path or query that HTTP cannot carry.
    pub(super) fn of(locator: &Locator) -> Result<Self, Mistake> {
        let query = locator.raw_query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
        let target = PathAndQuery::try_from(format!("/{}{query}", locator.path))
            .map_err(|error| Mistake::of("url", format!("{} has a path or query that HTTP cannot carry ({error})", locator.shown())))?;
        Ok(Self { https: locator.scheme == "https", endpoint: locator.endpoint.clone(), target })
    }

    fn scheme(&self) -> &'static str {
        if self.https { "https" } else { "http" }
    }

    fn usual_port(&self) -> u16 {
        if self.https { 443 } else { 80 }
    }

    /// `api.example.com`, `[fd00::7]:8080`: for the Host header. An interface's name means nothing to the peer.
    pub(super) fn authority(&self) -> String {
        let host = match &self.endpoint.host {
            Host::Scoped(address, _) => format!("[{address}]"),
            host => host.to_string(),
        };
        if self.endpoint.port == self.usual_port() { host } else { format!("{host}:{}", self.endpoint.port) }
    }

    /// As people read it, cut to a sentence's length.
    pub(super) fn shown(&self) -> String {
        foreign(&format!("{}://{}{}", self.scheme(), self.authority(), self.target))
    }

    /// Scheme, host and port are the same: whoever answers there may have our credentials.
    pub(super) fn same_origin(&self, other: &Self) -> bool {
        self.https == other.https && self.endpoint == other.endpoint
    }

    pub(super) fn same_host(&self, other: &Self) -> bool {
        self.endpoint.host == other.endpoint.host
    }

    /// Where a Location header leads (RFC 9110, section 10.2.2). Credentials in it are not ours, and are left out.
    ///
    /// # Errors
    /// What is wrong with it, to follow `redirects to ...,`.
    pub(super) fn join(&self, location: &str) -> Result<Self, &'static str> {
        let base = Url::parse(&format!("{}://{}{}", self.scheme(), self.authority(), self.target)).map_err(|_| "which leads nowhere")?;
        let url = base.join(location).map_err(|_| "which is not a URL")?;
        let https = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err("which is not HTTP"),
        };
        let host = match url.host() {
            Some(url::Host::Domain(name)) => Host::Name(name.to_owned()),
            Some(url::Host::Ipv4(address)) => Host::Address(IpAddr::V4(address)),
            Some(url::Host::Ipv6(address)) => match &self.endpoint.host {
                Host::Scoped(ours, zone) if *ours == address => Host::Scoped(address, zone.clone()),
                _ => Host::Address(IpAddr::V6(address)),
            },
            None => return Err("which names no host"),
        };
        let port = url.port_or_known_default().filter(|port| *port > 0).ok_or("which has no port")?;
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        let target = PathAndQuery::try_from(format!("{}{query}", url.path())).map_err(|_| "which HTTP cannot carry")?;
        Ok(Self { https, endpoint: Endpoint { host, port }, target })
    }
}

#[cfg(test)]
mod tests;

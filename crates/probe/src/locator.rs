//! A target's URL, taken apart: scheme, host, port, path, query, credentials.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv6Addr, SocketAddr, SocketAddrV6};

use url::Url;

use crate::protocol::Part;
use crate::registry;
use allswell_model::settings::{Mistake, nearest};

/// Where a probe goes before anything is resolved.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Host {
    /// A name for the resolver; lower case, in ASCII (IDNA).
    Name(String),
    /// An address.
    Address(IpAddr),
    /// A link-local address with the interface it is meant on.
    Scoped(Ipv6Addr, String),
}

impl fmt::Display for Host {
    /// As in a URL: IPv6 in brackets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Address(IpAddr::V4(address)) => write!(f, "{address}"),
            Self::Address(IpAddr::V6(address)) => write!(f, "[{address}]"),
            Self::Scoped(address, zone) => write!(f, "[{address}%{zone}]"),
        }
    }
}

/// A host and a port; port 0 where the protocol has none.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Endpoint {
    /// Where.
    pub host: Host,
    /// Which service.
    pub port: u16,
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.port == 0 { write!(f, "{}", self.host) } else { write!(f, "{}:{}", self.host, self.port) }
    }
}

impl Endpoint {
    /// The socket address, where nothing needs resolving. A scope is an interface's index, 0 where it does not exist.
    #[must_use]
    pub fn literal(&self) -> Option<SocketAddr> {
        match &self.host {
            Host::Name(_) => None,
            Host::Address(address) => Some(SocketAddr::new(*address, self.port)),
            Host::Scoped(address, _) => Some(SocketAddr::V6(SocketAddrV6::new(*address, self.port, 0, self.scope().unwrap_or(0)))),
        }
    }

    /// The number of the interface that a link-local address is meant on, which may be written as a number (RFC 4007,
    /// section 11.2); 0 where none is named.
    ///
    /// # Errors
    /// There is no such interface, or no descriptor to ask by.
    pub fn scope(&self) -> io::Result<u32> {
        match &self.host {
            Host::Scoped(_, zone) => zone.parse().or_else(|_| allswell_os::interface::number(zone)),
            Host::Name(_) | Host::Address(_) => Ok(0),
        }
    }
}

/// A target's URL, parsed and known to belong to a protocol.
#[derive(Debug, Clone)]
pub struct Locator {
    /// The scheme as it was written, lower case.
    pub scheme: String,
    /// Host and port, the scheme's default port filled in.
    pub endpoint: Endpoint,
    /// Whether the port was written.
    pub explicit_port: bool,
    /// The path without its leading slash, still percent-encoded.
    pub path: String,
    /// The query's pairs, decoded.
    pub query: Vec<(String, String)>,
    /// The query as it was written.
    pub raw_query: Option<String>,
    /// User and password, decoded.
    pub credentials: Option<(String, String)>,
}

impl Locator {
    /// # Errors
    /// What is wrong with it, with a suggestion where there is one.
    pub fn parse(text: &str) -> Result<Self, Mistake> {
        let shown = masked(text);
        let Some((scheme, rest)) = text.split_once("://") else {
            return Err(without_scheme(&shown));
        };
        let text = shown.as_str();
        let scheme = scheme.to_ascii_lowercase();
        let Some((_, known)) = registry::protocol_of_scheme(&scheme) else {
            return Err(unknown_scheme(&scheme));
        };
        let (rest, zone) = take_zone(rest);
        // A stand-in scheme: `url` treats http differently from tcp, and here all are read alike.
        let url = Url::parse(&format!("probe://{rest}")).map_err(|why| unreadable(text, why))?;
        let host = host_of(url.host_str().unwrap_or_default(), zone, text)?;
        let port = match (url.port(), known.port) {
            (Some(0), _) => return Err(Mistake::of("url", format!("{text} has port 0, where nothing can listen"))),
            (Some(port), Some(_)) => port,
            (Some(_), None) => return Err(Mistake::of("url", format!("{scheme}:// has no ports")).hint("leave the port out")),
            (None, Some(0)) => {
                return Err(Mistake::of("url", format!("{text} has no port")).hint(format!("such as {scheme}://{host}:443")));
            }
            (None, default) => default.unwrap_or(0),
        };
        Ok(Self {
            scheme,
            endpoint: Endpoint { host, port },
            explicit_port: url.port().is_some(),
            path: path_of(&rest, &url),
            query: url.query_pairs().map(|(k, v)| (k.into_owned(), v.into_owned())).collect(),
            raw_query: url.query().map(str::to_owned),
            credentials: credentials(&url),
        })
    }

    /// What a protocol that takes only these parts cannot heed, all of it in one mistake.
    pub(crate) fn surplus(&self, takes: &[Part]) -> Option<Mistake> {
        let holds = |part: &Part| match part {
            Part::Path => !self.path.is_empty(),
            Part::Query => self.raw_query.as_ref().is_some_and(|query| !query.is_empty()),
            Part::Credentials => self.credentials.is_some(),
        };
        let surplus = [Part::Path, Part::Query, Part::Credentials].into_iter().filter(|part| holds(part) && !takes.contains(part));
        let surplus: Vec<String> = surplus.map(|part| part.to_string()).collect();
        let taken = |part| takes.contains(&part);
        let mut bare = self.clone();
        bare.path.truncate(if taken(Part::Path) { usize::MAX } else { 0 });
        bare.raw_query = bare.raw_query.filter(|_| taken(Part::Query));
        bare.credentials = bare.credentials.filter(|_| taken(Part::Credentials));
        let message = format!("{}:// has no use for {}", self.scheme, surplus.join(" or "));
        (!surplus.is_empty()).then(|| Mistake::of("url", message).hint(format!("such as {}", bare.shown())))
    }

    /// The URL without its password, safe to show anywhere.
    #[must_use]
    pub fn shown(&self) -> String {
        let user = self.credentials.as_ref().map(|(user, _)| format!("{user}:***@")).unwrap_or_default();
        let host = if self.explicit_port { self.endpoint.to_string() } else { self.endpoint.host.to_string() };
        let path = if self.path.is_empty() { String::new() } else { format!("/{}", self.path) };
        let query = self.raw_query.as_ref().map(|q| format!("?{q}")).unwrap_or_default();
        format!("{}://{user}{host}{path}{query}", self.scheme)
    }
}

/// `/.` asks DNS for its root; URLs take the dot for "here" and drop it.
fn path_of(rest: &str, url: &Url) -> String {
    let written = rest.find('/').and_then(|at| rest.get(at..)).and_then(|path| path.split(['?', '#']).next());
    if written == Some("/.") { ".".into() } else { url.path().trim_start_matches('/').to_owned() }
}

fn without_scheme(text: &str) -> Mistake {
    let host = text.split(['/', '?', '#']).next().unwrap_or(text);
    let bare = host.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok()).map_or(host, |(bare, _)| bare);
    let with_port = if bare == host { format!("{host}:443") } else { host.to_owned() };
    Mistake::of("url", format!("`{text}` has no scheme")).hint(format!("did you mean https://{text}, icmp://{bare} or tcp://{with_port}?"))
}

fn unknown_scheme(scheme: &str) -> Mistake {
    let known: Vec<&str> = registry::schemes().collect();
    let mistake = Mistake::of("url", format!("no protocol is called `{scheme}`"));
    match nearest(scheme, known.iter().copied()) {
        Some(near) => mistake.hint(format!("did you mean `{near}`?")),
        None => mistake.hint(format!("known are {}", known.join(", "))),
    }
}

/// What was typed, for a sentence: without its password.
fn masked(text: &str) -> String {
    let (head, rest) = text.split_at(text.find("://").map_or(0, |at| at + 3));
    let (authority, tail) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    match authority.rsplit_once('@').map(|(user, host)| (user.split_once(':'), host)) {
        Some((Some((user, _)), host)) => format!("{head}{user}:***@{host}{tail}"),
        _ => text.to_owned(),
    }
}

/// `tcp://fd00::7:80`, of which nobody can say where the address ends.
fn without_brackets(text: &str) -> bool {
    let authority = text.split_once("://").map_or(text, |(_, rest)| rest).split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    !host.starts_with('[') && host.matches(':').count() > 1
}

fn unreadable(text: &str, why: url::ParseError) -> Mistake {
    match why {
        _ if without_brackets(text) => {
            Mistake::of("url", format!("{text} has an IPv6 address without brackets")).hint("such as tcp://[fd00::7]:5432")
        }
        url::ParseError::InvalidPort => Mistake::of("url", format!("{text} has a port outside 1 to 65535")),
        url::ParseError::InvalidIpv6Address | url::ParseError::InvalidIpv4Address => {
            Mistake::of("url", format!("{text} holds no valid address")).hint("an IPv6 address stands in brackets: tcp://[fd00::7]:5432")
        }
        url::ParseError::EmptyHost => Mistake::of("url", format!("{text} names no host")),
        why => Mistake::of("url", format!("{text} is not a URL ({why})")),
    }
}

/// Cuts `%eth0` or `%25eth0` out of `[fe80::1%25eth0]`, which the URL standard does not know.
fn take_zone(rest: &str) -> (String, Option<String>) {
    let bracketed = rest.find('[').zip(rest.find(']')).filter(|(open, close)| open < close);
    let Some((open, close)) = bracketed else { return (rest.to_owned(), None) };
    let inside = rest.get(open..close).unwrap_or_default();
    let Some((address, zone)) = inside.split_once('%') else { return (rest.to_owned(), None) };
    let zone = zone.strip_prefix("25").unwrap_or(zone);
    let tail = rest.get(close..).unwrap_or_default();
    let head = rest.get(..open).unwrap_or_default();
    (format!("{head}{address}{tail}"), Some(zone.to_owned()))
}

fn host_of(text: &str, zone: Option<String>, whole: &str) -> Result<Host, Mistake> {
    if text.is_empty() {
        return Err(unreadable(whole, url::ParseError::EmptyHost));
    }
    let decoded = url::form_urlencoded::parse(text.replace('+', "%2B").as_bytes()).next().map(|(k, _)| k.into_owned()).unwrap_or_default();
    match url::Host::parse(&decoded).map_err(|why| unreadable(whole, why))? {
        url::Host::Domain(name) => Ok(Host::Name(name)),
        url::Host::Ipv4(address) => Ok(Host::Address(IpAddr::V4(address))),
        url::Host::Ipv6(address) => Ok(zone.map_or(Host::Address(IpAddr::V6(address)), |zone| Host::Scoped(address, zone))),
    }
}

fn credentials(url: &Url) -> Option<(String, String)> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let decode = |text: &str| {
        let plus = text.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
        url::form_urlencoded::parse(plus.as_bytes()).next().map(|(k, _)| k.into_owned()).unwrap_or_default()
    };
    Some((decode(url.username()), decode(url.password().unwrap_or_default())))
}

#[cfg(test)]
mod tests;

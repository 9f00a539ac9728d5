//! How a probe leaves this host: the settings that every protocol honours.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use allswell_model::AddressPolicy;
use allswell_os::socket::Via;

use crate::denied::Denied;
use allswell_model::settings::{Mistake, SettingKind, SettingSpec, Settings};

/// Which address families may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Family {
    /// Both.
    #[default]
    Any,
    /// IPv4 alone.
    V4,
    /// IPv6 alone.
    V6,
}

impl Family {
    /// Whether an address is of this family.
    #[must_use]
    pub fn admits(self, address: IpAddr) -> bool {
        match self {
            Self::Any => true,
            Self::V4 => address.is_ipv4(),
            Self::V6 => address.is_ipv6(),
        }
    }
}

/// Settings of every protocol: keys of a target, and `--set` of `check`.
pub const NETWORK_SETTINGS: &[SettingSpec] = &[
    SettingSpec {
        name: "addresses",
        kind: SettingKind::Choice(&["first", "any", "all"]),
        default: Some("first"),
        doc: "which of a name's addresses are probed: the resolver's first, until one is up, or each",
    },
    SettingSpec {
        name: "family",
        kind: SettingKind::Choice(&["any", "ipv4", "ipv6"]),
        default: Some("any"),
        doc: "the address family to use",
    },
    SettingSpec { name: "source", kind: SettingKind::Text, default: None, doc: "the address to probe from; unset: the route's own" },
    SettingSpec {
        name: "interface",
        kind: SettingKind::Text,
        default: None,
        doc: "the interface to probe through; unset: the route's own",
    },
    SettingSpec {
        name: "mark",
        kind: SettingKind::Integer(0, u32::MAX as i64),
        default: None,
        doc: "the firewall mark of every packet (needs CAP_NET_ADMIN); unset: none",
    },
    SettingSpec {
        name: "resolver",
        kind: SettingKind::Text,
        default: None,
        doc: "the DNS server to ask, as address or address:port; unset: the host's own (hosts file, resolv.conf)",
    },
];

/// [`NETWORK_SETTINGS`] as they are meant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Network {
    /// Source address, interface, mark.
    pub via: Via,
    /// Allowed families.
    pub family: Family,
    /// Which addresses.
    pub addresses: AddressPolicy,
    /// A resolver of one's own choice.
    pub resolver: Option<SocketAddr>,
    /// What may not be probed; `None`: no address is forbidden.
    pub denied: Option<Arc<Denied>>,
}

impl Network {
    /// # Errors
    /// A source or resolver that is no address; a source of another family than the one asked for.
    pub fn read(settings: &Settings) -> Result<Self, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let source = settings.text("source").and_then(|text| noted(&mut mistakes, read_source(text)));
        let resolver = settings.text("resolver").and_then(|text| noted(&mut mistakes, read_server(text)));
        let mut family = match settings.text("family") {
            Some("ipv4") => Family::V4,
            Some("ipv6") => Family::V6,
            _ => Family::Any,
        };
        if let Some(source) = source {
            if !family.admits(source) {
                mistakes.push(Mistake::of("source", format!("`source` {source} is not of the family that `family` asks for")));
            }
            family = if source.is_ipv4() { Family::V4 } else { Family::V6 };
        }
        let addresses = match settings.text("addresses") {
            Some("any") => AddressPolicy::Any,
            Some("all") => AddressPolicy::All,
            _ => AddressPolicy::First,
        };
        let mark = settings.integer("mark").and_then(|n| u32::try_from(n).ok());
        let interface = settings.text("interface").map(str::to_owned);
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        Ok(Self { via: Via { source, interface, mark }, family, addresses, resolver, denied: None })
    }
}

fn noted<T>(mistakes: &mut Vec<Mistake>, read: Result<T, Mistake>) -> Option<T> {
    read.map_err(|mistake| mistakes.push(mistake)).ok()
}

fn read_source(text: &str) -> Result<IpAddr, Mistake> {
    text.trim_matches(['[', ']'])
        .parse()
        .map_err(|_| Mistake::of("source", format!("`source` takes an address of this host, not `{text}`")))
}

/// An address with or without a port; 53 is the default.
fn read_server(text: &str) -> Result<SocketAddr, Mistake> {
    text.parse::<SocketAddr>()
        .or_else(|_| text.trim_matches(['[', ']']).parse::<IpAddr>().map(|address| SocketAddr::new(address, 53)))
        .map_err(|_| Mistake::of("resolver", format!("`resolver` takes an address or address:port, not `{text}`")))
}

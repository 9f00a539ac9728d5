//! What the answers about one full name amount to.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use super::answered::{Answered, What};
use super::heard::Heard;
use super::verdict::called;

/// Addresses, and where they came from: `hosts`, `cache`, or the server.
pub(crate) struct Resolved {
    pub(crate) addresses: Vec<IpAddr>,
    pub(crate) from: String,
}

/// One answer, and whether it was known before.
pub(crate) struct Told {
    pub(crate) answered: Arc<Answered>,
    pub(crate) cached: bool,
}

/// What became of one full name.
pub(crate) enum Found {
    Addresses(Resolved),
    NoName(SocketAddr),
    NoAddress(SocketAddr),
    Nothing(Heard),
}

/// Addresses go before all else (some servers deny a name's other family, RFC 4074), a "no" to the name before a failure of its
/// other family, and a failure before "no address": the failed family might have had one.
pub(crate) fn found(told: &[Result<Told, Heard>]) -> Found {
    let heard = told.iter().filter_map(|told| told.as_ref().err()).cloned().reduce(Heard::and);
    let answered: Vec<&Told> = told.iter().flatten().collect();
    let addresses: Vec<IpAddr> = answered.iter().flat_map(|told| told.answered.what.addresses()).copied().collect();
    let asked = answered.iter().find(|told| !told.cached).map(|told| called(told.answered.server));
    if !addresses.is_empty() {
        return Found::Addresses(Resolved { addresses, from: asked.unwrap_or_else(|| "cache".into()) });
    }
    let saying = |what: &What| answered.iter().find(|told| told.answered.what == *what).map(|told| told.answered.server);
    match (saying(&What::NoName), heard, saying(&What::NoAddress)) {
        (Some(server), _, _) => Found::NoName(server),
        (None, Some(heard), _) => Found::Nothing(heard),
        (None, None, Some(server)) => Found::NoAddress(server),
        (None, None, None) => Found::Nothing(Heard::default()),
    }
}

//! From a host to addresses, without getaddrinfo: it cannot be cancelled and blames nobody.
//! A stub resolver: hosts file, `resolv.conf`, search list, several servers, a cache; whoever asks the same meanwhile joins.

mod answered;
mod ask;
mod cache;
mod conf;
mod desk;
mod flights;
mod found;
mod heard;
mod hosts;
mod order;
mod servers;
mod verdict;
mod watched;
mod ways;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use allswell_model::Stage;
use allswell_os::socket::Via;
use futures_util::FutureExt;
use futures_util::future::{Either, select};
use hickory_proto::rr::{Name, RecordType};
use tokio::time::timeout_at;

use crate::attempt::Attempt;
use crate::failure::Failure;
use crate::locator::{Endpoint, Host};
use crate::network::{Family, Network};
use answered::{Answered, What};
use ask::{Plan, ask};
use conf::{Conf, absolute};
use desk::{Asked, Desk, Scope};
use flights::Flights;
use found::{Found, Resolved, Told, found};
use heard::{Complaint, Heard, Progress};
use hosts::Hosts;
use watched::Watched;
use ways::Ways;

/// When one family has answered, the other one gets so much longer, and at most this share of the time that is left.
const OTHER_FAMILY: Duration = Duration::from_secs(1);
const OTHER_FAMILY_SHARE: u32 = 4;

/// A resolver of one's own choice is asked with the patience that the C library has by default.
const PATIENCE: Duration = Duration::from_secs(5);
const ATTEMPTS: usize = 2;

/// Where this host's own way to resolve is written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sources {
    /// The hosts file.
    pub hosts: PathBuf,
    /// `resolv.conf`.
    pub resolv_conf: PathBuf,
    /// The port of the servers in it.
    pub port: u16,
}

impl Default for Sources {
    fn default() -> Self {
        Self { hosts: "/etc/hosts".into(), resolv_conf: "/etc/resolv.conf".into(), port: 53 }
    }
}

/// The servers that this host asks, in the order of its `resolv.conf`; none where there is no such file.
#[must_use]
pub fn system_resolvers() -> Vec<SocketAddr> {
    let sources = Sources::default();
    std::fs::read(&sources.resolv_conf).map_or_else(|_| Vec::new(), |bytes| Conf::read(&bytes).servers(sources.port, 0))
}

/// Every resolver in use, with its cache.
#[derive(Debug)]
pub(crate) struct Resolvers {
    hosts: Watched<Hosts>,
    conf: Watched<Conf>,
    port: u16,
    turn: AtomicUsize,
    desk: Arc<Desk>,
    flights: Flights<Asked, Result<Arc<Answered>, Heard>, Progress>,
    ways: Ways,
}

impl Default for Resolvers {
    fn default() -> Self {
        Self::of(&Sources::default())
    }
}

/// All that one resolving needs besides the name.
struct Search<'a> {
    name: &'a str,
    family: Family,
    scope: Scope,
    plan: Plan,
    begun: Instant,
}

impl Resolvers {
    /// Resolvers that read these files, when they are first needed.
    pub(crate) fn of(sources: &Sources) -> Self {
        Self {
            hosts: Watched::new(&sources.hosts, Hosts::read),
            conf: Watched::new(&sources.resolv_conf, Conf::read),
            port: sources.port,
            turn: AtomicUsize::new(0),
            desk: Arc::default(),
            flights: Flights::default(),
            ways: Ways::default(),
        }
    }

    /// The addresses of an endpoint in the order in which they are to be tried; never empty. It ends at the attempt's deadline.
    ///
    /// # Errors
    /// `name_not_found`, `no_address`, or what our resolver did.
    pub(crate) async fn addresses(&self, attempt: &mut Attempt, endpoint: &Endpoint) -> Result<Vec<SocketAddr>, Failure> {
        let Host::Name(name) = &endpoint.host else { return Ok(endpoint.literal().into_iter().collect()) };
        attempt.enter(Stage::RESOLVE);
        let network = Arc::clone(&attempt.network);
        let mut resolved = self.resolve(name, &network, attempt.deadline()).await?;
        if let [_, _, ..] = resolved.addresses.as_slice() {
            let now = Instant::now();
            order::sort(&mut resolved.addresses, |address| self.ways.to(address, &network.via, now));
        }
        attempt.measure("resolved_from", resolved.from);
        Ok(resolved.addresses.into_iter().map(|address| SocketAddr::new(address, endpoint.port)).collect())
    }

    async fn resolve(&self, name: &str, network: &Network, deadline: Instant) -> Result<Resolved, Failure> {
        let begun = Instant::now();
        let from_hosts = |addresses: Vec<IpAddr>| Resolved { addresses, from: "hosts".into() };
        if network.resolver.is_none() {
            let addresses = self.hosts.current(begun).0.addresses(name, network.family);
            if !addresses.is_empty() {
                return Ok(from_hosts(addresses));
            }
        }
        if is_localhost(name) {
            let addresses: Vec<IpAddr> = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)].into();
            return Ok(from_hosts(addresses.into_iter().filter(|address| network.family.admits(*address)).collect()));
        }
        let (search, candidates) = self.search(name, network, begun, deadline);
        self.look_for(&search, &candidates).await
    }

    /// Whom to ask for which full names.
    fn search<'a>(&self, name: &'a str, network: &Network, begun: Instant, until: Instant) -> (Search<'a>, Vec<Name>) {
        if let Some(server) = network.resolver {
            // A loopback resolver is not reached from another address or through another interface.
            let via = if server.ip().is_loopback() { Via::default() } else { network.via.clone() };
            let plan = Plan { servers: vec![server], via: via.clone(), timeout: PATIENCE, attempts: ATTEMPTS, tcp: false, until };
            let search = Search { name, family: network.family, scope: Scope::Chosen(server, via), plan, begun };
            return (search, absolute(name).into_iter().collect());
        }
        let (conf, generation) = self.conf.current(begun);
        let plan = Plan {
            servers: conf.servers(self.port, self.turn.fetch_add(1, Ordering::Relaxed)),
            via: Via::default(),
            timeout: conf.timeout,
            attempts: conf.attempts,
            tcp: conf.tcp,
            until,
        };
        let family = if conf.no_aaaa && network.family == Family::Any { Family::V4 } else { network.family };
        (Search { name, family, scope: Scope::Host(generation), plan, begun }, conf.candidates(name))
    }

    /// Tries the candidates in turn: the first with addresses is it. A candidate that exists without an address, or that could
    /// not be asked for, is remembered for the verdict (as the C library does), but silence ends the search.
    async fn look_for(&self, search: &Search<'_>, candidates: &[Name]) -> Result<Resolved, Failure> {
        let mut verdict: Option<Failure> = None;
        let mut worst = 0;
        let mut judge = |weight: u8, failure: Failure| {
            if weight > worst {
                (worst, verdict) = (weight, Some(failure));
            }
        };
        for candidate in candidates {
            match self.both(search, candidate).await {
                Found::Addresses(resolved) => return Ok(resolved),
                Found::NoName(server) => judge(1, verdict::not_found(search.name, candidates, server)),
                Found::NoAddress(server) => judge(2, verdict::no_address(search.name, search.family, server)),
                Found::Nothing(heard) => {
                    let coded = heard.silent.is_empty() && heard.complaints.iter().any(|(_, said)| matches!(said, Complaint::Code(_)));
                    judge(3, verdict::unanswered(search.name, &heard, search.begun.elapsed(), &self.desk.servers()));
                    if !coded {
                        break;
                    }
                }
            }
        }
        Err(verdict.unwrap_or_else(|| verdict::impossible(search.name)))
    }

    /// Asks for the addresses of both families side by side, or for the one that is wanted.
    async fn both(&self, search: &Search<'_>, name: &Name) -> Found {
        let (v4, v6) = match search.family {
            Family::V4 => return found(&[self.tell(search, name, RecordType::A).await]),
            Family::V6 => return found(&[self.tell(search, name, RecordType::AAAA).await]),
            Family::Any => (pin!(self.tell(search, name, RecordType::A)), pin!(self.tell(search, name, RecordType::AAAA))),
        };
        let (first, rest) = match select(v4, v6).await {
            Either::Left((first, rest)) => (first, Either::Left(rest)),
            Either::Right((first, rest)) => (first, Either::Right(rest)),
        };
        let rest = async {
            match rest {
                Either::Left(rest) => rest.await,
                Either::Right(rest) => rest.await,
            }
        };
        match &first {
            Ok(told) if matches!(told.answered.what, What::Addresses(_)) => {
                let left = search.plan.until.saturating_duration_since(Instant::now());
                let until = Instant::now() + OTHER_FAMILY.min(left / OTHER_FAMILY_SHARE);
                match timeout_at(until.into(), rest).await {
                    Ok(second) => found(&[first, second]),
                    Err(_) => found(&[first]),
                }
            }
            _ => found(&[first, rest.await]),
        }
    }

    /// One answer: known, or heard by joining whoever asks already.
    async fn tell(&self, search: &Search<'_>, name: &Name, kind: RecordType) -> Result<Told, Heard> {
        let asked = Asked { scope: search.scope.clone(), name: name.clone(), kind };
        if let Some(answered) = self.desk.cache().find(&asked, Instant::now()) {
            return Ok(Told { answered, cached: true });
        }
        loop {
            let (joined, progress) = self.join(&asked, &search.plan);
            match timeout_at(search.plan.until.into(), joined).await {
                Ok(Ok(answered)) => {
                    self.desk.servers().answered(answered.server, search.name, Instant::now());
                    return Ok(Told { answered, cached: false });
                }
                // Whoever began had less time than we have: ask again for ourselves.
                Ok(Err(heard)) if heard.complaints.is_empty() && self.has_patience(search) => {}
                Ok(Err(heard)) => return Err(heard),
                Err(_) => return Err(progress.heard()),
            }
        }
    }

    /// Whether neither our deadline nor the patience of `resolv.conf` is over.
    fn has_patience(&self, search: &Search<'_>) -> bool {
        let now = Instant::now();
        now < search.plan.until && now < search.begun + search.plan.patience()
    }

    fn join(&self, asked: &Asked, plan: &Plan) -> (flights::Joined<Result<Arc<Answered>, Heard>>, Progress) {
        let progress = Progress::default();
        let begin = || ask(Arc::clone(&self.desk), asked.clone(), plan.clone(), progress.clone()).boxed();
        self.flights.join(asked, progress.clone(), begin)
    }
}

/// RFC 6761, section 6.3: never asked of anyone.
fn is_localhost(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests;

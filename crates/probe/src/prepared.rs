//! A target's probe, checked and ready to run any number of times.

use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use allswell_model::{Outcome, ProbeResult, SubResult, TargetId, Timestamp, Value};

use crate::addresses;
use crate::attempt::Attempt;
use crate::denied::Denied;
use crate::environment::Environment;
use crate::failure::Failure;
use crate::locator::{Host, Locator};
use crate::network::{NETWORK_SETTINGS, Network};
use crate::protocol::{Declaration, Probe, Request};
use crate::registry;
use allswell_model::settings::{Mistake, Raw, Settings};

/// A probe of one target.
pub struct Prepared {
    locator: Locator,
    declaration: &'static Declaration,
    network: Arc<Network>,
    probe: Box<dyn Probe>,
}

impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prepared").field("url", &self.locator.shown()).finish_non_exhaustive()
    }
}

/// The values that expectations see; made only when they are asked for.
#[derive(Debug, Clone, Copy)]
pub struct Fields<'a>(&'a Found);

impl<'a> Fields<'a> {
    /// The value of a field, where this result has one.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<Cow<'a, Value>> {
        let Found { result, transient, .. } = self.0;
        match name {
            "rtt_ms" => result.rtt.map(ms),
            "duration_ms" => Some(ms(result.duration)),
            "address" => result.address.as_ref().map(|address| Cow::Owned(Value::Text(address.clone()))),
            "stages_ms" => {
                let stages = result.stages.iter().map(|(stage, took)| (stage.as_str().to_owned(), ms(took).into_owned()));
                Some(Cow::Owned(Value::Map(stages.collect())))
            }
            name => {
                let transient = transient.iter().find(|(known, _)| *known == name).map(|(_, value)| value);
                let measured = || result.measurements.iter().find(|(known, _)| known == name).map(|(_, value)| value);
                transient.or_else(measured).map(Cow::Borrowed)
            }
        }
    }
}

fn ms<'a>(d: Duration) -> Cow<'a, Value> {
    Cow::Owned(Value::Number(d.as_secs_f64() * 1000.0))
}

/// What a run found: the result before expectations, and the fields for them.
#[derive(Debug, Clone)]
pub struct Found {
    /// Up when the exchange went through, whatever is expected of it.
    pub result: ProbeResult,
    /// What came, in a few words for the end of a sentence; may be empty.
    pub facts: String,
    /// The same at the other addresses, where `addresses: all` asked for each and each went through: as the sub-results
    /// from the second on.
    pub others: Vec<Found>,
    transient: Vec<(&'static str, Value)>,
}

impl Found {
    /// The fields of the result and of the exchange, for expectations.
    #[must_use]
    pub fn fields(&self) -> Fields<'_> {
        Fields(self)
    }
}

impl Prepared {
    /// Reads a URL and what was typed for its protocol and for the network.
    ///
    /// # Errors
    /// All of the operator's mistakes at once.
    pub fn new(
        url: &str,
        settings: &[(String, Raw)],
        network: &[(String, Raw)],
        named: &dyn Fn(&str) -> bool,
    ) -> Result<Self, Vec<Mistake>> {
        let locator = Locator::parse(url).map_err(|mistake| vec![mistake])?;
        let Some((protocol, _)) = registry::protocol_of_scheme(&locator.scheme) else {
            return Err(vec![Mistake::of("url", format!("no protocol is called `{}`", locator.scheme))]);
        };
        let declaration = protocol.declaration();
        let network = Settings::read(NETWORK_SETTINGS, network).and_then(|read| Network::read(&read));
        let settings = Settings::read(declaration.settings, settings);
        let (network, settings) = match (locator.surplus(declaration.takes), network, settings) {
            (None, Ok(network), Ok(settings)) => (network, settings),
            (surplus, network, settings) => {
                let others = network.err().into_iter().chain(settings.err()).flatten();
                return Err(surplus.into_iter().chain(others).collect());
            }
        };
        if let Some(mistake) = unreachable_literal(&locator.endpoint.host, &network) {
            return Err(vec![mistake]);
        }
        let probe = protocol.prepare(&Request { locator: &locator, settings: &settings, network: &network, named })?;
        Ok(Self { locator, declaration, network: Arc::new(network), probe })
    }

    /// The same probe, to which these ranges are forbidden: the target's address and, at each redirect, the next one's.
    ///
    /// # Errors
    /// It would ask a resolver that is forbidden.
    pub fn denying(mut self, denied: &Arc<Denied>) -> Result<Self, Vec<Mistake>> {
        let forbidden = self.network.resolver.and_then(|resolver| Some((resolver, denied.by(resolver.ip())?)));
        if let Some((resolver, range)) = forbidden {
            return Err(vec![Mistake::of("resolver", format!("{resolver} is in {range}, which targets of the API may not reach"))]);
        }
        self.network = Arc::new(Network { denied: Some(Arc::clone(denied)), ..Network::clone(&self.network) });
        Ok(self)
    }

    /// The protocol.
    #[must_use]
    pub fn declaration(&self) -> &'static Declaration {
        self.declaration
    }

    /// The target's URL, taken apart.
    #[must_use]
    pub fn locator(&self) -> &Locator {
        &self.locator
    }

    /// Runs once. It ends by `timeout`, and dropping it earlier closes all that it opened.
    pub async fn run(&self, environment: &Arc<Environment>, target: &TargetId, started: Timestamp, timeout: Duration) -> Found {
        self.accepting(&|_| Ok(())).run(environment, target, started, timeout).await
    }

    /// The same probe, told what is expected: with `addresses: any`, an address whose answer is not accepted has failed, and the next is tried.
    #[must_use]
    pub fn accepting<'a>(&'a self, accept: &'a (dyn Fn(&Found) -> Result<(), Failure> + Sync)) -> Accepting<'a> {
        Accepting { prepared: self, accept }
    }
}

/// A probe that knows what is expected of each address.
pub struct Accepting<'a> {
    prepared: &'a Prepared,
    accept: &'a (dyn Fn(&Found) -> Result<(), Failure> + Sync),
}

impl Accepting<'_> {
    /// As [`Prepared::run`].
    pub async fn run(&self, environment: &Arc<Environment>, target: &TargetId, started: Timestamp, timeout: Duration) -> Found {
        let begun = Instant::now();
        let network = Arc::clone(&self.prepared.network);
        let mut attempt = Attempt::new(Arc::clone(environment), network, begun + timeout, timeout);
        let accept = |fork: &Attempt| (self.accept)(&found(fork.clone(), Tried::up(), target, started, begun.elapsed()));
        let tried = addresses::run(self.prepared.probe.as_ref(), &mut attempt, &accept).await;
        found(attempt, tried, target, started, begun.elapsed())
    }
}

/// A literal address that the network's settings rule out, so that no probe could ever reach it.
fn unreachable_literal(host: &Host, network: &Network) -> Option<Mistake> {
    let (address, scoped) = match host {
        Host::Name(_) => return None,
        Host::Address(address) => (*address, false),
        Host::Scoped(address, _) => (IpAddr::V6(*address), true),
    };
    if !network.family.admits(address) {
        let kind = if address.is_ipv4() { "an IPv4 address" } else { "an IPv6 address" };
        let (key, asked) = match network.via.source {
            Some(source) => ("source", format!("`source` is {source}")),
            None => ("family", "`family` asks for the other family".into()),
        };
        return Some(Mistake::of(key, format!("{host} is {kind}, but {asked}")));
    }
    let link_local = matches!(address, IpAddr::V6(address) if address.is_unicast_link_local());
    (link_local && !scoped && network.via.interface.is_none()).then(|| {
        let hint = format!("name it, as in [{address}%eth0]");
        Mistake::of("url", format!("{host} is link-local, so it means nothing without an interface")).hint(hint)
    })
}

fn found(mut attempt: Attempt, tried: Tried, target: &TargetId, started: Timestamp, duration: Duration) -> Found {
    let (outcome, reason, said_by) = match tried.outcome {
        Ok(()) => (Outcome::Up, up_sentence(&attempt), None),
        Err(failure) => (failure.outcome, failure.reason, failure.said_by),
    };
    let result = ProbeResult {
        target: target.clone(),
        started,
        duration,
        outcome,
        reason,
        address: attempt.address.take(),
        said_by,
        rtt: attempt.rtt,
        stages: std::mem::take(&mut attempt.times),
        measurements: std::mem::take(&mut attempt.measurements),
        degraded: None,
        sub_results: tried.sub_results,
    };
    let alone = |other| found(other, Tried::up(), target, started, duration);
    let others = tried.others.into_iter().map(alone).collect();
    Found { result, facts: std::mem::take(&mut attempt.facts), others, transient: std::mem::take(&mut attempt.transient) }
}

/// What came of the addresses.
pub(crate) struct Tried {
    pub(crate) outcome: Result<(), Failure>,
    pub(crate) sub_results: Vec<SubResult>,
    /// The attempts behind the sub-results from the second on, where each address was to be up, and was.
    pub(crate) others: Vec<Attempt>,
}

impl Tried {
    /// One address, and it was up.
    fn up() -> Self {
        Self { outcome: Ok(()), sub_results: Vec::new(), others: Vec::new() }
    }
}

/// `10.0.0.5:5432: connected in 0.4 ms.`
fn up_sentence(attempt: &Attempt) -> String {
    match (&attempt.address, attempt.facts.as_str()) {
        (Some(address), "") => format!("{address} answered."),
        (Some(address), facts) => format!("{address}: {facts}."),
        (None, facts) => format!("{facts}."),
    }
}

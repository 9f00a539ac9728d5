//! ICMP echo: some requests, their replies, and what the way said against them.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use allswell_model::{Field, Kind, Stage, Unit};
use allswell_os::icmp::{Family, Way};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::attempt::Attempt;
use crate::echo::program::{self, Told};
use crate::echo::tally::Tally;
use crate::echo::{Engine, Means, Order, Run, Trouble};
use crate::failure::Failure;
use crate::locator::{Endpoint, Host};
use crate::protocol::{Declaration, Probe, Protocol, Request, Scheme};
use allswell_model::quantity::{milliseconds, spoken};
use allswell_model::settings::{Mistake, SettingKind, SettingSpec};

mod verdict;

/// The protocol `icmp`.
pub(crate) struct Icmp;

static DECLARATION: Declaration = Declaration {
    name: "icmp",
    schemes: &[Scheme { name: "icmp", port: None }],
    takes: &[],
    doc: "ICMP echo (ping): one or more requests, with loss, round trips and jitter; up when at least one is answered",
    settings: &[
        SettingSpec {
            name: "count",
            kind: SettingKind::Integer(1, 20),
            default: Some("1"),
            doc: "how many requests are sent; more than one measures loss and jitter",
        },
        SettingSpec {
            name: "gap",
            kind: SettingKind::Duration(Duration::ZERO, Duration::from_secs(10)),
            default: Some("200ms"),
            doc: "the time between two requests; those that would leave after the timeout are not sent",
        },
        SettingSpec {
            name: "size",
            kind: SettingKind::Integer(16, 65_507),
            default: Some("56"),
            doc: "bytes of payload; the first 16 tell our replies from everybody else's",
        },
        SettingSpec {
            name: "ttl",
            kind: SettingKind::Integer(1, 255),
            default: None,
            doc: "the hop limit of the requests; unset: the system's own",
        },
        SettingSpec {
            name: "dont_fragment",
            kind: SettingKind::Bool,
            default: Some("false"),
            doc: "forbid routers to fragment, so that a `size` too large for the way is down, `too_large`",
        },
    ],
    fields: &[
        Field::measurement("sent", Kind::Integer, Unit::None, "requests sent"),
        Field::measurement("received", Kind::Integer, Unit::None, "requests that were answered"),
        Field::measurement("loss", Kind::Number, Unit::Ratio, "the share of requests that were not answered"),
        Field::measurement("rtt_min_ms", Kind::Number, Unit::Milliseconds, "the shortest round trip"),
        Field::measurement("rtt_mean_ms", Kind::Number, Unit::Milliseconds, "the mean round trip"),
        Field::measurement("rtt_max_ms", Kind::Number, Unit::Milliseconds, "the longest round trip"),
        Field::measurement(
            "jitter_ms",
            Kind::Number,
            Unit::Milliseconds,
            "the mean difference of successive round trips; from two replies on",
        ),
        Field::measurement("duplicates", Kind::Integer, Unit::None, "replies that came again"),
        Field::measurement("hop_limit", Kind::Integer, Unit::None, "the hop limit (TTL) with which the last reply arrived"),
    ],
    defaults: &[],
    example: "icmp://127.0.0.1",
    words: &[],
};

impl Protocol for Icmp {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    fn prepare(&self, request: &Request<'_>) -> Result<Box<dyn Probe>, Vec<Mistake>> {
        let settings = request.settings;
        if let Host::Address(address) = request.locator.endpoint.host {
            addressed_to_one(address).map_err(|mistake| vec![mistake])?;
        }
        let number = |name, default: usize| settings.integer(name).and_then(|n| usize::try_from(n).ok()).unwrap_or(default);
        Ok(Box::new(IcmpProbe {
            endpoint: request.locator.endpoint.clone(),
            count: number("count", 1),
            gap: settings.duration("gap").unwrap_or_default(),
            size: number("size", 56),
            hop_limit: settings.integer("ttl").and_then(|n| u8::try_from(n).ok()),
            whole: settings.bool("dont_fragment"),
        }))
    }
}

/// Many would answer, or none could.
fn addressed_to_one(address: IpAddr) -> Result<(), Mistake> {
    let mistake = |what: &str| Err(Mistake::of("url", format!("{address} is {what}, where no single host answers")));
    match address {
        IpAddr::V4(four) if four.is_broadcast() => mistake("the broadcast address"),
        address if address.is_multicast() => mistake("a multicast address"),
        address if address.is_unspecified() => mistake("the unspecified address"),
        _ => Ok(()),
    }
}

struct IcmpProbe {
    endpoint: Endpoint,
    count: usize,
    gap: Duration,
    size: usize,
    hop_limit: Option<u8>,
    whole: bool,
}

impl Probe for IcmpProbe {
    fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    fn exchange<'a>(&'a self, attempt: &'a mut Attempt, peer: SocketAddr) -> BoxFuture<'a, Result<(), Failure>> {
        self.talk(attempt, peer).boxed()
    }
}

impl IcmpProbe {
    async fn talk(&self, attempt: &mut Attempt, peer: SocketAddr) -> Result<(), Failure> {
        attempt.enter(Stage::SEND);
        attempt.awaits("echo reply");
        let peer = unmapped(peer);
        let way = Way::of(&attempt.network.via).map_err(|error| verdict::no_interface(error, peer, &attempt.network.via))?;
        let Self { count, gap, size, hop_limit, .. } = *self;
        let order = Order { to: peer, way, count, gap, size, hop_limit, until: attempt.deadline() };
        let family = if peer.is_ipv4() { Family::V4 } else { Family::V6 };
        let environment = Arc::clone(&attempt.environment);
        let own_way = order.way != Way::default() || hop_limit.is_some();
        match environment.echoes.means(family, self.whole, own_way).map_err(|error| verdict::not_opened(&error, peer))? {
            Means::Socket(engine) => self.by_socket(attempt, &engine, &order).await,
            Means::Program => match Box::pin(program::run(&order, &attempt.network.via, self.whole)).await {
                Ok(Told::Tally(tally)) => self.judged(attempt, peer, &tally, &|| true),
                Ok(Told::Complaint(said)) => Err(verdict::program_complained(&said, peer, &attempt.network.via)),
                Ok(Told::Useless) => {
                    environment.echoes.program_failed(family, self.whole);
                    Err(verdict::no_permission())
                }
                Err(error) => Err(verdict::not_opened(&error, peer)),
            },
            Means::None => Err(verdict::no_permission()),
        }
    }

    async fn by_socket(&self, attempt: &mut Attempt, engine: &Arc<Engine>, order: &Order) -> Result<(), Failure> {
        let peer = order.to;
        let mut run = self.sent(attempt, engine, order).await?;
        if run.was_too_large() && !self.whole {
            run = self.sent(attempt, engine, order).await?;
        }
        let missed = run.has_missing() && run.may_have_missed();
        let tally = run.end();
        if missed {
            return Err(verdict::overflowed());
        }
        self.judged(attempt, peer, &tally, &|| run.departs())
    }

    /// A run whose packets were all sent and waited for.
    async fn sent(&self, attempt: &mut Attempt, engine: &Arc<Engine>, order: &Order) -> Result<Run, Failure> {
        attempt.enter(Stage::SEND);
        let begun = Run::begin(Arc::clone(engine), order.clone());
        let mut run = begun.map_err(|trouble| self.not_sent(attempt, order.to, &trouble, false))?;
        if let Err(trouble) = run.send().await {
            return Err(self.not_sent(attempt, order.to, &trouble, run.may_mark()));
        }
        attempt.enter(Stage::REPLY);
        run.finish().await;
        Ok(run)
    }

    fn not_sent(&self, attempt: &Attempt, peer: SocketAddr, trouble: &Trouble, may_mark: bool) -> Failure {
        let via = &attempt.network.via;
        match trouble {
            Trouble::TableFull => verdict::overloaded("1,000,000 echoes are outstanding already"),
            Trouble::NoRoom => verdict::overloaded("no socket had room for another packet until the deadline"),
            Trouble::System(error) => verdict::not_sent(error, &verdict::Sent { peer, via, size: self.size, may_mark }),
        }
    }

    /// Up with at least one reply; the figures are noted in any case.
    fn judged(&self, attempt: &mut Attempt, peer: SocketAddr, tally: &Tally, departs: &dyn Fn() -> bool) -> Result<(), Failure> {
        note(attempt, tally);
        if tally.received() > 0 {
            attempt.facts(facts(tally));
            return Ok(());
        }
        let Self { hop_limit, size, .. } = *self;
        let silence = verdict::Silence { peer, took: attempt.in_stage(), via: &attempt.network.via, hop_limit, size, departs };
        Err(silence.failure(tally))
    }
}

/// An IPv4 address in IPv6's clothes goes by IPv4.
fn unmapped(peer: SocketAddr) -> SocketAddr {
    match peer.ip().to_canonical() {
        IpAddr::V4(four) => SocketAddr::new(four.into(), 0),
        IpAddr::V6(_) => peer,
    }
}

fn note(attempt: &mut Attempt, tally: &Tally) {
    attempt.measurements.reserve(DECLARATION.fields.len());
    attempt.measure("sent", i64::from(tally.sent));
    attempt.measure("received", i64::from(tally.received()));
    attempt.measure("loss", tally.loss());
    if tally.received() > 0 {
        attempt.round_trip(tally.times.mean());
        attempt.measure("rtt_min_ms", milliseconds(tally.times.least()));
        attempt.measure("rtt_mean_ms", milliseconds(tally.times.mean()));
        attempt.measure("rtt_max_ms", milliseconds(tally.times.most()));
    }
    if let Some(jitter) = tally.times.jitter() {
        attempt.measure("jitter_ms", milliseconds(jitter));
    }
    attempt.measure("duplicates", i64::from(tally.duplicates));
    if let Some(hops) = tally.hop_limit {
        attempt.measure("hop_limit", i64::from(hops));
    }
}

/// `replied in 0.4 ms`, or `3 of 3 replies in 0.4 ms (0.3 ms to 0.6 ms)`.
fn facts(tally: &Tally) -> String {
    let times = &tally.times;
    if tally.sent == 1 {
        return format!("replied in {}", spoken(times.mean()));
    }
    let noun = if tally.sent == 1 { "reply" } else { "replies" };
    let range = format!("{} to {}", spoken(times.least()), spoken(times.most()));
    format!("{} of {} {noun} in {} ({range})", tally.received(), tally.sent, spoken(times.mean()))
}

#[cfg(test)]
mod tests;

//! DNS: one question to one server, and the whole of its answer. The server is the target, so its silence is its own.

mod answers;
mod asked;
mod lost;
mod records;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use allswell_model::{DownCause, Field, Kind, Stage, Unit};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout_at;

use crate::attempt::Attempt;
use crate::certificate::TLS_FIELDS;
use crate::connect;
use crate::dns_exchange::{Asking, Extension, Question, Reply, Stream};
use crate::failure::Failure;
use crate::handshake::{Client, TLS_SETTINGS};
use crate::joined::joined;
use crate::locator::Endpoint;
use crate::protocol::{Declaration, DefaultExpectation, Part, Probe, Protocol, Request, Scheme};
use allswell_model::settings::{Mistake, SettingKind, SettingSpec, Settings};
use lost::Lost;

/// The protocol `dns`.
pub(crate) struct Dns;

const SETTINGS: &[SettingSpec] = &joined::<_, { TLS_SETTINGS.len() + 4 }>(
    &[
        SettingSpec {
            name: "recursion",
            kind: SettingKind::Bool,
            default: Some("true"),
            doc: "whether the server may ask others; false asks an authoritative server for what it has itself",
        },
        SettingSpec {
            name: "payload",
            kind: SettingKind::Integer(0, 4096),
            default: Some("1232"),
            doc: "the largest answer in bytes to take by UDP (EDNS), at least 512; 0: no EDNS",
        },
        SettingSpec {
            name: "dnssec",
            kind: SettingKind::Bool,
            default: Some("false"),
            doc: "whether to ask for DNSSEC's records too (DO)",
        },
        SettingSpec {
            name: "attempts",
            kind: SettingKind::Integer(1, 10),
            default: Some("2"),
            doc: "how often the question is sent by UDP, where a packet may be lost; a second apart, or less when time is short",
        },
    ],
    TLS_SETTINGS,
);

const FIELDS: &[Field] = &joined::<_, { TLS_FIELDS.len() + 12 }>(
    &[
        Field::measurement("rcode", Kind::Text, Unit::None, "the answer's code: NOERROR, NXDOMAIN, SERVFAIL, REFUSED, ..."),
        Field::measurement(
            "answers",
            Kind::TextList,
            Unit::None,
            "the data of the records of the asked type, sorted, as `dig +short` writes them (names end with a dot, in lower case); a TXT is one text without quotes",
        ),
        Field::measurement(
            "answer_count",
            Kind::Integer,
            Unit::None,
            "how many answers of the asked type; to want none, say `size(answers) == 0`",
        ),
        Field::measurement("authority_count", Kind::Integer, Unit::None, "how many records the authority section has"),
        Field::measurement(
            "ttl_min",
            Kind::Integer,
            Unit::None,
            "the least TTL of the answers and the aliases that lead to them, in seconds",
        ),
        Field::measurement("authoritative", Kind::Bool, Unit::None, "whether the server says it is the zone's own (AA)"),
        Field::measurement("recursion_available", Kind::Bool, Unit::None, "whether the server asks others for us (RA)"),
        Field::measurement("authentic_data", Kind::Bool, Unit::None, "whether the server has verified DNSSEC (AD)"),
        Field::measurement("truncated", Kind::Bool, Unit::None, "whether the answer by UDP was cut, so that TCP was used"),
        Field::measurement("transport", Kind::Text, Unit::None, "by what the answer came: udp, tcp or tls"),
        Field::measurement("sent", Kind::Integer, Unit::None, "how often the question was sent by UDP"),
        Field::measurement("ignored_replies", Kind::Integer, Unit::None, "replies with a wrong id or question: forged, or strayed"),
    ],
    TLS_FIELDS,
);

/// NOERROR, and nothing of the asked type.
const NO_ANSWER: DownCause = DownCause::new("no_answer");

static DECLARATION: Declaration = Declaration {
    name: "dns",
    schemes: &[
        Scheme { name: "dns", port: Some(53) },
        Scheme { name: "dns+tcp", port: Some(53) },
        Scheme { name: "dns+tls", port: Some(853) },
    ],
    takes: &[Part::Path, Part::Query],
    doc: "a question to a DNS server, by UDP (by TCP when cut), TCP or TLS; `?type=` takes any common type, A unless given; the root is `/.`",
    settings: SETTINGS,
    fields: FIELDS,
    defaults: &[
        DefaultExpectation {
            unless_named: &["rcode"],
            source: "rcode == \"NOERROR\"",
            wanted: "the code NOERROR",
            cause: DownCause::RCODE,
        },
        DefaultExpectation {
            unless_named: &["answers", "answer_count"],
            source: "rcode != \"NOERROR\" || size(answers) > 0",
            wanted: "an answer of the asked type",
            cause: NO_ANSWER,
        },
    ],
    example: "dns://127.0.0.1/example.com?type=AAAA",
    words: &[("no_answer", "the name exists, without a record of the asked type")],
};

impl Protocol for Dns {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    fn prepare(&self, request: &Request<'_>) -> Result<Box<dyn Probe>, Vec<Mistake>> {
        let endpoint = request.locator.endpoint.clone();
        let asked = asked::read(request.locator);
        let extension = extension(request.settings);
        let by = way(request);
        let (asked, extension, by) = match (asked, extension, by) {
            (Ok(asked), Ok(extension), Ok(by)) => (asked, extension, by),
            (asked, extension, by) => {
                let mistakes = asked.err().into_iter().flatten().chain(extension.err()).chain(by.err().into_iter().flatten());
                return Err(mistakes.collect());
            }
        };
        let (name, kind) = asked;
        let question = Question { name, kind, recursion: request.settings.bool("recursion"), extension };
        let attempts = request.settings.integer("attempts").and_then(|n| u32::try_from(n).ok()).unwrap_or(1);
        Ok(Box::new(DnsProbe { endpoint, question, by, attempts }))
    }
}

/// The smallest payload that EDNS may offer (RFC 6891, section 6.2.3).
const LEAST_PAYLOAD: u16 = 512;

fn extension(settings: &Settings) -> Result<Option<Extension>, Mistake> {
    let payload = settings.integer("payload").and_then(|n| u16::try_from(n).ok()).unwrap_or(0);
    let dnssec = settings.bool("dnssec");
    match payload {
        0 if dnssec => Err(Mistake::of("payload", "`dnssec` needs EDNS").hint("leave `payload` out, or above 0")),
        0 => Ok(None),
        payload if payload < LEAST_PAYLOAD => {
            Err(Mistake::of("payload", format!("`payload` is 0 or at least {LEAST_PAYLOAD}, not {payload}")))
        }
        payload => Ok(Some(Extension { payload, dnssec })),
    }
}

fn way(request: &Request<'_>) -> Result<By, Vec<Mistake>> {
    let settings = request.settings;
    match request.locator.scheme.as_str() {
        "dns+tls" => Client::read(settings, &request.locator.endpoint, Vec::new()).map(|client| By::Tls(Box::new(client))),
        scheme => {
            let idle = ["server_name", "ca", "certificate", "key"].into_iter().filter(|name| settings.text(name).is_some());
            let mistakes: Vec<Mistake> = idle
                .map(|name| Mistake::of(name, format!("`{name}` says nothing to {scheme}://")).hint("did you mean dns+tls://?"))
                .collect();
            match (mistakes.is_empty(), scheme) {
                (false, _) => Err(mistakes),
                (true, "dns+tcp") => Ok(By::Tcp),
                (true, _) => Ok(By::Udp),
            }
        }
    }
}

enum By {
    Udp,
    Tcp,
    Tls(Box<Client>),
}

struct DnsProbe {
    endpoint: Endpoint,
    question: Question,
    by: By,
    attempts: u32,
}

impl Probe for DnsProbe {
    fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    fn exchange<'a>(&'a self, attempt: &'a mut Attempt, peer: SocketAddr) -> BoxFuture<'a, Result<(), Failure>> {
        self.talk(attempt, peer).boxed()
    }
}

/// Silence for this long, and the question is sent again.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

impl DnsProbe {
    async fn talk(&self, attempt: &mut Attempt, peer: SocketAddr) -> Result<(), Failure> {
        let (reply, transport) = match &self.by {
            By::Udp => {
                let reply = self.by_datagram(attempt, peer).await?;
                let cut = reply.message.metadata.truncation;
                attempt.measure("truncated", cut);
                if cut { (self.by_tcp(attempt, peer).await.map_err(after_a_cut)?, "tcp") } else { (reply, "udp") }
            }
            By::Tcp => (self.by_tcp(attempt, peer).await?, "tcp"),
            By::Tls(client) => {
                let (stream, _) = connect::tcp(attempt, peer).await?;
                let secured = client.handshake(attempt, stream, peer).await?;
                (self.by_stream(attempt, peer, secured.stream).await?, "tls")
            }
        };
        attempt.round_trip(reply.rtt);
        attempt.measure("transport", transport);
        answers::note(attempt, &self.question, &reply);
        Ok(())
    }

    async fn by_datagram(&self, attempt: &mut Attempt, peer: SocketAddr) -> Result<Reply, Failure> {
        attempt.enter(Stage::SEND);
        let network = std::sync::Arc::clone(&attempt.network);
        let mut asking = Asking::open(peer, &network.via, &self.question).map_err(|trouble| Lost::on(attempt, peer).datagram(trouble))?;
        let pause = AGAIN_AFTER.min(attempt.deadline().saturating_duration_since(Instant::now()) / self.attempts);
        asking.send().await.map_err(|trouble| Lost::on(attempt, peer).datagram(trouble))?;
        attempt.enter(Stage::REPLY);
        let mut result = Ok(());
        let mut reply = None;
        while result.is_ok() && reply.is_none() {
            let last = asking.count() >= self.attempts as usize;
            let until = if last { attempt.deadline() } else { attempt.deadline().min(Instant::now() + pause) };
            match timeout_at(until.into(), asking.reply()).await {
                Ok(Ok(came)) => reply = Some(came),
                Ok(Err(trouble)) => result = Err(trouble),
                Err(_) if last => break,
                Err(_) => result = asking.send().await,
            }
        }
        attempt.measure("sent", i64::try_from(asking.count()).unwrap_or(i64::MAX));
        attempt.measure("ignored_replies", i64::from(asking.foreign));
        let lost = Lost::on(attempt, peer);
        result.map_err(|trouble| lost.datagram(trouble))?;
        reply.ok_or_else(|| lost.silent(&asking))
    }

    async fn by_tcp(&self, attempt: &mut Attempt, peer: SocketAddr) -> Result<Reply, Failure> {
        let (stream, _) = connect::tcp(attempt, peer).await?;
        self.by_stream(attempt, peer, stream).await
    }

    async fn by_stream<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        attempt: &mut Attempt,
        peer: SocketAddr,
        stream: S,
    ) -> Result<Reply, Failure> {
        attempt.enter(Stage::SEND);
        let mut stream = Stream::over(stream, &self.question).map_err(|trouble| Lost::on(attempt, peer).stream(trouble))?;
        stream.send().await.map_err(|trouble| Lost::on(attempt, peer).stream(trouble))?;
        attempt.enter(Stage::REPLY);
        let reply = stream.reply().await.map_err(|trouble| Lost::on(attempt, peer).stream(trouble))?;
        attempt.measure("ignored_replies", i64::from(stream.foreign));
        Ok(reply)
    }
}

/// Without this, who reads of TCP wonders what the server has against a question by UDP.
fn after_a_cut(mut failure: Failure) -> Failure {
    failure.reason = format!("The answer by UDP was cut, and so asked for by TCP: {}", failure.reason);
    failure
}

#[cfg(test)]
mod tests;

//! HTTP/1.1 and HTTP/2, always over a fresh connection: what is declared, and the trip through the redirects.

mod amount;
mod fault;
mod link;
mod place;
mod reply;
mod request;
mod silence;
mod stream;
mod trip;

use std::net::SocketAddr;

use allswell_model::{DownCause, Field, Kind, Stage, Unit};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use http::{Response, header};
use hyper::body::Incoming;

use crate::attempt::Attempt;
use crate::certificate::TLS_FIELDS;
use crate::ending::{foreign, spot};
use crate::failure::Failure;
use crate::handshake::{Client, TLS_SETTINGS};
use crate::joined::joined;
use crate::locator::{Endpoint, Host};
use crate::protocol::{Declaration, DefaultExpectation, Part, Probe, Protocol, Request, Scheme};
use allswell_model::settings::{Mistake, SettingKind, SettingSpec};
use link::{Link, Version};
use place::Place;
use reply::Reading;
use request::{Form, Sending};
use trip::Trip;

/// The protocol `http`, with and without TLS.
pub(crate) struct Http;

const OWN_SETTINGS: &[SettingSpec] = &[
    SettingSpec {
        name: "version",
        kind: SettingKind::Choice(&["auto", "1.1", "2"]),
        default: Some("auto"),
        doc: "the HTTP version; auto: what the server prefers on https, 1.1 on http",
    },
    SettingSpec { name: "method", kind: SettingKind::Text, default: Some("GET"), doc: "the request's method" },
    SettingSpec {
        name: "headers",
        kind: SettingKind::Map,
        default: None,
        doc: "the request's headers; Host and User-Agent may be replaced. A redirect to another host takes none along but Accept and User-Agent",
    },
    SettingSpec { name: "request_body", kind: SettingKind::Text, default: None, doc: "what to send as the request's body; unset: none" },
    SettingSpec {
        name: "basic",
        kind: SettingKind::Secret,
        default: None,
        doc: "`user:password` for basic authentication, also taken from the URL; never sent to another host by a redirect",
    },
    SettingSpec {
        name: "bearer",
        kind: SettingKind::Secret,
        default: None,
        doc: "a token for bearer authentication; never sent to another host by a redirect",
    },
    SettingSpec {
        name: "redirects",
        kind: SettingKind::Integer(0, 20),
        default: Some("5"),
        doc: "how many redirects to follow, one more is down; 0: follow none and judge the redirect itself",
    },
    SettingSpec {
        name: "body",
        kind: SettingKind::Choice(&["read", "ignore"]),
        default: Some("read"),
        doc: "read the reply's body to its end, or end the probe after its headers",
    },
    SettingSpec { name: "body_limit", kind: SettingKind::Size, default: Some("10MiB"), doc: "a larger body is down, and is not read on" },
];

const OWN_FIELDS: &[Field] = &[
    Field::measurement("redirects", Kind::Integer, Unit::None, "how many redirects were followed"),
    Field::measurement("status", Kind::Integer, Unit::None, "the status code of the last reply"),
    Field::measurement("http_version", Kind::Text, Unit::None, "the HTTP version of the reply: 1.0, 1.1 or 2"),
    Field::measurement("body_bytes", Kind::Integer, Unit::Bytes, "how long the reply's body is"),
    Field::measurement("body_sha256", Kind::Text, Unit::None, "the SHA-256 of the reply's body, in hex"),
    Field::transient("headers", Kind::TextMap, "the reply's headers by their names in lower case; several of one name are joined by `, `"),
    Field::transient("body", Kind::Text, "the reply's body, what is not UTF-8 replaced"),
    Field::transient("json", Kind::Dynamic, "the reply's body read as JSON; absent when it is none"),
];

static DECLARATION: Declaration = Declaration {
    name: "http",
    schemes: &[Scheme { name: "http", port: Some(80) }, Scheme { name: "https", port: Some(443) }],
    takes: &[Part::Path, Part::Query, Part::Credentials],
    doc: "an HTTP request over a fresh connection, with redirects, limits, and credentials that never reach another host",
    settings: &joined::<_, { OWN_SETTINGS.len() + TLS_SETTINGS.len() }>(OWN_SETTINGS, TLS_SETTINGS),
    fields: &joined::<_, { TLS_FIELDS.len() + OWN_FIELDS.len() }>(TLS_FIELDS, OWN_FIELDS),
    defaults: &[DefaultExpectation {
        unless_named: &["status"],
        source: "status >= 200 && status < 300",
        wanted: "a 2xx status",
        cause: DownCause::STATUS,
    }],
    example: "https://127.0.0.1:8443/health",
    words: &[],
};

impl Protocol for Http {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    fn prepare(&self, request: &Request<'_>) -> Result<Box<dyn Probe>, Vec<Mistake>> {
        let settings = request.settings;
        let version = Version::read(settings);
        let client = Client::read(settings, &request.locator.endpoint, version.offered());
        let start = Place::of(request.locator).map_err(|mistake| vec![mistake]);
        let sending = Sending::read(settings, request.locator);
        let reading = Reading::read(settings, request.named).map_err(|mistake| vec![mistake]);
        match (client, start, sending, reading) {
            (Ok(client), Ok(start), Ok(sending), Ok(reading)) => {
                sending.may_go_to(&start, &client).map_err(|mistake| vec![mistake])?;
                let redirects = settings.integer("redirects").unwrap_or_default();
                Ok(Box::new(HttpProbe { start, sending, client, version, redirects, reading }))
            }
            (client, start, sending, reading) => {
                let mistakes = [client.err(), start.err(), sending.err(), reading.err()];
                Err(mistakes.into_iter().flatten().flatten().collect())
            }
        }
    }
}

struct HttpProbe {
    start: Place,
    sending: Sending,
    client: Client,
    version: Version,
    redirects: i64,
    reading: Reading,
}

impl Probe for HttpProbe {
    fn endpoint(&self) -> &Endpoint {
        &self.start.endpoint
    }

    fn exchange<'a>(&'a self, attempt: &'a mut Attempt, peer: SocketAddr) -> BoxFuture<'a, Result<(), Failure>> {
        self.visit(attempt, peer).boxed()
    }
}

impl HttpProbe {
    async fn visit(&self, attempt: &mut Attempt, peer: SocketAddr) -> Result<(), Failure> {
        let mut trip = Trip::new(peer);
        let deadline = attempt.deadline();
        let ended = tokio::time::timeout_at(deadline.into(), self.travel(attempt, &mut trip)).await;
        let ended = ended.unwrap_or_else(|_| Err(silence::failure(attempt, &trip)));
        ended.map_err(|failure| trip.told(failure))
    }

    async fn travel(&self, attempt: &mut Attempt, trip: &mut Trip) -> Result<(), Failure> {
        let mut form = self.sending.form(&self.start);
        loop {
            let elsewhere = if form.place.https && !form.is_own { Some(self.elsewhere(&form.place)?) } else { None };
            let client = elsewhere.as_ref().unwrap_or(&self.client);
            let mut link = Link::open(attempt, trip, &form.place, client, self.version).await?;
            let reply = link.ask(attempt, trip, self.sending.request(&form, link.version())).await?;
            let Some(next) = self.next(attempt, trip, &form, &reply)? else {
                attempt.measure("redirects", trip.redirects);
                return self.reading.take(attempt, trip, &mut link, reply).await;
            };
            drop((reply, link));
            self.move_on(attempt, trip, &form.place, &next.place).await?;
            form = next;
        }
    }

    /// How TLS is spoken with a place that the operator did not name.
    fn elsewhere(&self, place: &Place) -> Result<Client, Failure> {
        let client =
            if place.same_host(&self.start) { Ok(self.client.at_another_port()) } else { self.client.stranger(&place.endpoint.host) };
        client.map_err(|mistake| Failure::down(Stage::TLS, DownCause::PROTOCOL, format!("Not followed: {}.", mistake.message)))
    }

    /// The request that the reply asks for; `None` when it is itself the one to judge.
    fn next(&self, attempt: &mut Attempt, trip: &Trip, form: &Form, reply: &Response<Incoming>) -> Result<Option<Form>, Failure> {
        let location = reply.headers().get(header::LOCATION);
        let (Some(location), 301 | 302 | 303 | 307 | 308, 1..) = (location, reply.status().as_u16(), self.redirects) else {
            return Ok(None);
        };
        let text = String::from_utf8_lossy(location.as_bytes());
        let place = form.place.join(&text).map_err(|why| {
            let reason = format!("{} redirects to `{}`, {why}.", spot(trip.peer), foreign(&text));
            Failure::down(Stage::FIRST_BYTE, DownCause::PROTOCOL, reason).said_by(trip.peer.ip())
        })?;
        let is_own = place.same_origin(&self.start);
        let next = form.after(reply.status(), place, is_own);
        if next.has_body && !is_own {
            // The body may be a password: it stays with the host that it was written for.
            return Ok(None);
        }
        if trip.redirects >= self.redirects {
            attempt.measure("redirects", trip.redirects);
            return Err(trip.too_many(&next.place));
        }
        Ok(Some(next))
    }

    /// Finds the next place's address. The same host keeps the address that is probed; another one is resolved.
    async fn move_on(&self, attempt: &mut Attempt, trip: &mut Trip, place: &Place, next: &Place) -> Result<(), Failure> {
        trip.redirected(next);
        let peer = if next.same_host(place) {
            let mut peer = trip.peer;
            peer.set_port(next.endpoint.port);
            peer
        } else {
            resolved(attempt, &next.endpoint).await?
        };
        trip.arrive(peer);
        attempt.at(peer);
        attempt.admits(peer)
    }
}

async fn resolved(attempt: &mut Attempt, endpoint: &Endpoint) -> Result<SocketAddr, Failure> {
    if let Some(literal) = endpoint.literal() {
        return Ok(literal);
    }
    let environment = std::sync::Arc::clone(&attempt.environment);
    let addresses = environment.resolvers.addresses(attempt, endpoint).await?;
    addresses.first().copied().ok_or_else(|| nowhere(&endpoint.host))
}

fn nowhere(host: &Host) -> Failure {
    Failure::down(Stage::RESOLVE, DownCause::NO_ADDRESS, format!("{host} has no address."))
}

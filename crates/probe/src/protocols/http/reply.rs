//! The reply: its head as fields, its body counted, digested and, when an expectation asks for it, kept.

use std::collections::BTreeMap;

use allswell_model::{DownCause, Stage, Value};
use http::{HeaderMap, Response};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use ring::digest::{Context, SHA256};

use crate::attempt::Attempt;
use crate::certificate::hex;
use crate::ending::spot;
use crate::failure::Failure;
use crate::protocols::http::amount::{amount, limit};
use crate::protocols::http::fault;
use crate::protocols::http::link::Link;
use crate::protocols::http::trip::Trip;
use allswell_model::quantity::spoken;
use allswell_model::settings::{Mistake, Settings};

/// What of a reply is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reading {
    body: bool,
    limit: u64,
    headers: bool,
    text: bool,
    json: bool,
}

impl Reading {
    /// # Errors
    /// An expectation on a body that is not read.
    pub(super) fn read(settings: &Settings, named: &dyn Fn(&str) -> bool) -> Result<Self, Mistake> {
        let body = settings.text("body") != Some("ignore");
        let needs_it = ["body", "json", "body_bytes", "body_sha256"].into_iter().find(|field| named(field));
        if let (false, Some(field)) = (body, needs_it) {
            return Err(Mistake::of("body", format!("`body: ignore` reads no body, but an expectation names `{field}`")));
        }
        let limit = settings.size("body_limit").unwrap_or(u64::MAX);
        Ok(Self { body, limit, headers: named("headers"), text: named("body"), json: named("json") })
    }
}

impl Reading {
    /// Takes down the head, then reads the body: the stage `transfer`.
    pub(super) async fn take(
        &self,
        attempt: &mut Attempt,
        trip: &mut Trip,
        link: &mut Link,
        reply: Response<Incoming>,
    ) -> Result<(), Failure> {
        self.head(attempt, &reply);
        if !self.body {
            return Ok(());
        }
        attempt.enter(Stage::TRANSFER);
        let mut body = reply.into_body();
        trip.length = body.size_hint().exact();
        if let Some(announced) = trip.length.filter(|length| *length > self.limit) {
            return Err(self.too_large(trip, &format!("announces {}", amount(announced, None))));
        }
        let mut digest = Context::new(&SHA256);
        let mut kept = Vec::new();
        while let Some(frame) = link.during(body.frame()).await {
            let frame = frame.map_err(|error| fault::body(trip, &error))?;
            // Trailers carry nothing that is judged.
            let Ok(data) = frame.into_data() else { continue };
            trip.body += data.len() as u64;
            if trip.body > self.limit {
                return Err(self.too_large(trip, "sends more"));
            }
            digest.update(&data);
            if self.text || self.json {
                kept.extend_from_slice(&data);
            }
        }
        attempt.measure("body_bytes", i64::try_from(trip.body).unwrap_or(i64::MAX));
        attempt.measure("body_sha256", hex(digest.finish().as_ref()));
        self.expose(attempt, &kept);
        Ok(())
    }

    fn head(&self, attempt: &mut Attempt, reply: &Response<Incoming>) {
        let status = reply.status().as_u16();
        attempt.measure("status", i64::from(status));
        attempt.measure("http_version", version(reply.version()));
        attempt.facts(format!("HTTP {status}, {}", spoken(attempt.rtt.unwrap_or_default())));
        if self.headers {
            attempt.expose("headers", headers(reply.headers()));
        }
    }

    fn expose(&self, attempt: &mut Attempt, body: &[u8]) {
        if self.json
            && let Ok(parsed) = serde_json::from_slice(body)
        {
            attempt.expose("json", dynamic(parsed));
        }
        if self.text {
            attempt.expose("body", String::from_utf8_lossy(body).into_owned());
        }
    }

    fn too_large(&self, trip: &Trip, how: &str) -> Failure {
        let reason = format!("{} {how}, where at most {} are allowed (`body_limit`).", spot(trip.peer), limit(self.limit));
        Failure::down(Stage::TRANSFER, DownCause::TOO_LARGE, reason).said_by(trip.peer.ip())
    }
}

fn version(version: http::Version) -> &'static str {
    match version {
        http::Version::HTTP_2 => "2",
        http::Version::HTTP_10 => "1.0",
        _ => "1.1",
    }
}

/// By name, in the names' order; several of one name are joined as RFC 9110, section 5.3 has it.
fn headers(all: &HeaderMap) -> Value {
    let mut map: BTreeMap<String, Value> = BTreeMap::new();
    for (name, value) in all {
        let value = String::from_utf8_lossy(value.as_bytes());
        match map.get_mut(name.as_str()) {
            Some(Value::Text(before)) => {
                before.push_str(", ");
                before.push_str(&value);
            }
            _ => drop(map.insert(name.as_str().to_owned(), Value::Text(value.into_owned()))),
        }
    }
    Value::Map(map)
}

/// JSON as expectations see it. A whole number too large for an integer becomes a number with a fraction.
fn dynamic(json: serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(truth) => Value::Bool(truth),
        serde_json::Value::Number(number) => {
            number.as_i64().map(Value::Integer).or_else(|| number.as_f64().map(Value::Number)).unwrap_or(Value::Null)
        }
        serde_json::Value::String(text) => Value::Text(text),
        serde_json::Value::Array(items) => Value::List(items.into_iter().map(dynamic).collect()),
        serde_json::Value::Object(map) => Value::Map(map.into_iter().map(|(name, value)| (name, dynamic(value))).collect()),
    }
}

//! TLS: the handshake, what was agreed in it, and the whole chain of certificates.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use allswell_model::Value;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::attempt::Attempt;
use crate::certificate::TLS_FIELDS;
use crate::connect;
use crate::failure::Failure;
use crate::handshake::{self, Client, Secured, TLS_SETTINGS};
use crate::joined::joined;
use crate::locator::Endpoint;
use crate::protocol::{Declaration, Probe, Protocol, Request, Scheme};
use allswell_model::quantity::spoken;
use allswell_model::settings::{Mistake, Raw, SettingKind, SettingSpec};

/// The protocol `tls`.
pub(crate) struct Tls;

const SETTINGS: &[SettingSpec] = &joined::<_, { TLS_SETTINGS.len() + 1 }>(
    TLS_SETTINGS,
    &[SettingSpec {
        name: "alpn",
        kind: SettingKind::List,
        default: None,
        doc: "application protocols to offer, the preferred first, such as h2; unset: none",
    }],
);

static DECLARATION: Declaration = Declaration {
    name: "tls",
    schemes: &[Scheme { name: "tls", port: Some(443) }],
    takes: &[],
    doc: "a TLS handshake and the whole chain of certificates; always a full handshake, never a resumed session",
    settings: SETTINGS,
    fields: TLS_FIELDS,
    defaults: &[],
    example: "tls://127.0.0.1:443",
    words: &[],
};

impl Protocol for Tls {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    fn prepare(&self, request: &Request<'_>) -> Result<Box<dyn Probe>, Vec<Mistake>> {
        let endpoint = request.locator.endpoint.clone();
        let alpn = offered(request.settings.list("alpn")).map_err(|mistake| vec![mistake])?;
        let client = Client::read(request.settings, &endpoint, alpn)?;
        Ok(Box::new(TlsProbe { endpoint, client }))
    }
}

/// `[h2, http/1.1]`, or `h2,http/1.1` on the command line.
fn offered(items: &[Raw]) -> Result<Vec<Vec<u8>>, Mistake> {
    let mut all = Vec::new();
    for item in items {
        let Raw::Scalar(text) = item else { return Err(Mistake::of("alpn", "`alpn` takes a list of protocol names")) };
        all.extend(text.split(',').map(|name| name.trim().as_bytes().to_vec()));
    }
    // RFC 7301, section 3.1: a name has 1 to 255 bytes.
    if all.iter().all(|name| (1..=255).contains(&name.len())) {
        Ok(all)
    } else {
        Err(Mistake::of("alpn", "`alpn` takes names of 1 to 255 bytes"))
    }
}

struct TlsProbe {
    endpoint: Endpoint,
    client: Client,
}

impl Probe for TlsProbe {
    fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    fn exchange<'a>(&'a self, attempt: &'a mut Attempt, peer: SocketAddr) -> BoxFuture<'a, Result<(), Failure>> {
        self.shake(attempt, peer).boxed()
    }
}

impl TlsProbe {
    async fn shake(&self, attempt: &mut Attempt, peer: SocketAddr) -> Result<(), Failure> {
        let (stream, connected) = connect::tcp(attempt, peer).await?;
        let secured = self.client.handshake(attempt, stream, peer).await?;
        let took = attempt.in_stage();
        let agreed = std::mem::take(&mut attempt.facts);
        attempt.facts(format!("{agreed}, handshake in {}{}", spoken(took), validity(attempt)));
        farewell(secured, attempt, peer, connected).await
    }
}

/// `, certificates good for 42 days`.
fn validity(attempt: &Attempt) -> String {
    match attempt.measurements.iter().find(|(name, _)| name == "certificate_days") {
        Some((_, Value::Number(days))) if *days >= 0.0 => {
            format!(", certificates good for {}", spoken(Duration::from_secs_f64(days * 86_400.0)))
        }
        _ => String::new(),
    }
}

/// Ends in order. Under TLS 1.3 a server says only now what it thinks of our certificate, or of our having none,
/// so one that asked has one more round trip to object; silence is consent.
async fn farewell(mut secured: Secured, attempt: &Attempt, peer: SocketAddr, round_trip: Duration) -> Result<(), Failure> {
    // Nobody need hear it.
    let _ = attempt.within(secured.stream.shutdown()).await;
    if !secured.may_object {
        return Ok(());
    }
    let until = attempt.deadline().min(Instant::now() + patience(round_trip));
    let mut byte = [0];
    match tokio::time::timeout_at(until.into(), secured.stream.read(&mut byte)).await {
        Ok(Err(error)) => handshake::lost(&error, peer).map_or(Ok(()), Err),
        _ => Ok(()),
    }
}

/// A few round trips, and time for a busy server to look at what it got.
fn patience(round_trip: Duration) -> Duration {
    round_trip * 4 + Duration::from_millis(100)
}

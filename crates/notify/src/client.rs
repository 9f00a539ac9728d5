//! The HTTP client of channels and heartbeat: HTTP/1.1 over a fresh connection, one deadline over all of it, no redirect followed.
//!
//! A connection is not kept: alerts are rare, and a pooled connection that died meanwhile costs the attempt that finds out.

mod address;
mod line;
mod place;
mod reply;
mod trust;

use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, Instant};

use allswell_model::quantity::spoken;
use allswell_model::settings::{Mistake, Settings};
use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::poll_fn;
use http::{HeaderMap, HeaderValue, Method, Request, header};
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;

use address::Lookup;
use line::Line;
use place::Place;
pub(crate) use place::decoded;
pub(crate) use reply::Reply;
use trust::Tls;

/// Where to ask, and how to get there.
pub(crate) struct Client {
    place: Place,
    /// `None` over plain HTTP.
    tls: Option<Tls>,
    lookup: Lookup,
}

/// What to ask.
pub(crate) struct Ask {
    pub(crate) method: Method,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Ask {
    pub(crate) fn get() -> Self {
        Self { method: Method::GET, headers: HeaderMap::new(), body: Bytes::new() }
    }
}

impl Client {
    /// Reads `url`, and `ca` where it is declared.
    ///
    /// # Errors
    /// A URL that is missing or none of ours, a file that cannot be read.
    pub(crate) fn read(settings: &Settings) -> Result<Self, Mistake> {
        let url =
            settings.text("url").ok_or_else(|| Mistake::of("url", "`url` is missing").hint("say where to send, as in https://..."))?;
        let place = Place::read(url)?;
        let ca = settings.text("ca");
        if !place.https && ca.is_some() {
            return Err(Mistake::of("ca", "`ca` is of no use over http").hint("write https:// in `url`"));
        }
        let tls = if place.https { Some(Tls::read(&place.host, ca)?) } else { None };
        let lookup = Lookup::of(&place);
        Ok(Self { place, tls, lookup })
    }

    /// The host, which is all of a URL that is ever shown.
    pub(crate) fn shown(&self) -> &str {
        &self.place.shown
    }

    /// What of the URL must not be shown.
    pub(crate) fn secret(&self) -> &str {
        &self.place.url
    }

    /// Asks once.
    ///
    /// # Errors
    /// Why there was no reply, in one sentence without secrets.
    pub(crate) async fn ask(&self, ask: Ask, limit: Duration) -> Result<Reply, String> {
        let begun = Instant::now();
        let until = begun + limit;
        let addresses = self.lookup.addresses(until).await?;
        let line = line::open(&addresses, &self.place.shown, until).await?;
        match &self.tls {
            None => self.exchange(line, ask, begun, until).await,
            Some(tls) => self.exchange(tls.secure(line, &self.place.shown, until).await?, ask, begun, until).await,
        }
    }

    async fn exchange<L: Line>(&self, line: L, ask: Ask, begun: Instant, until: Instant) -> Result<Reply, String> {
        let shown = &self.place.shown;
        let request = self.request(ask)?;
        let exchanging = async {
            let (mut sender, connection) = http1::handshake(TokioIo::new(line)).await.map_err(|error| line::lost(shown, &error))?;
            let mut driven = Driven { connection: Some(connection), ended: None };
            let response = driven.beside(sender.send_request(request)).await;
            // The connection knows better why it ended than the request that it left behind.
            let response = response.map_err(|error| line::lost(shown, driven.ended.as_ref().unwrap_or(&error)))?;
            let head = begun.elapsed();
            Ok(driven.beside(reply::take(response, head, until)).await)
        };
        match tokio::time::timeout_at(until.into(), exchanging).await {
            Ok(ended) => ended,
            Err(_) => Err(format!("{shown} accepted the connection, then gave no reply within {}.", spoken(until - begun))),
        }
    }

    fn request(&self, ask: Ask) -> Result<Request<Full<Bytes>>, String> {
        let mut request = Request::new(Full::new(ask.body));
        *request.method_mut() = ask.method;
        *request.uri_mut() = self.place.path.clone();
        let headers = request.headers_mut();
        headers.insert(header::HOST, self.place.authority.clone());
        headers.insert(header::USER_AGENT, HeaderValue::from_static(concat!("allswell/", env!("CARGO_PKG_VERSION"))));
        headers.insert(header::ACCEPT, HeaderValue::from_static("*/*"));
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        if let Some(credentials) = &self.place.credentials {
            headers.insert(header::AUTHORIZATION, credentials.clone());
        }
        for (name, value) in &ask.headers {
            headers.insert(name, value.clone());
        }
        Ok(request)
    }
}

/// A connection, and how it failed if it did; it is not driven on after its end.
struct Driven<C> {
    connection: Option<C>,
    ended: Option<hyper::Error>,
}

impl<C: Future<Output = hyper::Result<()>> + Unpin> Driven<C> {
    /// Awaits `work` while the connection that it needs is driven.
    async fn beside<T>(&mut self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        poll_fn(|cx| {
            if let Some(Poll::Ready(ended)) = self.connection.as_mut().map(|connection| connection.poll_unpin(cx)) {
                self.connection = None;
                self.ended = ended.err();
            }
            work.poll_unpin(cx)
        })
        .await
    }
}

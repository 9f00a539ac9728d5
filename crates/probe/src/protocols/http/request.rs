//! What is sent: method, headers, credentials, body; and what of it may go along with a redirect.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, AUTHORIZATION, CONNECTION, HOST, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, Uri};
use http_body_util::Full;

use crate::handshake::Client;
use crate::locator::Locator;
use crate::protocols::http::link::Spoken;
use crate::protocols::http::place::Place;
use allswell_model::settings::{Mistake, Settings};

/// What an operator asks to be sent, checked.
pub(super) struct Sending {
    method: Method,
    body: Bytes,
    /// For the host that the operator named.
    own: HeaderMap,
    /// For any other host.
    strange: HeaderMap,
    host: Option<HeaderValue>,
    is_authorized: bool,
}

/// A request at one place of the trip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) place: Place,
    pub(super) method: Method,
    pub(super) has_body: bool,
    /// The place is the one that the operator named.
    pub(super) is_own: bool,
}

impl Form {
    /// The request that follows a redirect (RFC 9110, section 15.4).
    pub(super) fn after(&self, status: StatusCode, place: Place, is_own: bool) -> Self {
        let becomes_get = match status.as_u16() {
            301 | 302 => self.method == Method::POST,
            303 => self.method != Method::HEAD,
            _ => false,
        };
        let method = if becomes_get { Method::GET } else { self.method.clone() };
        Self { place, method, has_body: self.has_body && !becomes_get, is_own }
    }
}

const AGENT: HeaderValue = HeaderValue::from_static(concat!("allswell/", env!("CARGO_PKG_VERSION")));

impl Sending {
    /// # Errors
    /// Every mistake in method, headers and credentials.
    pub(super) fn read(settings: &Settings, locator: &Locator) -> Result<Self, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let method = method(settings.text("method").unwrap_or("GET")).unwrap_or_else(|mistake| {
            mistakes.push(mistake);
            Method::GET
        });
        let mut own = defaults();
        let mut host = None;
        let mut typed = HeaderMap::new();
        for (name, value) in settings.map("headers") {
            match header(name, value) {
                Ok((HOST, value)) => host = Some(value),
                Ok((name, value)) => drop(typed.append(name, value)),
                Err(mistake) => mistakes.push(mistake),
            }
        }
        for name in typed.keys() {
            own.remove(name);
        }
        own.extend(typed);
        let mut strange = defaults();
        for name in [ACCEPT, ACCEPT_LANGUAGE, USER_AGENT] {
            if let Some(value) = own.get(&name).cloned() {
                strange.insert(name, value);
            }
        }
        match authorization(settings, locator, own.contains_key(AUTHORIZATION)) {
            Ok(Some(value)) => drop(own.insert(AUTHORIZATION, value)),
            Ok(None) => {}
            Err(mistake) => mistakes.push(mistake),
        }
        let body = Bytes::from(settings.text("request_body").unwrap_or_default().to_owned());
        let is_authorized = own.contains_key(AUTHORIZATION);
        if mistakes.is_empty() { Ok(Self { method, body, own, strange, host, is_authorized }) } else { Err(mistakes) }
    }

    /// Credentials never reach a peer that could not prove who it is, where proof was to be had.
    ///
    /// # Errors
    /// Credentials, https, and `verify: false`.
    pub(super) fn may_go_to(&self, start: &Place, client: &Client) -> Result<(), Mistake> {
        if self.is_authorized && start.https && !client.verifies() {
            return Err(Mistake::of("verify", "credentials are not sent to a peer that `verify: false` lets be anyone")
                .hint("give its certificate or authority as `ca`, and its name as `server_name`"));
        }
        Ok(())
    }

    /// The first request.
    pub(super) fn form(&self, start: &Place) -> Form {
        Form { place: start.clone(), method: self.method.clone(), has_body: !self.body.is_empty(), is_own: true }
    }

    /// A request as the version that is spoken there wants it.
    pub(super) fn request(&self, form: &Form, spoken: Spoken) -> Request<Full<Bytes>> {
        let place = &form.place;
        let mut headers = if form.is_own { self.own.clone() } else { self.strange.clone() };
        let host = self.host.clone().filter(|_| form.is_own);
        let host = host.or_else(|| HeaderValue::try_from(place.authority()).ok());
        let body = if form.has_body { self.body.clone() } else { Bytes::new() };
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = form.method.clone();
        match (spoken, host) {
            (Spoken::Two, host) => *request.uri_mut() = absolute(place, host.as_ref()),
            (Spoken::One, host) => {
                *request.uri_mut() = Uri::from(place.target.clone());
                headers.extend(host.map(|host| (HOST, host)));
                headers.insert(CONNECTION, HeaderValue::from_static("close"));
            }
        }
        *request.headers_mut() = headers;
        request
    }
}

/// HTTP/2 has the host in the request's own line (RFC 9113, section 8.3.1).
fn absolute(place: &Place, host: Option<&HeaderValue>) -> Uri {
    let authority = host.map(HeaderValue::as_bytes).unwrap_or_default();
    let scheme = if place.https { "https" } else { "http" };
    Uri::builder()
        .scheme(scheme)
        .authority(authority)
        .path_and_query(place.target.clone())
        .build()
        .unwrap_or_else(|_| Uri::from(place.target.clone()))
}

fn defaults() -> HeaderMap {
    let any = (ACCEPT, HeaderValue::from_static("*/*"));
    let identity = (ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    [(USER_AGENT, AGENT), any, identity].into_iter().collect()
}

fn method(text: &str) -> Result<Method, Mistake> {
    let method = Method::from_bytes(text.as_bytes()).map_err(|_| Mistake::of("method", format!("`method` takes a word, not `{text}`")))?;
    let upper = text.to_ascii_uppercase();
    match upper.as_str() {
        "CONNECT" => Err(Mistake::of("method", "`method` CONNECT asks a proxy for a tunnel, which is no request to a target")),
        known @ ("GET" | "HEAD" | "POST" | "PUT" | "DELETE" | "OPTIONS" | "TRACE" | "PATCH") if known != text => {
            Err(Mistake::of("method", format!("`method` is written in capitals, not `{text}`")).hint(format!("did you mean `{known}`?")))
        }
        _ => Ok(method),
    }
}

fn header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), Mistake> {
    let wrong = |why: String| Mistake::of("headers", why);
    let parsed = HeaderName::try_from(name).map_err(|_| wrong(format!("`headers` has `{name}`, which is no name of a header")))?;
    if matches!(parsed.as_str(), "content-length" | "transfer-encoding" | "connection") {
        return Err(wrong(format!("`headers` has `{name}`, which follows from the request itself")).hint("leave it out"));
    }
    let mut value = HeaderValue::try_from(value)
        .map_err(|_| wrong(format!("`headers.{name}` has a value that HTTP cannot carry: a control character")))?;
    value.set_sensitive(parsed == AUTHORIZATION);
    Ok((parsed, value))
}

/// The one Authorization header, from wherever it was given.
fn authorization(settings: &Settings, locator: &Locator, typed: bool) -> Result<Option<HeaderValue>, Mistake> {
    let from_url = locator.credentials.as_ref().map(|(user, password)| format!("{user}:{password}"));
    let basic = settings.text("basic");
    let bearer = settings.text("bearer");
    let given = [(from_url.is_some(), "the URL"), (basic.is_some(), "`basic`"), (bearer.is_some(), "`bearer`"), (typed, "`headers`")];
    let given: Vec<&str> = given.into_iter().filter_map(|(is, name)| is.then_some(name)).collect();
    if given.len() > 1 {
        return Err(Mistake::whole(format!("credentials are given more than once: in {}", given.join(" and in "))).hint("keep one"));
    }
    let value = match (from_url.as_deref().or(basic), bearer) {
        (Some(pair), _) if !pair.contains(':') => return Err(Mistake::of("basic", "`basic` takes user:password")),
        (Some(pair), _) => format!("Basic {}", STANDARD.encode(pair)),
        (None, Some(token)) => format!("Bearer {token}"),
        (None, None) => return Ok(None),
    };
    let mut value = HeaderValue::try_from(value).map_err(|_| Mistake::of("bearer", "`bearer` holds a character that HTTP cannot carry"))?;
    value.set_sensitive(true);
    Ok(Some(value))
}

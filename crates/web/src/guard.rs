//! Who may call: the host must be ours, the origin too where something changes, and the caller known where somebody is declared.

mod admission;
mod attempts;
mod host;
mod lock;
mod origin;
mod passwords;
mod remembered;
mod shown;

use std::net::{IpAddr, Ipv6Addr};

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderValue, Method, StatusCode, Version, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use self::admission::Admission;
use self::host::Hosts;
pub(crate) use self::lock::Caller;
use self::lock::{Lock, Locked};
pub(crate) use self::passwords::Verified;
use self::shown::Shown;
use crate::access::Role;
use crate::error_page::ErrorPage;
use crate::held;
use crate::problem::Problem;
use crate::serve::{Line, Whence};
use crate::settings::Settings;
use crate::state::App;

/// Says nothing that needs guarding, and is asked by machines that know us only by our address.
const HEALTH: &str = "/healthz";
/// Tells whoever listens everything as it happens.
const STREAM: &str = "/api/v1/stream";
/// The same for everybody, and needed to show that a caller is not known.
const ASSETS: &str = "/assets/";

/// What the pages may do: nothing from elsewhere, nothing inline, in nobody's frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Beside TLS, browsers come back by TLS alone for thirty days. The name is theirs for all its ports; other names are not touched.
const TRANSPORT: &str = "max-age=2592000";

/// The rules of who may call.
pub(crate) struct Guard {
    hosts: Hosts,
    lock: Lock,
}

/// What the guard knows of a request's line.
#[derive(Clone, Copy)]
struct From {
    whence: Whence,
    secure: bool,
}

impl From {
    fn of(request: &Request) -> Self {
        match request.extensions().get::<Line>() {
            Some(line) => Self { whence: line.whence(), secure: line.secure() },
            // Somebody else's server: all its callers are one.
            None => Self { whence: Whence::of(IpAddr::V6(Ipv6Addr::UNSPECIFIED)), secure: false },
        }
    }
}

impl Guard {
    /// The rules that the settings ask for.
    pub(crate) fn new(settings: &Settings) -> Self {
        Self { hosts: Hosts::new(settings.listen, &settings.allowed_hosts), lock: Lock::new(settings) }
    }

    /// How often passwords were right and wrong.
    pub(crate) fn verified(&self) -> &Verified {
        self.lock.verified()
    }

    /// Whether the request is meant for us, and may have been sent on somebody's own behalf.
    fn check(&self, request: &Request, secure: bool) -> Result<(), Problem> {
        let authority = authority(request)?;
        if !self.hosts.admits(&authority) {
            let detail = "This host name is not one of ours: call localhost, the address listened on or the name of this node, or add it to `allowed_hosts`.";
            return Err(Problem::new(StatusCode::FORBIDDEN, detail));
        }
        let foreign = needs_origin(request) && !origin::is_ours(request.headers(), &authority, secure);
        if foreign || origin::is_embedded_elsewhere(request.headers()) {
            return Err(Problem::new(StatusCode::FORBIDDEN, "Only this program's own pages may ask for this, not another site's."));
        }
        Ok(())
    }

    /// Whether no name was rebound to us and no site embeds the answer.
    fn is_direct(&self, request: &Request) -> bool {
        authority(request).is_ok_and(|authority| self.hosts.trusts(&authority)) && !origin::is_embedded_elsewhere(request.headers())
    }

    /// The cookie instead of the token in the address, where it is right.
    fn admission(&self, request: &Request, from: From) -> Option<Admission> {
        let (token, location) = admission::token_of(request.uri()).filter(|_| request.method().is_safe())?;
        self.lock.token(&token)?;
        let stranger = request.headers().get("sec-fetch-site").is_some_and(|site| site == "cross-site");
        Some(Admission { cookie: admission::cookie(self.lock.port(), from.secure), token, location, secure: from.secure, stranger })
    }

    fn shown(&self, request: &Request, from: From) -> Shown {
        Shown::by(request.headers(), &admission::cookie(self.lock.port(), from.secure))
    }

    async fn who(&self, shown: Shown, from: From) -> Result<Caller, Locked> {
        self.lock.who(shown, from.whence).await
    }
}

/// Every request passes here first.
pub(crate) async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    let from = From::of(&request);
    // Whoever gives two lengths wants somebody before us to see another request than we do. One length is gone by now (RFC 9112,
    // section 6.3); nothing that follows on this line is read.
    let chunked = request.headers().contains_key(header::TRANSFER_ENCODING);
    let mut response = answer(&app, request, from, next).await;
    if chunked {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    sealed(response, from.secure)
}

async fn answer(app: &App, mut request: Request, from: From, next: Next) -> Response {
    let shown = app.guard.shown(&request, from);
    if request.uri().path() == HEALTH {
        // Anyone may ask. Why it is not well is told to those who would be let in elsewhere.
        if app.guard.is_direct(&request)
            && let Ok(caller) = app.guard.who(shown, from).await
        {
            request.extensions_mut().insert(caller);
        }
        return next.run(request).await;
    }
    if let Err(problem) = app.guard.check(&request, from.secure) {
        return problem.into_response();
    }
    if let Some(admission) = app.guard.admission(&request, from) {
        return admission.into_response();
    }
    if request.uri().path().starts_with(ASSETS) {
        return next.run(request).await;
    }
    match app.guard.who(shown, from).await {
        Err(locked) => refuse(&locked, &request),
        Ok(caller) if caller.role < needed(&request) => {
            let detail = "A viewer may look and change nothing; this needs an operator.";
            Problem::new(StatusCode::FORBIDDEN, detail).into_response()
        }
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            if request.uri().path() == STREAM {
                // It has places of its own.
                return next.run(request).await;
            }
            match app.responses.place(from.whence).await {
                Ok(place) => held::until_sent(next.run(request).await, place),
                Err(problem) => problem.into_response(),
            }
        }
    }
}

/// What it takes to do this. Whatever is not looking is done by operators.
fn needed(request: &Request) -> Role {
    if matches!(*request.method(), Method::GET | Method::HEAD) { Role::Viewer } else { Role::Operator }
}

/// People read a page, programs a problem.
fn refuse(locked: &Locked, request: &Request) -> Response {
    let accepted = request.headers().get(header::ACCEPT).and_then(|accepted| accepted.to_str().ok());
    let problem = locked.problem();
    let person = accepted.is_some_and(|accepted| accepted.contains("text/html"));
    locked.challenge(if person { ErrorPage::from(problem).into_response() } else { problem.into_response() })
}

/// The host as the caller said it: in the address itself, or in the one header (RFC 9112, section 3.2).
fn authority(request: &Request) -> Result<String, Problem> {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let (first, second) = (hosts.next(), hosts.next());
    let said = request.uri().authority().map(Authority::as_str);
    let host = first.and_then(|host| host.to_str().ok());
    let sound = second.is_none() && (host.is_some() || (said.is_some() && request.version() < Version::HTTP_11));
    let one = said.or(host).filter(|one| sound && host.is_none_or(|host| host.eq_ignore_ascii_case(one)));
    one.map(str::to_owned).ok_or_else(|| Problem::bad_request("The request must say for which one host it is."))
}

fn needs_origin(request: &Request) -> bool {
    !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) || request.uri().path() == STREAM
}

/// The headers that every response bears.
fn sealed(mut response: Response, secure: bool) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(TRANSPORT));
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

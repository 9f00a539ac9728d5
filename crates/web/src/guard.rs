//! Who may call: the host must be ours, the origin too where something changes, and the token known where there is one.

mod host;
mod origin;
mod token;

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use self::host::Hosts;
use self::token::{Admission, Lock};
use crate::problem::Problem;
use crate::settings::Settings;
use crate::state::App;

/// Says nothing that needs guarding, and is asked by machines that know us only by our address.
const HEALTH: &str = "/healthz";
/// Tells whoever listens everything as it happens.
const STREAM: &str = "/api/v1/stream";

/// What the pages may do: nothing from elsewhere, nothing inline, in nobody's frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The rules of who may call.
#[derive(Debug, Clone)]
pub(crate) struct Guard {
    hosts: Hosts,
    lock: Option<Lock>,
}

impl Guard {
    /// The rules that the settings ask for.
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            hosts: Hosts::new(settings.listen, &settings.allowed_hosts),
            lock: settings.token.clone().map(|token| Lock::new(token, settings.listen.port())),
        }
    }

    /// Whether the caller has shown the token, or need not.
    pub(crate) fn knows(&self, request: &axum::http::HeaderMap) -> bool {
        self.lock.as_ref().is_none_or(|lock| lock.opens(request))
    }

    fn check(&self, request: &Request) -> Result<(), Problem> {
        if request.uri().path() == HEALTH {
            return Ok(());
        }
        let authority = authority(request).ok_or_else(|| Problem::bad_request("The request must say for which one host it is."))?;
        if !self.hosts.admits(&authority) {
            let detail = "This host name is not one of ours: call localhost, the address listened on or the name of this node, or add it to `allowed_hosts`.";
            return Err(Problem::new(StatusCode::FORBIDDEN, detail));
        }
        if needs_origin(request) && !origin::is_ours(request.headers(), &authority) {
            return Err(Problem::new(StatusCode::FORBIDDEN, "Only this program's own pages may ask for this, not another site's."));
        }
        Ok(())
    }

    fn admission(&self, request: &Request) -> Option<Admission> {
        self.lock.as_ref().filter(|_| request.method().is_safe())?.admission(request.uri())
    }
}

/// Every request passes here first.
pub(crate) async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    let stranger = request.headers().get("sec-fetch-site").is_some_and(|site| site == "cross-site");
    let response = match app.guard.check(&request) {
        Err(problem) => problem.into_response(),
        Ok(()) if request.uri().path() == HEALTH => next.run(request).await,
        Ok(()) => match app.guard.admission(&request) {
            Some(admission) => admit(&admission, stranger),
            None if app.guard.knows(request.headers()) => next.run(request).await,
            None => refuse(),
        },
    };
    sealed(response)
}

/// A strict cookie is not sent along a redirect that another site began; there the browser is told to begin anew.
fn admit(admission: &Admission, stranger: bool) -> Response {
    let way =
        if stranger { (header::REFRESH, format!("0;url={}", admission.location)) } else { (header::LOCATION, admission.location.clone()) };
    let status = if stranger { StatusCode::OK } else { StatusCode::SEE_OTHER };
    (status, [(header::SET_COOKIE, admission.cookie.clone()), way]).into_response()
}

fn refuse() -> Response {
    let detail = "A token is needed: open the address that the program printed at its start, or send `Authorization: Bearer TOKEN`.";
    let mut response = Problem::new(StatusCode::UNAUTHORIZED, detail).into_response();
    response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    response
}

/// The host as the caller said it: in the address itself, or in the one header (RFC 9112, section 3.2).
fn authority(request: &Request) -> Option<String> {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let host = hosts.next().filter(|_| hosts.next().is_none()).and_then(|host| host.to_str().ok());
    request.uri().authority().map(Authority::as_str).or(host).map(str::to_owned)
}

fn needs_origin(request: &Request) -> bool {
    !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) || request.uri().path() == STREAM
}

/// The headers that every response bears.
fn sealed(mut response: Response) -> Response {
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
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

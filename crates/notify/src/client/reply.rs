//! What came back: a status, and a bounded beginning of a body, which is never shown whole.

use std::time::{Duration, Instant, SystemTime};

use http::{HeaderMap, Response, StatusCode, header};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;
use tokio::time::timeout_at;
use url::Url;

use crate::channel::Refusal;
use crate::client::Client;

/// Of a body no more is read.
const BODY_LIMIT: usize = 64 * 1024;
/// The status has said it; for the body we wait no longer than this.
const BODY_PATIENCE: Duration = Duration::from_secs(2);

/// A reply.
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// Not to be asked again before.
    pub(crate) retry_after: Option<Duration>,
    /// The host that a redirect leads to.
    elsewhere: Option<String>,
    /// Its beginning.
    pub(crate) body: Vec<u8>,
    /// Until the status came.
    pub(crate) took: Duration,
}

impl Reply {
    /// What a status that is not 2xx means.
    pub(crate) fn refusal(&self, client: &Client) -> Refusal {
        let (shown, status) = (client.shown(), self.status);
        let words = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
        let words = words.map(|words| format!(" {words}")).unwrap_or_default();
        let sentence = match (&self.elsewhere, status) {
            (Some(host), 300..400) => {
                format!("{shown} redirects to {host} (HTTP {status}), which is not followed: put the final URL into the configuration.")
            }
            _ => format!("{shown} answered HTTP {status}{words}."),
        };
        let permanent = matches!(status, 300..500) && !matches!(status, 408 | 425 | 429);
        Refusal { sentence, permanent, retry_after: self.retry_after }
    }
}

/// Takes status and body. A body that is too long, too slow or broken is cut: the status counts.
pub(crate) async fn take(response: Response<Incoming>, took: Duration, until: Instant) -> Reply {
    let (head, mut incoming) = response.into_parts();
    let mut body = Vec::new();
    let patience = until.min(Instant::now() + BODY_PATIENCE);
    while body.len() < BODY_LIMIT
        && let Ok(Some(Ok(frame))) = timeout_at(patience.into(), incoming.frame()).await
    {
        let room = BODY_LIMIT - body.len();
        body.extend(frame.data_ref().into_iter().flatten().take(room));
    }
    Reply {
        status: head.status.as_u16(),
        retry_after: retry_after(&head.headers, SystemTime::now()),
        elsewhere: elsewhere(&head.headers),
        body,
        took,
    }
}

/// RFC 9110, section 10.2.3: seconds, or a date.
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date: SystemTime = OffsetDateTime::parse(text, &Rfc2822).ok()?.into();
    Some(date.duration_since(now).unwrap_or_default())
}

/// Only the host: the rest of it may hold a secret of ours.
fn elsewhere(headers: &HeaderMap) -> Option<String> {
    let url = Url::parse(headers.get(header::LOCATION)?.to_str().ok()?).ok()?;
    url.host_str().map(|host| host.chars().take(80).collect())
}

#[cfg(test)]
mod tests;

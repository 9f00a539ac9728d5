//! The channel `webhook`: an HTTP request with a JSON document, or with whatever body a template makes.

mod examples;
mod headers;

use std::sync::Arc;
use std::time::Duration;

use allswell_model::quantity::spoken;
use allswell_model::settings::{Mistake, SettingKind, SettingSpec, Settings};
use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use http::{HeaderMap, HeaderValue, Method, header};

use crate::channel::{Channel, ChannelKind, Letter, Refusal};
use crate::client::{Ask, Client, Reply};
use crate::declaration::Declaration;
use crate::document;
use crate::secrets::{Secrets, glimpse};
use crate::template::Template;

/// The kind `webhook`.
pub(crate) struct Webhook;

const JSON: &str = "application/json";

const SETTINGS: &[SettingSpec] = &[
    SettingSpec {
        name: "url",
        kind: SettingKind::Secret,
        default: None,
        doc: "where to send, http or https; never shown but for its host. A user in it is sent as basic credentials",
    },
    SettingSpec {
        name: "method",
        kind: SettingKind::Choice(&["POST", "PUT", "PATCH"]),
        default: Some("POST"),
        doc: "the request's method",
    },
    SettingSpec {
        name: "headers",
        kind: SettingKind::Map,
        default: None,
        doc: "headers besides our own (Content-Type, Idempotency-Key, User-Agent); their values are never shown",
    },
    SettingSpec {
        name: "body",
        kind: SettingKind::Text,
        default: None,
        doc: "a template of the body, in the syntax of Jinja; unset: the alert's whole JSON document",
    },
    SettingSpec {
        name: "content_type",
        kind: SettingKind::Text,
        default: Some(JSON),
        doc: "of the body; it decides how values are escaped",
    },
    SettingSpec {
        name: "timeout",
        kind: SettingKind::Duration(Duration::from_secs(1), Duration::from_secs(60)),
        default: Some("10s"),
        doc: "one deadline over an attempt, from the name to the reply",
    },
    SettingSpec {
        name: "ca",
        kind: SettingKind::File,
        default: None,
        doc: "PEM file of the only authorities to trust; unset: the system's, or Mozilla's where the system has none",
    },
];

static DECLARATION: Declaration = Declaration {
    name: "webhook",
    doc: "an HTTP request for each alert, with a JSON document or a body of your own",
    notes: &[
        "Any 2xx reply takes the alert. All else is tried again: after 1 s, then ever later up to 5 min, for 24 h; `Retry-After` is heeded up \
         to 1 h. A reply that will hardly change by itself (3xx, and 4xx but 408, 425 and 429) is tried again too, from 30 s up to 15 min, \
         because a wrong URL must not lose an alert; once the channel is mended, all that waits is tried at once.",
        "The header `Idempotency-Key` is the same for each attempt to send an alert: an alert arrives at least once, and who keeps the key \
         takes it once.",
        "Redirects are not followed: they would show the alert, and what its headers hold, to a host that nobody named. Proxies are not \
         used.",
        "In a template, a value stands where JSON wants a value (`\"text\": {{ summary }}`) or within a string (`\"text\": \"{{ status }}: \
         {{ summary }}\"`); either way it is escaped, and nothing that a target says can break out of its place. Each template is rendered \
         for sample alerts when the configuration is read, and must give JSON where the content type says so. Should it fail for an alert \
         all the same, the JSON document is sent in its place.",
        "Of a reply's body at most 64 kB are read, and at most its first line is told, cut, and only where nothing of the request is in it.",
    ],
    settings: SETTINGS,
    secret: &["url", "headers"],
    examples: examples::EXAMPLES,
};

impl ChannelKind for Webhook {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    fn build(&self, settings: &Settings) -> Result<Arc<dyn Channel>, Vec<Mistake>> {
        let content_type = settings.text("content_type").unwrap_or(JSON);
        let client = Client::read(settings);
        let headers = headers::read(settings);
        let template = settings.text("body").map(|source| Template::read(source, content_type)).transpose();
        let kind = headers::content_type(content_type, settings);
        match (client, headers, template, kind) {
            (Ok(client), Ok(headers), Ok(template), Ok(kind)) => {
                let method = settings.text("method").and_then(|method| method.parse().ok()).unwrap_or(Method::POST);
                let timeout = settings.duration("timeout").unwrap_or_default();
                let secrets = secrets(&client, settings);
                Ok(Arc::new(Hook { client, method, headers, kind, template, timeout, secrets }))
            }
            (client, headers, template, kind) => {
                let mistakes = [client.err(), headers.err(), template.err(), kind.err()];
                Err(mistakes.into_iter().flatten().collect())
            }
        }
    }
}

fn secrets(client: &Client, settings: &Settings) -> Secrets {
    let mut secrets = Secrets::default();
    secrets.add_url(client.secret());
    for (_, value) in settings.map("headers") {
        secrets.add(value);
    }
    secrets
}

struct Hook {
    client: Client,
    method: Method,
    headers: HeaderMap,
    kind: HeaderValue,
    template: Option<Template>,
    timeout: Duration,
    secrets: Secrets,
}

impl Channel for Hook {
    fn send<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<String, Refusal>> {
        self.post(letter).boxed()
    }

    fn timeout(&self) -> Duration {
        self.timeout
    }

    fn at_once(&self) -> usize {
        // A provider that hangs delays no other incident before so many hang; a healthy one is not stormed.
        8
    }
}

impl Hook {
    async fn post(&self, letter: &Letter) -> Result<String, Refusal> {
        let (body, fallen_back) = self.body(letter);
        let mut headers = self.headers.clone();
        // The default document is JSON whatever the template would have been.
        let kind = if fallen_back.is_some() { HeaderValue::from_static(JSON) } else { self.kind.clone() };
        headers.insert(header::CONTENT_TYPE, kind);
        if let Ok(key) = HeaderValue::try_from(ascii(letter.alert.key.as_str())) {
            headers.insert("idempotency-key", key);
        }
        let ask = Ask { method: self.method.clone(), headers, body: body.clone() };
        let reply = self.client.ask(ask, self.timeout).await.map_err(Refusal::passing)?;
        let told = self.judged(&reply, &body)?;
        Ok(fallen_back.map_or_else(|| told.clone(), |why| format!("{told} Its `body` failed ({why}), so the JSON document was sent.")))
    }

    /// The body, and why it is not the template's where it should be.
    fn body(&self, letter: &Letter) -> (Bytes, Option<String>) {
        let document = || Bytes::from(document::of(letter).to_string());
        match self.template.as_ref().map(|template| template.rendered(letter)) {
            None => (document(), None),
            Some(Ok(body)) => (Bytes::from(body), None),
            Some(Err(why)) => {
                tracing::error!(channel = %letter.alert.channel, "`body` cannot be used, the JSON document is sent in its place: {why}");
                (document(), Some(why))
            }
        }
    }

    fn judged(&self, reply: &Reply, sent: &[u8]) -> Result<String, Refusal> {
        if (200..300).contains(&reply.status) {
            return Ok(format!("{} took it (HTTP {}, {}).", self.client.shown(), reply.status, spoken(reply.took)));
        }
        let mut refusal = reply.refusal(&self.client);
        if let Some(said) = glimpse(&reply.body, sent, &self.secrets) {
            refusal.sentence.push_str(&format!(" It said: {said}"));
        }
        Err(refusal)
    }
}

/// A header carries no more of a key; whoever compares keys compares what arrives.
fn ascii(key: &str) -> String {
    key.chars().map(|c| if c.is_ascii_graphic() { c } else { '_' }).collect()
}

#[cfg(test)]
mod tests;

//! A URL taken apart once: where to connect, what to ask for, and what of it may be shown.

use std::net::IpAddr;

use allswell_model::settings::Mistake;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::{HeaderValue, Uri};
use url::{Host as Parsed, Url};

/// A name to be looked up, or an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Host {
    Name(String),
    Address(IpAddr),
}

/// Where a channel's URL leads. No `Debug`: the path may be a secret.
pub(crate) struct Place {
    pub(crate) https: bool,
    pub(crate) host: Host,
    pub(crate) port: u16,
    /// Path and query.
    pub(crate) path: Uri,
    /// The header `Host`.
    pub(crate) authority: HeaderValue,
    /// Basic credentials, where the URL has a user.
    pub(crate) credentials: Option<HeaderValue>,
    /// Host, and port where it is not the usual one.
    pub(crate) shown: String,
    /// The whole, as it was typed.
    pub(crate) url: String,
}

impl Place {
    /// # Errors
    /// It is no URL of http or https. The mistake does not repeat it.
    pub(crate) fn read(text: &str) -> Result<Self, Mistake> {
        let wrong = |what: &str| Mistake::of("url", format!("`url` {what}"));
        let url = Url::parse(text).map_err(|error| wrong(&format!("is no URL ({error})")).hint("it begins with https:// or http://"))?;
        let https = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(wrong("is neither https nor http")),
        };
        let host = match url.host() {
            Some(Parsed::Domain(name)) => Host::Name(name.to_owned()),
            Some(Parsed::Ipv4(address)) => Host::Address(address.into()),
            Some(Parsed::Ipv6(address)) => Host::Address(address.into()),
            None => return Err(wrong("names no host")),
        };
        let port = url.port_or_known_default().filter(|port| *port > 0).ok_or_else(|| wrong("names no port"))?;
        let name = url.host_str().unwrap_or_default();
        let shown = url.port().map_or_else(|| name.to_owned(), |port| format!("{name}:{port}"));
        let path = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
        let path = path.parse().map_err(|_| wrong("has a path that HTTP cannot carry"))?;
        let authority = HeaderValue::try_from(&shown).map_err(|_| wrong("has a host that HTTP cannot carry"))?;
        let credentials = credentials(&url).map_err(|()| wrong("has credentials that HTTP cannot carry"))?;
        Ok(Self { https, host, port, path, authority, credentials, shown, url: text.to_owned() })
    }
}

fn credentials(url: &Url) -> Result<Option<HeaderValue>, ()> {
    if url.username().is_empty() && url.password().is_none() {
        return Ok(None);
    }
    let mut pair = decoded(url.username());
    pair.push(b':');
    pair.extend(decoded(url.password().unwrap_or_default()));
    let mut value = HeaderValue::try_from(format!("Basic {}", BASE64_STANDARD.encode(pair))).map_err(drop)?;
    value.set_sensitive(true);
    Ok(Some(value))
}

/// Percent-decoded; what is no escape stays.
pub(crate) fn decoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let escape = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok()).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (first, escape) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    bytes
}

#[cfg(test)]
mod tests;

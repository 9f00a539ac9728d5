//! The page of the running program: where it is, and one question to it.

mod http;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};

use allswell_probe::Locator;
use serde::Deserialize;
use serde_json::Value;

use self::http::{Answer, Place};
use super::told::Told;
use super::{Refused, Whom};
use crate::{config, listen};

/// Picked up in the working folder, as `run` does.
const DEFAULT_FILE: &str = "allswell.yaml";

/// Where all that is known of links is told.
const LINKS: &str = "/api/v1/links";

/// The page that is asked.
#[derive(Debug)]
pub(crate) struct Page {
    /// `https://watch.example.com`
    shown: String,
    place: Place,
    token: Option<String>,
}

impl Page {
    /// As it was asked for, else as the configuration says, else the usual one.
    ///
    /// # Errors
    /// The URL or the configuration cannot be read.
    pub(crate) fn find(whom: &Whom) -> Result<Self, Refused> {
        let set = || std::env::var("ALLSWELL_TOKEN").ok().filter(|token| !token.is_empty());
        let token = whom.token.clone().or_else(set);
        if token.as_ref().is_some_and(|token| token.chars().any(|c| c.is_control() || !c.is_ascii())) {
            return Err(Refused::Misuse(vec!["--token takes a token as `allswell hash token` makes it".to_owned()]));
        }
        let shown = match &whom.page {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => configured(whom.config.as_deref())?,
        };
        let place = place(&shown)?;
        Ok(Self { shown, place, token })
    }

    /// What it tells of links, as it came and as it is read.
    ///
    /// # Errors
    /// It cannot be asked, or no links are measured there.
    pub(crate) async fn ask(&self) -> Result<(Value, Told), Refused> {
        let answer = http::ask(&self.place, LINKS, self.token.as_deref()).await;
        let answer = answer.map_err(|why| {
            self.unavailable(&format!("does not answer ({why}): is `allswell run` running? Say --page URL if it is served elsewhere"))
        })?;
        match answer.status {
            200 => self.read(&answer),
            401 | 403 => Err(self.unavailable("wants to know who asks: say --token TOKEN, or set ALLSWELL_TOKEN")),
            404 => Err(self.no_links()),
            status => Err(self.unavailable(&format!("answers with {status}{}", detail(&answer)))),
        }
    }

    fn read(&self, answer: &Answer) -> Result<(Value, Told), Refused> {
        let not_ours = |why: String| self.unavailable(&format!("does not tell of links as this program knows them ({why})"));
        let value: Value = serde_json::from_slice(&answer.body).map_err(|error| not_ours(error.to_string()))?;
        if value.is_null() {
            return Err(self.no_links());
        }
        let told = Told::deserialize(&value).map_err(|error| not_ours(error.to_string()))?;
        Ok((value, told))
    }

    fn no_links(&self) -> Refused {
        self.unavailable("tells of no links: its configuration has no `links`, or it is older than they are")
    }

    fn unavailable(&self, what: &str) -> Refused {
        Refused::Unavailable(format!("{} {what}", self.shown))
    }
}

/// What a problem object (RFC 9457) says.
fn detail(answer: &Answer) -> String {
    let problem: Option<Value> = serde_json::from_slice(&answer.body).ok();
    let says = problem.as_ref().and_then(|problem| problem.get("detail")?.as_str());
    says.map(|says| format!(": {}", config::visible(says.trim_end_matches('.')))).unwrap_or_default()
}

fn configured(asked: Option<&Path>) -> Result<String, Refused> {
    let file = asked.map(Path::to_path_buf).or_else(|| Some(PathBuf::from(DEFAULT_FILE)).filter(|file| file.exists()));
    let Some(file) = file else { return Ok(url(listen::DEFAULT)) };
    let read = config::read_file(&file).map_err(|report| {
        let message = format!("{} has mistakes, so it does not tell where the page is: say --page URL\n{report}", file.display());
        Refused::Misuse(vec![message.trim_end().to_owned()])
    })?;
    match (&read.tls, &read.public_url) {
        (None, _) => Ok(url(read.listen)),
        (Some(_), Some(public)) => Ok(public.trim_end_matches('/').to_owned()),
        (Some(_), None) => {
            let message = format!(
                "the page of {} has a certificate, and only you know for which name: say --page https://NAME:{}",
                file.display(),
                read.listen.port()
            );
            Err(Refused::Misuse(vec![message]))
        }
    }
}

/// Where all addresses are listened on, the loopback is one of them.
fn url(listen: SocketAddr) -> String {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    format!("http://{}", SocketAddr::new(ip, listen.port()))
}

fn place(url: &str) -> Result<Place, Refused> {
    // The URL is not repeated: somebody may have typed a password into it.
    let refused = |why: &str| Refused::Misuse(vec![format!("--page takes a URL such as http://127.0.0.1:8420: {why}")]);
    let locator = Locator::parse(url).map_err(|mistake| refused(&mistake.message))?;
    if !matches!(locator.scheme.as_str(), "http" | "https") {
        return Err(refused("it begins with http:// or https://"));
    }
    if !locator.path.is_empty() || locator.raw_query.is_some() || locator.credentials.is_some() {
        return Err(refused("it is host and port alone; a token goes to --token"));
    }
    let host = locator.endpoint.host.to_string();
    let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    Ok(Place { is_tls: locator.scheme == "https", host, port: locator.endpoint.port })
}

#[cfg(test)]
mod tests;

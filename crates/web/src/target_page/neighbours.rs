//! What else is watched on the same host: when a service fails, whether the host still answers is the next question.

use allswell_model::Target;

use crate::facts::Facts;
use crate::filter::Filter;
use crate::look::Look;
use crate::percent;

/// So many are named.
const AT_MOST: usize = 12;

/// The other targets of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Neighbours {
    /// The host, as the target's URL or its last result has it.
    pub(super) host: String,
    /// What follows from them, where something does.
    pub(super) verdict: Option<String>,
    /// Those that are named, the worst first.
    pub(super) others: Vec<Neighbour>,
    /// The page of all that mention the host, when there are more.
    pub(super) more: Option<(String, String)>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Neighbour {
    /// How it looks.
    pub(super) look: Look,
    /// What is asked of the host: `icmp`, `:22`, `https`.
    pub(super) what: String,
    /// What it is called.
    pub(super) name: String,
    /// Its page.
    pub(super) href: String,
}

/// Where a target is: the host that its URL names, and the address at which it was last tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place<'a> {
    host: &'a str,
    address: Option<&'a str>,
}

impl<'a> Place<'a> {
    fn of(facts: &Facts<'a>) -> Self {
        let address = facts.last.and_then(|last| last.address.as_deref()).map(|address| split(address).0);
        Self { host: split(authority(&facts.target.url)).0, address }
    }

    fn is_with(&self, other: &Self) -> bool {
        let same = |a: Option<&str>, b: Option<&str>| a.is_some_and(|a| b.is_some_and(|b| !a.is_empty() && a.eq_ignore_ascii_case(b)));
        let (ours, theirs) = (Some(self.host), Some(other.host));
        same(ours, theirs) || same(self.address, theirs) || same(ours, other.address) || same(self.address, other.address)
    }
}

impl Neighbours {
    /// The neighbours of a target among all rows; `None` when it stands alone.
    pub(super) fn of<'a>(own: &Facts<'a>, rows: impl Iterator<Item = Facts<'a>>) -> Option<Self> {
        let place = Place::of(own);
        let mut others: Vec<Facts<'_>> =
            rows.filter(|other| other.target.id != own.target.id && place.is_with(&Place::of(other))).collect();
        if others.is_empty() {
            return None;
        }
        others.sort_by(|a, b| b.look.cmp(&a.look).then_with(|| a.target.id.cmp(&b.target.id)));
        let more = (others.len() > AT_MOST).then(|| {
            let search = [("q".to_owned(), place.host.to_owned())];
            (crate::text::count(others.len() - AT_MOST), Filter::parse(&search).map(|filter| filter.href()).unwrap_or_default())
        });
        let verdict = verdict(own.look, &others);
        others.truncate(AT_MOST);
        Some(Self { host: place.host.to_owned(), verdict, others: others.iter().map(Neighbour::of).collect(), more })
    }
}

impl Neighbour {
    fn of(facts: &Facts<'_>) -> Self {
        Self {
            look: facts.look,
            what: asked(facts.target),
            name: facts.target.name.name.to_string(),
            href: percent::target_path(facts.target.id.as_str()),
        }
    }
}

/// Whose fault it looks like. Nothing is said of a target that is well, nor of neighbours that nobody could judge.
fn verdict(own: Look, others: &[Facts<'_>]) -> Option<String> {
    let answering = others.iter().filter(|other| matches!(other.look, Look::Up | Look::Degraded)).count();
    let down = others.iter().filter(|other| other.look == Look::Down).count();
    match (own, answering, down) {
        (Look::Down, 1.., 0) => Some("The host itself answers: it is this service.".to_owned()),
        (Look::Down, 1.., _) => Some("Part of what it serves still answers: the host is there.".to_owned()),
        (Look::Down, 0, 1..) => Some("Nothing on this host answers: it is the host, or the way to it.".to_owned()),
        _ => None,
    }
}

/// `icmp`, or the port where the protocol has one, after the protocol's name unless that is plain TCP.
fn asked(target: &Target) -> String {
    match (target.protocol, split(authority(&target.url)).1) {
        ("tcp", Some(port)) => format!(":{port}"),
        (protocol, Some(port)) => format!("{protocol} :{port}"),
        (protocol, None) => protocol.to_owned(),
    }
}

/// The part of a URL that names host and port.
fn authority(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit_once('@').map_or(authority, |(_, host)| host)
}

/// Host and port of `host:port`, `[fd00::7]:443` or `fd00::7`; the host without its brackets.
fn split(authority: &str) -> (&str, Option<&str>) {
    if let Some((host, rest)) = authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return (host, rest.strip_prefix(':'));
    }
    match authority.split_once(':') {
        Some((host, port)) if !port.contains(':') => (host, Some(port)),
        _ => (authority, None),
    }
}

#[cfg(test)]
mod tests;

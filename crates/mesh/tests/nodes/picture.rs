//! What a node's process tells of its links, as one line a picture; and read again.

use std::collections::BTreeMap;

use allswell_model::link::{Cell, Finding, LinkState, Links, OwnLink};

/// One link of the node's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Own {
    pub(crate) state: LinkState,
    pub(crate) since_us: i64,
    /// The session that stands; of what the last one died, where none does.
    pub(crate) session: Result<String, String>,
    pub(crate) received: u64,
}

/// All that a node knew at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) at_us: i64,
    pub(crate) own: BTreeMap<String, Own>,
    pub(crate) cells: BTreeMap<(String, String), LinkState>,
    /// `NodeDown node-3`
    pub(crate) findings: Vec<String>,
    /// Packets that were dropped, for whatever reason.
    pub(crate) dropped: u64,
}

/// As a line: parts behind semicolons, their items behind commas.
pub(crate) fn written(links: &Links) -> String {
    let own: Vec<String> = links.own.iter().map(own).collect();
    let cells: Vec<String> = links.cells.iter().map(|Cell { from, to, state, .. }| format!("{from} {to} {}", state.word())).collect();
    let finding = |Finding { kind, of, .. }: &Finding| format!("{kind:?} {}", of.join(" "));
    let findings: Vec<String> = links.findings.iter().map(finding).collect();
    let dropped: u64 = links.dropped.values().sum();
    format!("{};{};{};{};{dropped}", links.at.0, own.join(","), cells.join(","), findings.join(","))
}

fn own(link: &OwnLink) -> String {
    let session = match link.sessions.first() {
        None => "ended never_stood".to_owned(),
        Some(session) => session.cause.map_or_else(|| format!("stands {}", session.id), |cause| format!("ended {cause}")),
    };
    format!("{} {} {} {} {session}", link.peer, link.state.word(), link.since.0, link.counts.received)
}

/// From a line.
pub(crate) fn read(line: &str) -> Picture {
    let parts: Vec<&str> = line.split(';').collect();
    let [at, own, cells, findings, dropped] = parts.as_slice() else { panic!("{line}") };
    let items = |text: &str| -> Vec<String> { text.split(',').filter(|item| !item.is_empty()).map(str::to_owned).collect() };
    let own = items(own).into_iter().map(|item| {
        let words: Vec<&str> = item.split(' ').collect();
        let [peer, word, since, received, how, session] = words.as_slice() else { panic!("{item}") };
        let session = if *how == "stands" { Ok((*session).to_owned()) } else { Err((*session).to_owned()) };
        let own = Own { state: state(word), since_us: since.parse().unwrap(), session, received: received.parse().unwrap() };
        ((*peer).to_owned(), own)
    });
    let cells = items(cells).into_iter().map(|item| {
        let words: Vec<&str> = item.split(' ').collect();
        let [from, to, word] = words.as_slice() else { panic!("{item}") };
        (((*from).to_owned(), (*to).to_owned()), state(word))
    });
    Picture {
        at_us: at.parse().unwrap(),
        own: own.collect(),
        cells: cells.collect(),
        findings: items(findings),
        dropped: dropped.parse().unwrap(),
    }
}

fn state(word: &str) -> LinkState {
    LinkState::ALL.into_iter().find(|state| state.word() == word).unwrap()
}

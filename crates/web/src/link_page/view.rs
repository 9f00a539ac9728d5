//! One link as its page shows it: figures of the last seconds beside those since it is watched.

use allswell_model::Timestamp;
use allswell_model::link::{OwnLink, RttSummary};

use crate::links::look::LinkLook;
use crate::links::phrase::took;
use crate::moment::Moment;
use crate::text;

/// The protocol that tells nothing but whether packets arrive (RFC 5880).
const BFD: &str = "bfd";

/// One link, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct View {
    /// The other end.
    pub(crate) peer: String,
    /// How it looks.
    pub(crate) look: LinkLook,
    /// Since when.
    pub(crate) since: Moment,
    /// Why.
    pub(crate) reason: String,
    /// `link` or `bfd`.
    pub(crate) protocol: &'static str,
    /// Where the peer is.
    pub(crate) address: String,
    /// Whether it can tell nothing but whether packets arrive.
    pub(crate) is_bfd: bool,
    /// From packet to packet.
    pub(crate) interval: String,
    /// Times.
    pub(crate) multiplier: u32,
    /// Is.
    pub(crate) detection: String,
    /// Of round trips.
    pub(crate) quantiles: Vec<Quantile>,
    /// How many round trips both columns hold.
    pub(crate) samples: (String, String),
    /// What each way lost.
    pub(crate) ways: Vec<Way>,
    /// Probes sent and heard.
    pub(crate) packets: (String, String),
    /// Those heard after a later one.
    pub(crate) reordered: String,
    /// How many came twice.
    pub(crate) duplicates: String,
    /// RFC 3550's.
    pub(crate) jitter: Option<String>,
    /// The command that shows the same in a terminal.
    pub(crate) command: String,
}

/// One line of the round trips' table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Quantile {
    /// `median`, `99%`
    pub(crate) name: &'static str,
    /// Of the last ten seconds.
    pub(crate) now: String,
    /// Since the link is watched.
    pub(crate) all: String,
}

/// What one way lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Way {
    /// `fra-1 to fra-2`
    pub(crate) name: String,
    /// Of the last ten seconds.
    pub(crate) now: String,
    /// Whether that is more than nothing.
    pub(crate) loses: bool,
    /// How many since the link is watched.
    pub(crate) lost: String,
    /// Their share.
    pub(crate) share: Option<String>,
}

impl View {
    /// The link as it stands.
    pub(crate) fn of(link: &OwnLink, ours: &str, now: Timestamp) -> Self {
        let counts = &link.counts;
        Self {
            peer: link.peer.to_string(),
            look: LinkLook::of(link.state, link.loss_forward, link.loss_reverse),
            since: Moment::of(link.since, now),
            reason: link.reason.clone(),
            protocol: link.protocol,
            address: link.address.clone(),
            is_bfd: link.protocol == BFD,
            interval: text::set(link.interval),
            multiplier: link.multiplier,
            detection: text::set(link.detection),
            quantiles: quantiles(link.rtt.as_ref(), link.rtt_all.as_ref()),
            samples: (samples(link.rtt.as_ref()), samples(link.rtt_all.as_ref())),
            ways: vec![
                way((ours, link.peer.as_str()), link.loss_forward, (counts.lost_forward, counts.sent)),
                way(
                    (link.peer.as_str(), ours),
                    link.loss_reverse,
                    (counts.lost_reverse, counts.received.saturating_add(counts.lost_reverse)),
                ),
            ],
            packets: (many(counts.sent), many(counts.received)),
            reordered: reordered(counts.reordered, counts.reordering_extent),
            duplicates: many(counts.duplicates),
            jitter: link.jitter.map(took),
            command: format!("allswell link watch {}", quoted(link.peer.as_str())),
        }
    }
}

fn many(n: u64) -> String {
    text::count(usize::try_from(n).unwrap_or(usize::MAX))
}

fn samples(summary: Option<&RttSummary>) -> String {
    summary.map_or_else(|| "0".to_owned(), |summary| many(summary.count))
}

fn quantiles(now: Option<&RttSummary>, all: Option<&RttSummary>) -> Vec<Quantile> {
    if now.is_none() && all.is_none() {
        return Vec::new();
    }
    let of = |summary: Option<&RttSummary>, pick: fn(&RttSummary) -> std::time::Duration| {
        summary.map_or_else(|| "–".to_owned(), |summary| took(pick(summary)))
    };
    let line = |name, pick: fn(&RttSummary) -> std::time::Duration| Quantile { name, now: of(now, pick), all: of(all, pick) };
    vec![
        line("shortest", |rtt| rtt.min),
        line("median", |rtt| rtt.p50),
        line("90%", |rtt| rtt.p90),
        line("99%", |rtt| rtt.p99),
        line("longest", |rtt| rtt.max),
    ]
}

fn way((from, to): (&str, &str), now: Option<f64>, (lost, of): (u64, u64)) -> Way {
    #[expect(clippy::cast_precision_loss, reason = "a share to be read by people")]
    let share = (of > 0).then(|| lost as f64 / of as f64);
    Way {
        name: format!("{from} to {to}"),
        now: now.map_or_else(|| "not known".to_owned(), text::percent),
        loses: now.is_some_and(|share| share > 0.0),
        lost: many(lost),
        share: share.filter(|_| lost > 0).map(text::percent),
    }
}

/// RFC 4737's count, and its extent where there is one.
fn reordered(count: u64, extent: u64) -> String {
    match (count, extent) {
        (0, _) => "none".to_owned(),
        (_, 1) => format!("{}, each behind one later probe at most", many(count)),
        _ => format!("{}, behind {} later probes at most", many(count), many(extent)),
    }
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':' | b'/' | b'@' | b'%' | b'+' | b',');
    if word.bytes().all(is_plain) && !word.starts_with('-') { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests;

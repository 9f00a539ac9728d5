//! The pulse: each second how many targets are how, and when the newest result came.

use allswell_model::Timestamp;
use serde::Serialize;

use crate::links;
use crate::look::Look;
use crate::overview::headline::{Headline, Tally};
use crate::state::App;
use crate::trouble;

/// How things stand, as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Pulse {
    now_us: Timestamp,
    newest_us: Option<Timestamp>,
    stale: bool,
    headline: String,
    counts: Counts,
    /// Why the history is not kept, when it is not.
    trouble: Option<String>,
    /// Another one when links have changed their states; empty where none are configured.
    links: String,
}

/// How many targets are how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Counts {
    down: usize,
    degraded: usize,
    unknown: usize,
    up: usize,
    paused: usize,
    not_watched: usize,
}

impl Pulse {
    /// As things stand now.
    pub(super) fn of(app: &App) -> Self {
        let now = app.control.now();
        let headline = app.look(|rows| {
            let mut tally = Tally::default();
            rows.for_each(|facts| tally.add(&facts));
            tally.headline(now)
        });
        Self {
            trouble: app.reader.board(trouble::of),
            links: links::said::of(app.control.links().as_deref()),
            ..Self::from(&headline, now)
        }
    }

    fn from(headline: &Headline, now: Timestamp) -> Self {
        let of = |look| headline.counts.of(look);
        Self {
            now_us: now,
            newest_us: headline.newest,
            stale: headline.stale,
            headline: headline.sentence(),
            counts: Counts {
                down: of(Look::Down),
                degraded: of(Look::Degraded),
                unknown: of(Look::Unknown),
                up: of(Look::Up),
                paused: of(Look::Paused),
                not_watched: of(Look::NotWatched),
            },
            trouble: None,
            links: String::new(),
        }
    }
}

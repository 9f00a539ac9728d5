//! A point in time as a page shows it: how long ago, with the exact time in UTC behind it.

use allswell_model::Timestamp;

use crate::text;

/// A point in time, ready for a `<time>` element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Moment {
    /// Microseconds since the epoch, for the script.
    pub(crate) us: i64,
    /// `2026-11-20T16:54:17Z`
    pub(crate) iso: String,
    /// `2026-11-20 16:54:17 UTC`
    pub(crate) utc: String,
    /// `3 min`
    pub(crate) ago: String,
}

impl Moment {
    /// This point in time, seen from now.
    pub(crate) fn of(at: Timestamp, now: Timestamp) -> Self {
        Self { us: at.0, iso: text::iso(at), utc: text::utc(at), ago: text::age(now.since(at)) }
    }
}

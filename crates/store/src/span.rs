//! The lengths of roll-ups, and the raw results of a stretch of time.

use std::collections::BTreeMap;

use allswell_model::Timestamp;
use rusqlite::Connection;

use crate::block;
use crate::error::{Malformed, ReadError};
use crate::rollup::Rollup;
use crate::rows::{RowRef, Rows};
use crate::timeline::Timeline;

/// The length of a roll-up. All begin at whole UTC hours, minutes or days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Span {
    /// One minute.
    Minute,
    /// One hour.
    Hour,
    /// One day.
    Day,
}

impl Span {
    /// Its length in microseconds.
    pub(crate) fn us(self) -> i64 {
        self.seconds() * 1_000_000
    }

    /// Its length in seconds, by which the file tells roll-ups apart.
    pub(crate) fn seconds(self) -> i64 {
        match self {
            Self::Minute => 60,
            Self::Hour => 3600,
            Self::Day => 86_400,
        }
    }

    /// The beginning of the one in which this moment lies.
    pub(crate) fn begin(self, us: i64) -> i64 {
        us.div_euclid(self.us()).saturating_mul(self.us())
    }

    /// The beginning of the next one.
    pub(crate) fn next(self, us: i64) -> i64 {
        self.begin(us).saturating_add(self.us())
    }
}

/// Where the raw results of one target are.
#[derive(Clone, Copy)]
pub(crate) struct Raw<'a> {
    pub(crate) connection: &'a Connection,
    pub(crate) key: i64,
    /// Those that no block holds; read before the blocks, of which a new one may hold them by then.
    pub(crate) chunk: &'a Rows,
}

impl Raw<'_> {
    /// Calls `each` with all rows whose probe began in [from, to).
    pub(crate) fn each(&self, from: i64, to: i64, each: &mut dyn FnMut(RowRef<'_>)) -> Result<(), ReadError> {
        let in_span = |row: &RowRef<'_>| (from..to).contains(&row.started().0);
        let end = self.chunk.row(0).map_or(u64::MAX, |row| row.seq);
        let mut query =
            self.connection.prepare_cached("SELECT data FROM blocks WHERE target = ?1 AND max_us >= ?2 AND min_us < ?3 ORDER BY max_us")?;
        let mut blocks = query.query((self.key, from, to))?;
        while let Some(row) = blocks.next()? {
            let rows = block::decode(row.get_ref(0)?.as_blob().map_err(|_| Malformed("block"))?)?;
            rows.iter().filter(|row| row.seq < end).filter(in_span).for_each(&mut *each);
        }
        self.chunk.iter().filter(in_span).for_each(each);
        Ok(())
    }

    /// Rolls up what began in [from, to), by their begin. Where no probe began there is none.
    pub(crate) fn roll_up(&self, span: Span, from: i64, to: i64, timeline: &Timeline) -> Result<BTreeMap<i64, Rollup>, ReadError> {
        let mut rollups: BTreeMap<i64, Rollup> = BTreeMap::new();
        self.each(from, to, &mut |row| rollups.entry(span.begin(row.started().0)).or_default().hear(row))?;
        for (begin, rollup) in &mut rollups {
            rollup.time = timeline.times(Timestamp(*begin), Timestamp(begin.saturating_add(span.us())));
        }
        Ok(rollups)
    }
}

//! Figures over a stretch of time: uptime, quantiles, and roll-ups for charts, from the longest roll-ups that fit into it, and
//! from the raw results where there are none yet.

use std::collections::BTreeMap;

use allswell_model::{TargetId, Timestamp};
use rusqlite::{Connection, OptionalExtension};

use crate::error::ReadError;
use crate::reader::Reader;
use crate::roll;
use crate::rollup::{Rollup, Times};
use crate::rows::Rows;
use crate::sketch::Sketch;
use crate::span::{Raw, Span};
use crate::timeline::Timeline;

/// Stretches without roll-ups that lie closer together than this are read from the log in one go.
const NEAR_US: i64 = 86_400_000_000;

/// What a figure is made of, for one target.
pub(crate) struct Source<'a> {
    pub(crate) connection: &'a Connection,
    pub(crate) key: i64,
    pub(crate) chunk: &'a Rows,
    /// The hours before it are rolled up.
    pub(crate) rolled: i64,
}

impl Reader {
    /// For how long the target had which status in [from, to), which lies in the past. A target that nobody watched is unknown.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn uptime(&self, target: &TargetId, from: Timestamp, to: Timestamp) -> Result<Times, ReadError> {
        let nothing = || Timeline::default().times(from, to);
        Ok(self.with_source(target, |source| self.times(source, from.0, to.0.max(from.0)))?.unwrap_or_else(nothing))
    }

    /// The round trips of the probes that began in [from, to): [`Sketch::quantile`] tells the rest. Where single results are gone
    /// by now, the minutes, hours or days that the ends lie in count as a whole.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn quantiles(&self, target: &TargetId, from: Timestamp, to: Timestamp) -> Result<Sketch, ReadError> {
        Ok(self.with_source(target, |source| sketch(source, from.0, to.0))?.unwrap_or_default())
    }

    /// The roll-ups of one length that begin in [from, to), by their begin. Where no probe began there is none.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn rollups(&self, target: &TargetId, span: Span, from: Timestamp, to: Timestamp) -> Result<Vec<(Timestamp, Rollup)>, ReadError> {
        let rollups = self.with_source(target, |source| self.of_span(source, span, from.0, to.0))?.unwrap_or_default();
        Ok(rollups.into_iter().map(|(begin, rollup)| (Timestamp(begin), rollup)).collect())
    }

    pub(crate) fn with_source<R>(
        &self,
        target: &TargetId,
        figure: impl FnOnce(&Source<'_>) -> Result<R, ReadError>,
    ) -> Result<Option<R>, ReadError> {
        let Some((key, chunk)) = self.shared.locate(target)? else { return Ok(None) };
        self.shared.with_connection(|connection| {
            // One moment of the file for all that is read of it.
            let moment = connection.unchecked_transaction()?;
            let rolled = rolled(&moment, key)?;
            figure(&Source { connection: &moment, key, chunk: &chunk, rolled }).map(Some)
        })
    }

    fn times(&self, source: &Source<'_>, from: i64, to: i64) -> Result<Times, ReadError> {
        let mut sum = Times::default();
        let mut open = vec![(from, to)];
        for span in [Span::Day, Span::Hour] {
            let mut left = Vec::new();
            for (from, to) in open {
                let mut at = from;
                for (begin, row) in roll::rows(source.connection, source.key, span, from, to)? {
                    let end = begin.saturating_add(span.us());
                    let whole = |rollup: &Rollup| rollup.time.total_ms() == (span.seconds() * 1000).unsigned_abs();
                    // A day that was not over yet is told by its hours.
                    let Some((_, rollup)) = row.first().filter(|(_, rollup)| begin >= at && end <= to.min(source.rolled) && whole(rollup))
                    else {
                        continue;
                    };
                    sum.merge(&rollup.time);
                    left.push((at, begin));
                    at = end;
                }
                left.push((at, to));
            }
            open = left.into_iter().filter(|(from, to)| from < to).collect();
        }
        for stretch in near(&open) {
            let (Some((begin, _)), Some((_, end))) = (stretch.first(), stretch.last()) else { continue };
            let timeline = Timeline::read(&self.shared, source.connection, source.key, (*begin, *end))?;
            stretch.iter().for_each(|(from, to)| sum.merge(&timeline.times(Timestamp(*from), Timestamp(*to))));
        }
        Ok(sum)
    }

    pub(crate) fn of_span(&self, source: &Source<'_>, span: Span, from: i64, to: i64) -> Result<BTreeMap<i64, Rollup>, ReadError> {
        let mut rollups = BTreeMap::new();
        let row_span = span.max(Span::Hour);
        for (row, parts) in roll::rows(source.connection, source.key, span, row_span.begin(from), to)? {
            rollups.extend(parts.into_iter().map(|(number, rollup)| (row + i64::from(number) * span.us(), rollup)));
        }
        self.complete(source, span, (from, to), &mut rollups)?;
        rollups.retain(|begin, _| (from..to).contains(begin));
        Ok(rollups)
    }

    /// What began since the last hour that is rolled up is counted now. The day that runs is made of its hours so far and of that:
    /// single results may be kept for less than a day.
    fn complete(
        &self,
        source: &Source<'_>,
        span: Span,
        (from, to): (i64, i64),
        rollups: &mut BTreeMap<i64, Rollup>,
    ) -> Result<(), ReadError> {
        let (begin, end) = (source.rolled.max(span.begin(from)), span.next(to.saturating_sub(1)));
        if begin >= end {
            return Ok(());
        }
        let timeline = Timeline::read(&self.shared, source.connection, source.key, (span.begin(begin), end))?;
        for (at, raw) in source.raw().roll_up(span, begin, end, &timeline)? {
            let mut whole = if span == Span::Day { source.hours(at, begin)? } else { Rollup::default() };
            whole.merge(&raw);
            rollups.insert(at, whole);
        }
        for (at, rollup) in rollups.range_mut(span.begin(begin)..) {
            rollup.time = timeline.times(Timestamp(*at), Timestamp(at.saturating_add(span.us())));
        }
        Ok(())
    }
}

impl Source<'_> {
    fn raw(&self) -> Raw<'_> {
        Raw { connection: self.connection, key: self.key, chunk: self.chunk }
    }

    /// The hours that begin in [from, to) together.
    fn hours(&self, from: i64, to: i64) -> Result<Rollup, ReadError> {
        let mut sum = Rollup::default();
        let hours = roll::rows(self.connection, self.key, Span::Hour, from, to)?;
        hours.iter().flat_map(|(_, hour)| hour).for_each(|(_, hour)| sum.merge(hour));
        Ok(sum)
    }
}

/// Joins what lies close together.
fn near(stretches: &[(i64, i64)]) -> impl Iterator<Item = &[(i64, i64)]> {
    stretches.chunk_by(|before, after| after.0.saturating_sub(before.1) < NEAR_US)
}

fn rolled(connection: &Connection, key: i64) -> Result<i64, ReadError> {
    let mut query = connection.prepare_cached("SELECT rolled_us FROM targets WHERE key = ?1")?;
    Ok(query.query_row([key], |row| row.get::<_, Option<i64>>(0)).optional()?.flatten().unwrap_or(i64::MIN))
}

fn sketch(source: &Source<'_>, from: i64, to: i64) -> Result<Sketch, ReadError> {
    let mut sum = Sketch::default();
    let end = to.min(source.rolled);
    let mut at = from.max(first(source)?.unwrap_or(end));
    while at < end {
        at = add_longest(source, &mut sum, at, end)?;
    }
    source.raw().each(from.max(end), to, &mut |row| {
        if let Some(rtt) = row.rtt_micros() {
            sum.add_micros(u64::try_from(rtt).unwrap_or(0));
        }
    })?;
    Ok(sum)
}

/// Where the first roll-up begins.
fn first(source: &Source<'_>) -> Result<Option<i64>, ReadError> {
    let mut query =
        source.connection.prepare_cached("SELECT min(start_us) FROM rollups WHERE target = ?1 AND span IN (60, 3600, 86400)")?;
    Ok(query.query_row([source.key], |row| row.get(0))?)
}

/// Adds the longest roll-up that begins at `at` and ends by `end`, and tells where it ends.
fn add_longest(source: &Source<'_>, sum: &mut Sketch, at: i64, end: i64) -> Result<i64, ReadError> {
    for span in [Span::Day, Span::Hour] {
        if span.begin(at) == at && span.next(at) <= end {
            add(source, sum, span, at)?;
            return Ok(span.next(at));
        }
    }
    let hour = Span::Hour.begin(at);
    let until = Span::Hour.next(at).min(end);
    let minutes = roll::rows(source.connection, source.key, Span::Minute, hour, hour + 1)?;
    for (number, minute) in minutes.iter().flat_map(|(_, minutes)| minutes) {
        let begin = hour + i64::from(*number) * Span::Minute.us();
        if begin < until && begin + Span::Minute.us() > at {
            sum.merge(&minute.rtt);
        }
    }
    // Minutes go before hours do.
    if minutes.is_empty() {
        add(source, sum, Span::Hour, hour)?;
    }
    Ok(until)
}

fn add(source: &Source<'_>, sum: &mut Sketch, span: Span, begin: i64) -> Result<(), ReadError> {
    for (_, rollup) in
        roll::rows(source.connection, source.key, span, begin, begin.saturating_add(1))?.iter().flat_map(|(_, rollups)| rollups)
    {
        sum.merge(&rollup.rtt);
    }
    Ok(())
}

#[cfg(test)]
mod tests;

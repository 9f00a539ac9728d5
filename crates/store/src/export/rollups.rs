//! Roll-ups, a window of time after the other, over what lies between without any.

use std::collections::VecDeque;

use allswell_model::{TargetId, Timestamp};
use rusqlite::OptionalExtension;

use super::{Pieces, Stretch, Targets};
use crate::error::ReadError;
use crate::figures::Source;
use crate::reader::Reader;
use crate::roll;
use crate::rollup::Rollup;
use crate::span::Span;

/// What a minute, an hour or a day of a target amounts to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rolled {
    /// Whose.
    pub target: TargetId,
    /// How long it is.
    pub span: Span,
    /// When it begins.
    pub begin: Timestamp,
    /// What it amounts to.
    pub rollup: Rollup,
}

/// See [`Reader::export_rollups`].
pub struct ExportedRollups {
    targets: Targets,
    span: Span,
    from: i64,
    to: i64,
    /// The target whose turn it is, and from when on.
    current: Option<(TargetId, i64)>,
    pieces: Pieces<Rolled>,
}

impl ExportedRollups {
    pub(super) fn new(reader: &Reader, span: Span, of: Stretch) -> Self {
        Self { targets: Targets::new(reader, of.targets), span, from: of.from.0, to: of.to.0, current: None, pieces: Pieces::new() }
    }

    fn fill(&mut self, ready: &mut VecDeque<Rolled>) -> Result<bool, ReadError> {
        let Some((target, at)) = self.current.take().filter(|(_, at)| *at < self.to) else {
            self.current = self.targets.next()?.map(|target| (target, self.from));
            return Ok(self.current.is_some());
        };
        let reader = &self.targets.reader;
        let window = reader.with_source(&target, |source| {
            let Some(first) = next(source, self.span, at)?.filter(|first| *first < self.to) else { return Ok(None) };
            let from = at.max(self.span.begin(first));
            let to = window_after(self.span, from).min(self.to);
            Ok(Some((reader.of_span(source, self.span, from, to)?, to)))
        })?;
        if let Some((rollups, end)) = window.flatten() {
            let span = self.span;
            ready.extend(rollups.into_iter().map(|(begin, rollup)| Rolled {
                target: target.clone(),
                span,
                begin: Timestamp(begin),
                rollup,
            }));
            self.current = Some((target, end));
        }
        Ok(true)
    }
}

impl Iterator for ExportedRollups {
    type Item = Result<Rolled, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut pieces = std::mem::replace(&mut self.pieces, Pieces::new());
        let item = pieces.next(|ready| self.fill(ready));
        self.pieces = pieces;
        item
    }
}

/// The end of a window with some hundred roll-ups at most.
fn window_after(span: Span, from: i64) -> i64 {
    let row = span.max(Span::Hour);
    let rows = if span == Span::Minute { 6 } else { 256 };
    row.begin(from).saturating_add(row.us().saturating_mul(rows))
}

/// The first time from `at` on at which a row of roll-ups begins, or results that are not rolled up.
fn next(source: &Source<'_>, span: Span, at: i64) -> Result<Option<i64>, ReadError> {
    let row = span.max(Span::Hour);
    let mut query = source
        .connection
        .prepare_cached("SELECT start_us FROM rollups WHERE target = ?1 AND span = ?2 AND start_us >= ?3 ORDER BY start_us LIMIT 1")?;
    let stored: Option<i64> = query.query_row((source.key, span.seconds(), row.begin(at)), |row| row.get(0)).optional()?;
    let raw = roll::next_with_results(source.connection, source.key, source.chunk, at.max(source.rolled))?;
    Ok([stored, raw].into_iter().flatten().min())
}

//! Which status a target had when, from the log: its transitions, its comings and goings, and the times when nobody ran.

use allswell_model::{EventBody, Status, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row};

use crate::error::{Malformed, ReadError};
use crate::rollup::Times;
use crate::shared::Shared;
use crate::standing::status;

/// The statuses over a stretch of time. Boundaries are whole milliseconds, so that the parts of a time sum up to it.
#[derive(Debug, Default)]
pub(crate) struct Timeline {
    /// From when on which status; `None` while it is not watched. In the order of time.
    changes: Vec<(i64, Option<Status>)>,
    /// When the program ran.
    running: Vec<(i64, i64)>,
}

/// What a change of status was, and when it was noted.
enum Change {
    To { at: i64, since: i64, from: Status, to: Status },
    Added(i64),
    Removed(i64),
}

impl Timeline {
    /// Reads what is needed to tell the statuses of a target from `from` to `to`.
    pub(crate) fn read(shared: &Shared, connection: &Connection, key: i64, (from, to): (i64, i64)) -> Result<Self, ReadError> {
        let mut changes = Vec::new();
        // The first after the end may tell of what was so before it.
        for (sql, bounds) in [
            ("WHERE target = ?1 AND at_us < ?2 AND ?3 = ?3 ORDER BY at_us DESC, seq DESC LIMIT 1", (from, 0)),
            ("WHERE target = ?1 AND at_us >= ?2 AND at_us < ?3 ORDER BY seq", (from, to)),
            ("WHERE target = ?1 AND at_us >= ?2 AND ?3 = ?3 ORDER BY at_us, seq LIMIT 1", (to, 0)),
        ] {
            // Named: of an index that saves it the sorting SQLite thinks better than of one that saves it reading years.
            let mut query = connection.prepare_cached(&format!("SELECT at_us, body FROM events INDEXED BY events_of_target {sql}"))?;
            let mut rows = query.query((key, bounds.0, bounds.1))?;
            while let Some(row) = rows.next()? {
                changes.extend(change(row)?);
            }
        }
        let mut timeline = Self { changes: Vec::new(), running: shared.runs().map(|(opened, last)| (ms(opened), ms(last))).collect() };
        timeline.running.retain(|(opened, last)| *opened < ms(to) && *last > ms(from));
        if changes.is_empty() {
            timeline.changes.extend(standing(connection, key)?);
        }
        changes.into_iter().for_each(|change| timeline.push(&change));
        Ok(timeline)
    }

    fn push(&mut self, change: &Change) {
        let before = self.changes.last().map(|(at, _)| *at);
        match *change {
            Change::To { at, since, from, to } => {
                if before.is_none() {
                    self.changes.push((i64::MIN, Some(from)));
                }
                // What is told late cannot reach back before what was told earlier.
                let since = ms(since.min(at)).max(before.unwrap_or(i64::MIN));
                self.changes.push((since, Some(to)));
            }
            Change::Added(at) => self.changes.push((ms(at), Some(Status::Unknown))),
            Change::Removed(at) => {
                if before.is_none() {
                    self.changes.push((i64::MIN, Some(Status::Unknown)));
                }
                self.changes.push((ms(at), None));
            }
        }
    }

    /// For how long it had which status between two times.
    pub(crate) fn times(&self, from: Timestamp, to: Timestamp) -> Times {
        let (from, to) = (ms(from.0), ms(to.0).max(ms(from.0)));
        let mut times = Times::default();
        let begin = self.changes.partition_point(|(at, _)| *at <= from).saturating_sub(1);
        let ends = self.changes.iter().skip(begin + 1).map(|(at, _)| *at).chain([i64::MAX]);
        for ((start, status), end) in self.changes.iter().skip(begin).zip(ends) {
            if *start >= to {
                break;
            }
            if let Some(status) = status {
                let ran = self.running.iter().map(|(opened, last)| end.min(to).min(*last).saturating_sub((*start).max(from).max(*opened)));
                times.add(*status, ran.filter_map(|ms| u64::try_from(ms).ok()).sum());
            }
        }
        let known = times.total_ms();
        times.unknown_ms += u64::try_from(to - from).unwrap_or(0).saturating_sub(known);
        times
    }
}

fn ms(us: i64) -> i64 {
    us.div_euclid(1000)
}

fn change(row: &Row<'_>) -> Result<Option<Change>, ReadError> {
    let at: i64 = row.get(0)?;
    let body = row.get_ref(1)?.as_str().map_err(|_| Malformed("event"))?;
    let body: EventBody = serde_json::from_str(body).map_err(|error| ReadError::Corrupt(format!("an event: {error}")))?;
    Ok(match body {
        EventBody::Transition(transition) => Some(Change::To { at, since: transition.since.0, from: transition.from, to: transition.to }),
        EventBody::TargetAdded { .. } => Some(Change::Added(at)),
        EventBody::TargetRemoved { .. } => Some(Change::Removed(at)),
        _ => None,
    })
}

/// Of a target without events all that is known is how it stands.
fn standing(connection: &Connection, key: i64) -> Result<Option<(i64, Option<Status>)>, ReadError> {
    let mut query = connection.prepare_cached("SELECT status, since_us FROM targets WHERE key = ?1 AND status IS NOT NULL")?;
    let found: Option<(String, i64)> = query.query_row([key], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let Some((word, since)) = found else { return Ok(None) };
    Ok(Some((ms(since), Some(status(&word).ok_or(Malformed("status"))?))))
}

#[cfg(test)]
mod tests;

//! The log, page by page.

use std::collections::{BTreeSet, VecDeque};

use allswell_model::{Event, TargetId};

use super::{Pieces, Stretch};
use crate::error::ReadError;
use crate::events;
use crate::reader::Reader;
use crate::shared::key_in_file;

/// So many events are looked at at once.
const PAGE: i64 = 512;

/// See [`Reader::export_events`].
pub struct ExportedEvents {
    reader: Reader,
    of: Stretch,
    /// The keys of the targets, once they are known.
    keys: Option<BTreeSet<i64>>,
    /// The last one that was looked at.
    seq: i64,
    pieces: Pieces<Event>,
}

impl ExportedEvents {
    pub(super) fn new(reader: &Reader, of: Stretch) -> Self {
        Self { reader: reader.clone(), of, keys: None, seq: 0, pieces: Pieces::new() }
    }
}

impl Iterator for ExportedEvents {
    type Item = Result<Event, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        let Self { reader, of, keys, seq, pieces } = self;
        pieces.next(|ready| {
            if let (None, Some(targets)) = (&keys, &of.targets) {
                *keys = Some(keys_of(reader, targets)?);
            }
            fill(reader, of, keys.as_ref(), seq, ready)
        })
    }
}

fn keys_of(reader: &Reader, targets: &[TargetId]) -> Result<BTreeSet<i64>, ReadError> {
    reader.shared.with_connection(|connection| targets.iter().filter_map(|target| key_in_file(connection, target).transpose()).collect())
}

fn fill(
    reader: &Reader,
    of: &Stretch,
    keys: Option<&BTreeSet<i64>>,
    seq: &mut i64,
    ready: &mut VecDeque<Event>,
) -> Result<bool, ReadError> {
    // One target's are found by their index; of several the whole log is looked through.
    let one = keys.filter(|keys| keys.len() == 1).and_then(|keys| keys.first().copied());
    let sql = match one {
        Some(_) => "SELECT seq, at_us, body, target FROM events WHERE seq > ?1 AND target = ?3 ORDER BY seq LIMIT ?2",
        None => "SELECT seq, at_us, body, target FROM events WHERE seq > ?1 AND ?3 = 0 ORDER BY seq LIMIT ?2",
    };
    reader.shared.with_connection(|connection| {
        let mut query = connection.prepare_cached(sql)?;
        let mut rows = query.query((*seq, PAGE, one.unwrap_or(0)))?;
        let mut looked = 0;
        while let Some(row) = rows.next()? {
            looked += 1;
            *seq = row.get(0)?;
            let about = |keys: &BTreeSet<i64>| Ok::<_, ReadError>(row.get::<_, Option<i64>>(3)?.is_some_and(|key| keys.contains(&key)));
            let in_time = (of.from.0..of.to.0).contains(&row.get::<_, i64>(1)?);
            if in_time && keys.map_or(Ok(true), about)? {
                ready.push_back(events::event(&reader.shared, row)?);
            }
        }
        Ok(looked == PAGE)
    })
}

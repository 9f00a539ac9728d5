//! Looking at a store without owning it.

use std::os::unix::fs::{MetadataExt, PermissionsExt};

use super::*;
use crate::{Span, look_at};

/// What stands in a folder: names, lengths, and when each changed.
fn seen(folder: &Path) -> Vec<(String, u64, i64, i64)> {
    let mut all: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|one| {
            let one = one.unwrap();
            let found = one.metadata().unwrap();
            (one.file_name().into_string().unwrap(), found.len(), found.mtime_nsec(), found.ctime_nsec())
        })
        .collect();
    all.sort();
    all
}

fn read_all(reader: &Reader) -> usize {
    reader.uptime(&id("a"), at(0), at(6000)).unwrap();
    reader.rollups(&id("a"), Span::Hour, at(0), at(6000)).unwrap();
    reader.events(Cursor::START, 1000).unwrap();
    reader.results(&id("a"), None, 100_000).unwrap().results.len()
}

#[test]
fn a_store_that_nobody_writes_is_left_as_it_is_also_where_nobody_may_write() {
    let folder = lived();
    let before = seen(folder.path());
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o555)).unwrap();
    let reader = look_at(&folder.path().join("store")).unwrap();
    assert_eq!(read_all(&reader), 5000);
    drop(reader);
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(seen(folder.path()), before);
}

#[test]
fn who_looks_on_sees_what_a_program_writes_that_starts_meanwhile() {
    let folder = lived();
    let path = folder.path().join("store");
    let looker = look_at(&path).unwrap();
    let before = looker.events(Cursor::START, 1000).unwrap().events.len();
    let (mut writer, _reader) = open(&settings(folder.path()), at(7000)).unwrap();
    let events: Vec<_> = (0..50).map(|n| (at(7000), EventBody::Stalled { for_ms: n })).collect();
    writer.append(Batch { events: &events, ..Batch::default() }, at(7000)).unwrap();
    assert_eq!(looker.events(Cursor::START, 1000).unwrap().events.len(), before + 50);
    writer.close(at(7001)).unwrap();
    assert_eq!(looker.events(Cursor::START, 1000).unwrap().events.len(), before + 50);
}

#[test]
fn what_cannot_be_looked_at_is_told() {
    let folder = lived();
    let path = folder.path().join("store");
    let missing = folder.path().join("none");
    assert_eq!(look_at(&missing).err(), Some(OpenError::Missing { path: missing.clone() }));
    assert!(!missing.exists());
    let text = folder.path().join("text");
    fs::write(&text, "Dear diary, ".repeat(1000)).unwrap();
    assert_eq!(look_at(&text).err(), Some(OpenError::NotAStore { path: text }));
    Connection::open(&path).unwrap().execute_batch("PRAGMA user_version = 99").unwrap();
    assert_eq!(look_at(&path).err(), Some(OpenError::Newer { path, found: 99, known: schema::VERSION }));
}

use std::path::PathBuf;

use super::*;
use crate::samples::{as_kept, at, down, id, settings, target, tcp_up, transition};
use crate::{Batch, Cursor, Standing};
use allswell_model::{DownCause, Status};
use std::sync::Arc;

fn of_version(version: i64) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/files/version-{version}.store"))
}

/// What every file holds, in the results of `a`.
fn history() -> Vec<allswell_model::ProbeResult> {
    let mut all: Vec<_> = (0..300).map(|n| tcp_up("a", at(n), 300 + n % 50)).collect();
    all.extend((300..310).map(|n| down("a", at(n), DownCause::TIMED_OUT)));
    all.push(tcp_up("a", at(310), 300));
    all
}

/// Writes the file of this version. Run it once when a version is released, and never again for that version.
#[test]
#[ignore = "it writes a file that is checked in"]
fn write_the_file_of_this_version() {
    let folder = tempfile::tempdir().unwrap();
    let (mut writer, reader) = crate::open(&settings(folder.path()), at(0)).unwrap();
    writer.targets(&[target("a")], at(0)).unwrap();
    for result in history() {
        let now = result.started;
        writer.append(Batch { results: &[Arc::new(result)], ..Batch::default() }, now).unwrap();
    }
    let standing = Standing { target: id("a"), status: Status::Up, since: at(310), marks: [].into() };
    writer
        .append(Batch { results: &[], events: &[transition("a", at(310), Status::Down, Status::Up)], standings: &[standing] }, at(311))
        .unwrap();
    writer.maintain(at(8000)).unwrap();
    drop(reader);
    writer.close(at(8000)).unwrap();
    std::fs::copy(folder.path().join("store"), of_version(VERSION)).unwrap();
}

#[test]
fn files_of_every_version_are_read() {
    for version in 1..=VERSION {
        let folder = tempfile::tempdir().unwrap();
        let settings = settings(folder.path());
        std::fs::copy(of_version(version), &settings.path).unwrap();
        let (mut writer, reader) = crate::open(&settings, at(9000)).unwrap();
        let page = reader.results(&id("a"), None, 1000).unwrap();
        let expected = history();
        assert_eq!(page.results.len(), expected.len());
        for (kept, result) in page.results.iter().rev().zip(&expected) {
            assert_eq!(kept.result, as_kept(result, kept));
        }
        assert_eq!(page.results.iter().filter(|kept| kept.whole).count(), 2);
        assert_eq!(reader.events(Cursor::START, 10).unwrap().events.len(), 2);
        assert_eq!(reader.standing(&id("a")).unwrap().unwrap().since, at(310));
        assert_eq!(reader.uptime(&id("a"), at(310), at(320)).unwrap().up_ms, 10_000);
        let hours = reader.rollups(&id("a"), crate::Span::Hour, at(0), at(9000)).unwrap();
        let earlier = reader.rollups(&id("a"), crate::Span::Hour, at(0) - std::time::Duration::from_secs(3600), at(0)).unwrap();
        assert_eq!(hours.iter().chain(&earlier).map(|(_, hour)| hour.counts.total()).sum::<u64>(), 311);
        writer.append(Batch { results: &[Arc::new(tcp_up("a", at(9000), 1))], ..Batch::default() }, at(9000)).unwrap();
    }
}

#[test]
fn a_new_file_has_the_newest_layout() {
    let folder = tempfile::tempdir().unwrap();
    let connection = open(&folder.path().join("store")).unwrap();
    assert_eq!((pragma(&connection, "user_version"), pragma(&connection, "application_id")), (Ok(VERSION), Ok(APPLICATION)));
    assert_eq!((pragma(&connection, "auto_vacuum"), pragma(&connection, "page_size")), (Ok(2), Ok(4096)));
}

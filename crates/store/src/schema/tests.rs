use std::path::PathBuf;

use super::*;
use crate::samples::{alert, as_kept, at, attempted, down, id, incident, settings, target, tcp_up, transition};
use crate::{Batch, Cursor, Standing};
use allswell_model::{DownCause, Sent, Status};
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
    let trouble = incident(at(300), "a");
    let alerts = [alert(&trouble, 0), alert(&trouble, 1)];
    let standing = Standing { target: id("a"), status: Status::Up, since: at(310), marks: [].into(), incident: Some(trouble.id) };
    let batch = Batch {
        events: &[transition("a", at(310), Status::Down, Status::Up)],
        standings: &[standing],
        incidents: &[trouble],
        alerts: &alerts,
        attempts: &[attempted(&alerts[0], at(311), Sent::Delivered)],
        ..Batch::default()
    };
    writer.append(batch, at(311)).unwrap();
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
        // The last good one before the failure is whole since version 2.
        assert_eq!(page.results.iter().filter(|kept| kept.whole).count(), if version < 2 { 2 } else { 3 });
        assert_eq!(reader.events(Cursor::START, 10).unwrap().events.len(), 2);
        assert_eq!(reader.standing(&id("a")).unwrap().unwrap().since, at(310));
        assert_eq!(reader.uptime(&id("a"), at(310), at(320)).unwrap().up_ms, 10_000);
        let hours = reader.rollups(&id("a"), crate::Span::Hour, at(0), at(9000)).unwrap();
        let earlier = reader.rollups(&id("a"), crate::Span::Hour, at(0) - std::time::Duration::from_secs(3600), at(0)).unwrap();
        assert_eq!(hours.iter().chain(&earlier).map(|(_, hour)| hour.counts.total()).sum::<u64>(), 311);
        if version >= 2 {
            assert_eq!(reader.standing(&id("a")).unwrap().unwrap().incident, Some(incident(at(300), "a").id));
            assert_eq!(reader.open_incidents().unwrap(), [incident(at(300), "a")]);
            assert_eq!(reader.waiting().iter().map(|pending| pending.alert.number).collect::<Vec<_>>(), [1]);
            assert_eq!(reader.alerts_of(incident(at(300), "a").id).unwrap()[0].ended, Some(Sent::Delivered));
        }
        writer.append(Batch { results: &[Arc::new(tcp_up("a", at(9000), 1))], ..Batch::default() }, at(9000)).unwrap();
    }
}

#[test]
fn files_of_every_version_are_looked_at_and_copied_as_they_are() {
    for version in 1..=VERSION {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store");
        std::fs::copy(of_version(version), &path).unwrap();
        let before = std::fs::read(&path).unwrap();
        let reader = crate::look_at(&path).unwrap();
        let all = crate::Stretch { targets: None, from: at(0) - std::time::Duration::from_secs(90_000), to: at(90_000) };
        assert_eq!(reader.export_results(all.clone()).map(Result::unwrap).count(), history().len());
        assert_eq!(reader.export_events(all.clone()).map(Result::unwrap).count(), 2);
        let hours = reader.export_rollups(crate::Span::Hour, all).map(Result::unwrap);
        assert_eq!(hours.map(|hour| hour.rollup.counts.total()).sum::<u64>(), 311);
        assert_eq!(reader.events_of(&id("a"), None, 10).unwrap().events.len(), 2);
        assert_eq!(reader.open_incidents().unwrap().len(), usize::from(version >= 2));
        assert_eq!(reader.alerts_of(incident(at(300), "a").id).unwrap().len(), if version < 2 { 0 } else { 2 });
        let copy = tempfile::tempdir().unwrap();
        reader.backup(&copy.path().join("store")).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), before);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        let (_writer, reader) = crate::open(&settings(copy.path()), at(9000)).unwrap();
        assert_eq!(reader.results(&id("a"), None, 1000).unwrap().results.len(), history().len());
    }
}

#[test]
fn a_new_file_has_the_newest_layout() {
    let folder = tempfile::tempdir().unwrap();
    let connection = open(&folder.path().join("store")).unwrap();
    assert_eq!((pragma(&connection, "user_version"), pragma(&connection, "application_id")), (Ok(VERSION), Ok(APPLICATION)));
    assert_eq!((pragma(&connection, "auto_vacuum"), pragma(&connection, "page_size")), (Ok(2), Ok(4096)));
}

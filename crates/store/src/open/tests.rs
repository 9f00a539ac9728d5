use std::fs;
use std::io::Write;
use std::process::Command;

use allswell_model::{EventBody, Sent};
use allswell_testkit::namespace::inside;

use super::*;
use crate::samples::{Sample, alert, at, attempted, id, incident, settings, target, tcp_up};
use crate::{Batch, Cursor, ReadError, WriteError};

mod killed;
mod looks;

fn refused(path: &Path) -> OpenError {
    let settings = Settings { path: path.to_owned(), ..settings(Path::new("/")) };
    match open(&settings, at(0)) {
        Ok(_) => panic!("{} opened", path.display()),
        Err(error) => {
            let text = error.to_string();
            assert!(!text.contains('\n') && text.contains("; "), "a sentence with a remedy: {text}");
            error
        }
    }
}

#[test]
fn a_missing_folder_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("no/such");
    assert_eq!(refused(&missing.join("store")), OpenError::MissingFolder { folder: missing });
    assert!(fs::read_dir(folder.path()).unwrap().next().is_none());
}

#[test]
fn what_is_not_a_store_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text");
    fs::write(&text, "Dear diary, ".repeat(1000)).unwrap();
    assert_eq!(refused(&text), OpenError::NotAStore { path: text.clone() });
    assert_eq!(fs::read_to_string(&text).unwrap(), "Dear diary, ".repeat(1000));
    let other = folder.path().join("other");
    Connection::open(&other).unwrap().execute_batch("CREATE TABLE t (x); PRAGMA user_version = 1").unwrap();
    let before = fs::read(&other).unwrap();
    assert_eq!(refused(&other), OpenError::NotAStore { path: other.clone() });
    assert_eq!(fs::read(&other).unwrap(), before);
    assert_eq!(refused(folder.path()), OpenError::NotAStore { path: folder.path().to_owned() });
}

#[test]
fn a_newer_layout_is_refused() {
    let Sample { folder, writer, reader } = Sample::new();
    drop((writer, reader));
    let path = folder.path().join("store");
    Connection::open(&path).unwrap().execute_batch("PRAGMA user_version = 99").unwrap();
    assert_eq!(refused(&path), OpenError::Newer { path, found: 99, known: schema::VERSION });
}

#[test]
fn one_store_has_one_owner() {
    let store = Sample::new();
    let path = store.folder.path().join("store");
    assert_eq!(refused(&path), OpenError::InUse { path, by: Some(std::process::id()) });
    drop(store.reopened(at(1)));
}

#[test]
fn a_disk_that_is_read_only_is_told() {
    inside(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store");
        mount(folder.path(), "size=4m");
        drop(open(&settings(folder.path()), at(0)).unwrap());
        shell(&format!("mount -o remount,ro {}", folder.path().display()));
        assert_eq!(refused(&path), OpenError::ReadOnly { path: path.clone() });
        fs::remove_file(&path).unwrap_err();
        let none = folder.path().join("new");
        assert_eq!(refused(&none), OpenError::ReadOnly { path: none });
    });
}

#[test]
fn a_full_disk_is_told_and_survived() {
    inside(|| {
        let folder = tempfile::tempdir().unwrap();
        mount(folder.path(), "size=1m");
        let filler = folder.path().join("filler");
        fill(&filler);
        assert_eq!(refused(&folder.path().join("store")), OpenError::Full { path: folder.path().join("store") });
        fs::remove_file(&filler).unwrap();
        let (mut writer, reader) = open(&settings(folder.path()), at(0)).unwrap();
        writer.targets(&[target("a")], at(0)).unwrap();
        fill(&filler);
        let mut kept = Vec::new();
        let mut append = |kept: &mut Vec<u64>, n| {
            let result = Arc::new(tcp_up("a", at(n), n * 7919 % 100_000));
            let written = writer.append(Batch { results: &[result], ..Batch::default() }, at(n));
            kept.extend(written.is_ok().then_some(n));
            written.err()
        };
        let refusal = (0..100_000).find_map(|n| append(&mut kept, n)).unwrap();
        assert_eq!(refusal, WriteError::Full);
        assert!(append(&mut kept, 100_001).is_some());
        reader.board(|board| {
            assert_eq!((board.not_kept.results, board.row(&id("a")).unwrap().last.as_ref().unwrap().started), (2, at(100_001)));
            assert!(board.unwritable.as_ref().unwrap().contains("full"));
        });
        fs::remove_file(&filler).unwrap();
        assert_eq!(append(&mut kept, 100_002), None);
        let seen = |reader: &Reader| {
            let page = reader.results(&id("a"), None, 200_000).unwrap();
            page.results.iter().rev().map(|kept| kept.result.started).collect::<Vec<_>>()
        };
        let expected: Vec<_> = kept.iter().map(|n| at(*n)).collect();
        assert_eq!(seen(&reader), expected);
        drop((writer, reader));
        let (_writer, reader) = open(&settings(folder.path()), at(100_003)).unwrap();
        assert_eq!(seen(&reader), expected);
    });
}

#[test]
fn alerts_of_a_full_disk_are_told_delivered_and_kept_when_there_is_room_again() {
    inside(|| {
        let folder = tempfile::tempdir().unwrap();
        mount(folder.path(), "size=1m");
        let (mut writer, reader) = open(&settings(folder.path()), at(0)).unwrap();
        writer.targets(&[target("a")], at(0)).unwrap();
        let filler = folder.path().join("filler");
        let (mut n, mut trouble) = (0, incident(at(0), "a"));
        let mut decide = |writer: &mut Writer| {
            let one = alert(&trouble, n);
            (n, trouble.alerts) = (n + 1, n + 1);
            let batch = Batch {
                incidents: &[trouble.clone()],
                alerts: std::slice::from_ref(&one),
                events: &[(at(1), EventBody::Stopped)],
                ..Batch::default()
            };
            let written = writer.append(batch, at(u64::from(n)));
            (one, written)
        };
        let mut decided = vec![decide(&mut writer).0];
        fill(&filler);
        loop {
            let (one, written) = decide(&mut writer);
            decided.push(one);
            if let Err(error) = written {
                assert_eq!(error, WriteError::Full);
                break;
            }
        }
        decided.push(decide(&mut writer).0);
        let keys = |reader: &Reader| reader.waiting().iter().map(|pending| pending.alert.key.clone()).collect::<Vec<_>>();
        assert_eq!(keys(&reader), decided.iter().map(|one| one.key.clone()).collect::<Vec<_>>());
        let (kept_before, told_first, told_full) = (&decided[0], &decided[decided.len() - 2], &decided[decided.len() - 1]);
        let ends = [kept_before, told_full].map(|one| attempted(one, at(5000), Sent::Delivered));
        assert_eq!(writer.append(Batch { attempts: &ends, ..Batch::default() }, at(5000)), Err(WriteError::Full));
        reader.board(|board| {
            assert!(board.unwritable.as_ref().unwrap().contains("full"));
            assert_eq!((board.waiting, board.not_kept.alerts, board.incidents.len()), (decided.len() - 2, 0, 1));
        });
        let waiting = keys(&reader);
        assert!(waiting.contains(&told_first.key) && !waiting.contains(&told_full.key) && !waiting.contains(&kept_before.key));
        fs::remove_file(&filler).unwrap();
        writer.append(Batch::default(), at(5001)).unwrap();
        assert_eq!((keys(&reader), reader.board(|board| board.unwritable.clone())), (waiting.clone(), None));
        let told = reader.alerts_of(trouble.id).unwrap();
        drop((writer, reader));
        let (_writer, reader) = open(&settings(folder.path()), at(5002)).unwrap();
        assert_eq!((keys(&reader), reader.alerts_of(trouble.id).unwrap()), (waiting, told));
        assert_eq!(reader.open_incidents().unwrap()[0].alerts, decided.len() as u32);
        assert_eq!(reader.events(Cursor::START, 100_000).unwrap().events.len(), 1 + decided.len());
    });
}

fn mount(folder: &Path, options: &str) {
    shell(&format!("mount -t tmpfs -o {options} none {}", folder.display()));
}

fn shell(command: &str) {
    assert!(Command::new("sh").args(["-c", command]).status().unwrap().success(), "{command}");
}

/// Takes what room there is, to the last byte.
fn fill(path: &Path) {
    let mut file = fs::File::create(path).unwrap();
    for size in [65_536, 4096, 1] {
        while file.write_all(&vec![7; size]).is_ok() {}
    }
}

#[test]
fn a_limit_of_pages_is_a_full_disk_too() {
    let mut store = Sample::new();
    store.writer.connection.execute_batch("PRAGMA max_page_count = 1").unwrap();
    let filled = (0..10_000).find_map(|n| {
        let result = Arc::new(tcp_up("a", at(n), n * 7919 % 100_000));
        store.writer.append(Batch { results: &[result], ..Batch::default() }, at(n)).err()
    });
    assert_eq!(filled, Some(WriteError::Full));
    store.writer.connection.execute_batch("PRAGMA max_page_count = 100000").unwrap();
    store.results(&[tcp_up("a", at(20_000), 300)], at(20_000));
}

/// A store with blocks, tail, events and roll-ups, closed.
fn lived() -> tempfile::TempDir {
    let Sample { folder, mut writer, reader } = Sample::new();
    writer.targets(&[target("a"), target("b")], at(0)).unwrap();
    for n in 0..100u64 {
        let results: Vec<_> = (0..50).map(|m| Arc::new(tcp_up("a", at(n * 50 + m), (m * 7919 + n * 31) % 100_000))).collect();
        let events = [(at(n * 50), EventBody::Stalled { for_ms: n })];
        writer.append(Batch { results: &results, events: &events, ..Batch::default() }, at(n * 50)).unwrap();
        writer.maintain(at(n * 50)).unwrap();
    }
    drop(reader);
    writer.close(at(6000)).unwrap();
    folder
}

#[test]
fn a_page_of_garbage_is_an_error_wherever_it_is() {
    let folder = lived();
    let path = folder.path().join("store");
    let whole = fs::read(&path).unwrap();
    let pages = whole.len() / 4096;
    assert!(pages >= 16, "{pages}");
    let (mut refused, mut unreadable, mut unwritable) = (0, 0, 0);
    for page in 0..pages {
        let mut bytes = whole.clone();
        bytes[page * 4096..(page + 1) * 4096].iter_mut().enumerate().for_each(|(n, byte)| *byte = (n * 31 + page) as u8);
        fs::write(&path, bytes).unwrap();
        match open(&settings(folder.path()), at(7000)) {
            Err(OpenError::Corrupt { .. } | OpenError::NotAStore { .. }) => refused += 1,
            Err(error) => panic!("page {page}: {error}"),
            Ok((mut writer, reader)) => {
                let results = reader.results(&id("a"), None, 100_000).map(|page| page.results.len());
                let events = reader.events(Cursor::START, 100_000).map(|page| page.events.len());
                unreadable += usize::from(matches!(results, Err(ReadError::Corrupt(_))) || matches!(events, Err(ReadError::Corrupt(_))));
                let _ = reader.uptime(&id("a"), at(0), at(5000));
                let _ = writer.targets(&[target("a")], at(7000));
                let trouble = incident(at(7000), "a");
                let batch = Batch { incidents: std::slice::from_ref(&trouble), alerts: &[alert(&trouble, 0)], ..Batch::default() };
                let written = writer.append(Batch { results: &[Arc::new(tcp_up("a", at(7000), 1))], ..batch }, at(7000));
                assert_eq!((reader.waiting().len(), reader.open_incidents().unwrap().len()), (1, 1), "page {page}");
                if let Err(error) = written {
                    unwritable += 1;
                    assert!(matches!(error, WriteError::Corrupt(_)), "page {page}: {error}");
                    assert_eq!(reader.board(|board| board.unwritable.clone()), Some(error.to_string()));
                    assert_eq!(reader.board(|board| board.not_kept.results), 1);
                }
                let _ = writer.maintain(at(7001));
            }
        }
    }
    assert!(refused > 0 && unreadable > 0 && unwritable > 0, "{refused} {unreadable} {unwritable} of {pages}");
}

#[test]
fn a_log_cut_short_loses_its_end_and_nothing_else() {
    let mut store = Sample::new();
    let path = store.folder.path().join("store");
    let mut trouble = incident(at(0), "a");
    for n in 0..60 {
        trouble.alerts = n as u32 + 1;
        let (results, events) = ([Arc::new(tcp_up("a", at(n), 300 + n))], [(at(n), EventBody::Stalled { for_ms: n })]);
        let alerts = [alert(&trouble, n as u32)];
        let consequences = Batch { events: &events, incidents: std::slice::from_ref(&trouble), alerts: &alerts, ..Batch::default() };
        store.writer.append(Batch { results: &results, ..consequences }, at(n)).unwrap();
    }
    let beside = |name: &str| fs::read(path.with_file_name(name)).unwrap();
    let (file, log, lock) = (fs::read(&path).unwrap(), beside("store-wal"), beside("store.lock"));
    let mut longest = 0;
    for cut in (0..=20).map(|n| log.len() * n / 20) {
        let copy = tempfile::tempdir().unwrap();
        fs::write(copy.path().join("store"), &file).unwrap();
        fs::write(copy.path().join("store-wal"), &log[..cut]).unwrap();
        fs::write(copy.path().join("store.lock"), &lock).unwrap();
        let (mut writer, reader) = open(&settings(copy.path()), at(100)).unwrap();
        let kept = reader.results(&id("a"), None, 100).unwrap().results;
        let started: Vec<_> = kept.iter().rev().map(|kept| kept.result.started).collect();
        assert_eq!(started, (0..kept.len() as u64).map(at).collect::<Vec<_>>());
        assert!(kept.len() >= longest);
        // A batch is there with all that it brought, or not at all.
        let events = reader.events(Cursor::START, 100).unwrap().events.len();
        let counted = reader.open_incidents().unwrap().first().map_or(0, |incident| incident.alerts as usize);
        assert_eq!((events, reader.waiting().len(), counted), (kept.len(), kept.len(), kept.len()));
        longest = kept.len();
        // What is missing is said, with how much; its numbers are given to nothing else.
        let missing = 120 - 2 * kept.len();
        let said = reader.board(|board| board.lost.clone());
        assert_eq!(said.is_some(), missing > 0, "{said:?}");
        assert!(said.is_none_or(|said| said.contains(&format!("the last {missing} entries of")) && said.contains("store-wal")));
        let committed = writer.append(Batch { results: &[Arc::new(tcp_up("a", at(100), 1))], ..Batch::default() }, at(100)).unwrap();
        assert_eq!(committed.newest.seq.0, 121);
        writer.maintain(at(100 + 2 * 86_400)).unwrap();
        assert_eq!(reader.board(|board| board.lost.clone()), None, "it is said for a day");
        drop((writer, reader));
        let (_writer, reader) = open(&settings(copy.path()), at(200)).unwrap();
        assert_eq!(reader.board(|board| board.lost.clone()), None, "and once");
    }
    assert_eq!(longest, 60);
}

#[test]
fn a_log_that_is_removed_while_it_is_written_is_noticed() {
    let mut store = Sample::new();
    store.results(&[tcp_up("a", at(1), 300)], at(1));
    store.writer.maintain(at(1)).unwrap();
    fs::remove_file(store.folder.path().join("store-wal")).unwrap();
    assert!(matches!(store.writer.maintain(at(2)), Err(crate::WriteError::Gone(_))));
    assert!(store.reader.board(|board| board.unwritable.is_some()));
}

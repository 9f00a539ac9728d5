use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use allswell_model::EventBody;
use allswell_testkit::namespace::inside;

use super::*;
use crate::samples::{Sample, as_kept, at, id, settings, target, tcp_up};
use crate::{Batch, Cursor, ReadError, WriteError};

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
    let (mut refused, mut unreadable) = (0, 0);
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
                let _ = writer.append(Batch { results: &[Arc::new(tcp_up("a", at(7000), 1))], ..Batch::default() }, at(7000));
                let _ = writer.maintain(at(7001));
            }
        }
    }
    assert!(refused > 0 && unreadable > 0, "{refused} {unreadable} of {pages}");
}

#[test]
fn a_log_cut_short_loses_its_end_and_nothing_else() {
    let mut store = Sample::new();
    let path = store.folder.path().join("store");
    for n in 0..60 {
        store.results(&[tcp_up("a", at(n), 300 + n)], at(n));
    }
    let (file, log) = (fs::read(&path).unwrap(), fs::read(path.with_file_name("store-wal")).unwrap());
    let mut longest = 0;
    for cut in (0..=20).map(|n| log.len() * n / 20) {
        let copy = tempfile::tempdir().unwrap();
        fs::write(copy.path().join("store"), &file).unwrap();
        fs::write(copy.path().join("store-wal"), &log[..cut]).unwrap();
        let (mut writer, reader) = open(&settings(copy.path()), at(100)).unwrap();
        let kept = reader.results(&id("a"), None, 100).unwrap().results;
        let started: Vec<_> = kept.iter().rev().map(|kept| kept.result.started).collect();
        assert_eq!(started, (0..kept.len() as u64).map(at).collect::<Vec<_>>());
        assert!(kept.len() >= longest);
        longest = kept.len();
        writer.append(Batch { results: &[Arc::new(tcp_up("a", at(100), 1))], ..Batch::default() }, at(100)).unwrap();
    }
    assert_eq!(longest, 60);
}

/// Names the folder to the child of the test below.
const CHILD: &str = "ALLSWELL_STORE_CHILD";

/// Appends for ever, and prints the number of each batch once it is committed.
#[test]
#[ignore = "the child of the test below"]
fn child() {
    let Ok(folder) = std::env::var(CHILD) else { return };
    let (mut writer, reader) = open(&settings(&PathBuf::from(folder)), at(0)).unwrap();
    writer.targets(&[target("a"), target("b")], at(0)).unwrap();
    let begin =
        reader.results(&id("a"), None, 1).unwrap().results.first().map_or(0, |kept| (kept.result.started.0 - at(0).0) / 1_000_000 + 1);
    let mut out = std::io::stdout().lock();
    for n in u64::try_from(begin).unwrap().. {
        let results = [Arc::new(tcp_up("a", at(n), n)), Arc::new(tcp_up("b", at(n), n))];
        writer.append(Batch { results: &results, events: &[(at(n), EventBody::Stalled { for_ms: n })], ..Batch::default() }, at(n)).unwrap();
        if n % 7 == 0 {
            writer.maintain(at(n)).unwrap();
        }
        writeln!(out, "committed {n}").unwrap();
        out.flush().unwrap();
    }
}

#[test]
fn what_was_committed_survives_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    let mut newest = 0;
    for round in 0..20 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "open::tests::child", "--ignored", "--nocapture"])
            .env(CHILD, folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap())
            .lines()
            .map_while(Result::ok)
            .filter_map(|line| line.strip_prefix("committed ")?.parse::<u64>().ok());
        newest = said.nth(round * 37 % 101).unwrap_or(newest);
        child.kill().unwrap();
        newest = said.last().unwrap_or(newest);
        child.wait().unwrap();
        let (writer, reader) = open(&settings(folder.path()), at(0)).unwrap();
        for name in ["a", "b"] {
            let mut kept = reader.results(&id(name), None, 1_000_000).unwrap().results;
            kept.reverse();
            assert!(kept.len() as u64 > newest, "{name}: {} of {newest}", kept.len());
            assert!(kept.windows(2).all(|pair| pair[0].stamp.seq < pair[1].stamp.seq));
            for (n, kept) in (0..).zip(&kept) {
                assert_eq!(kept.result, as_kept(&tcp_up(name, at(n), n), kept));
            }
        }
        let events = reader.events(Cursor::START, 1_000_000).unwrap().events;
        let stalls: Vec<u64> =
            events.iter().filter_map(|event| if let EventBody::Stalled { for_ms } = event.body { Some(for_ms) } else { None }).collect();
        assert!(stalls.len() as u64 > newest);
        assert_eq!(stalls, (0..stalls.len() as u64).collect::<Vec<_>>());
        drop((writer, reader));
    }
}

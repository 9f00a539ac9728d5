//! A process that is killed at any moment: what it said was committed is there, in order, each alert with what it tells of.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use allswell_model::{EventBody, Sent, Status, Timestamp};

use crate::samples::{alert, as_kept, at, attempted, id, incident, settings, target, tcp_up, transition};
use crate::{Batch, Cursor, Reader, Stretch, look_at, open};

/// Names the folder to the child of the tests below.
const CHILD: &str = "ALLSWELL_STORE_CHILD";

/// An alert is delivered so many commits after it was decided.
const LATER: u64 = 5;

/// Appends for ever, and prints the number of each batch once it is committed. Batch n turns both targets and tells of it.
#[test]
#[ignore = "the child of the tests below"]
fn child() {
    let Ok(folder) = std::env::var(CHILD) else { return };
    let (mut writer, reader) = open(&settings(&PathBuf::from(folder)), at(0)).unwrap();
    writer.targets(&[target("a"), target("b")], at(0)).unwrap();
    let begin =
        reader.results(&id("a"), None, 1).unwrap().results.first().map_or(0, |kept| (kept.result.started.0 - at(0).0) / 1_000_000 + 1);
    let mut out = std::io::stdout().lock();
    let mut trouble = incident(at(0), "a");
    for n in u64::try_from(begin).unwrap().. {
        let results = [Arc::new(tcp_up("a", at(n), n)), Arc::new(tcp_up("b", at(n), n))];
        let (from, to) = if n % 2 == 0 { (Status::Up, Status::Down) } else { (Status::Down, Status::Up) };
        let events = [transition("a", at(n), from, to), (at(n), EventBody::Stalled { for_ms: n })];
        trouble.alerts = n as u32 + 1;
        let delivered = n.checked_sub(LATER).map(|before| attempted(&alert(&trouble, before as u32), at(n), Sent::Delivered));
        let batch = Batch {
            results: &results,
            events: &events,
            incidents: &[trouble.clone()],
            alerts: &[alert(&trouble, n as u32)],
            attempts: delivered.as_slice(),
            ..Batch::default()
        };
        writer.append(batch, at(n)).unwrap();
        if n % 7 == 0 {
            writer.maintain(at(n)).unwrap();
        }
        writeln!(out, "committed {n}").unwrap();
        out.flush().unwrap();
    }
}

fn spawn(folder: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "open::tests::killed::child", "--ignored", "--nocapture"])
        .env(CHILD, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn said(child: &mut Child) -> impl Iterator<Item = u64> + use<> {
    BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok)
        .filter_map(|line| line.strip_prefix("committed ")?.parse::<u64>().ok())
}

#[test]
fn what_was_committed_survives_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    let mut newest = 0;
    for round in 0..20 {
        let mut child = spawn(folder.path());
        let mut said = said(&mut child);
        newest = said.nth(round * 37 % 101).unwrap_or(newest);
        child.kill().unwrap();
        newest = said.last().unwrap_or(newest);
        child.wait().unwrap();
        let begin = Instant::now();
        let (writer, reader) = open(&settings(folder.path()), at(0)).unwrap();
        assert!(begin.elapsed() < Duration::from_secs(1), "{:?}", begin.elapsed());
        for name in ["a", "b"] {
            let mut kept = reader.results(&id(name), None, 1_000_000).unwrap().results;
            kept.reverse();
            assert!(kept.len() as u64 > newest, "{name}: {} of {newest}", kept.len());
            assert!(kept.windows(2).all(|pair| pair[0].stamp.seq < pair[1].stamp.seq));
            for (n, kept) in (0..).zip(&kept) {
                assert_eq!(kept.result, as_kept(&tcp_up(name, at(n), n), kept));
            }
        }
        check_consequences(&reader, newest);
        drop((writer, reader));
    }
}

/// All that was told stands in the log, and all that was decided with it: an alert, its incident, and what was delivered before.
fn check_consequences(reader: &Reader, newest: u64) {
    let events = reader.events(Cursor::START, 1_000_000).unwrap().events;
    let turned: Vec<Timestamp> =
        events.iter().filter(|event| matches!(event.body, EventBody::Transition(_))).map(|event| event.stamp.at).collect();
    assert!(turned.len() as u64 > newest);
    assert_eq!(turned, (0..turned.len() as u64).map(at).collect::<Vec<_>>());
    let stalls: Vec<u64> =
        events.iter().filter_map(|event| if let EventBody::Stalled { for_ms } = event.body { Some(for_ms) } else { None }).collect();
    assert_eq!(stalls, (0..stalls.len() as u64).collect::<Vec<_>>());
    let trouble = &reader.open_incidents().unwrap()[0];
    let told = reader.alerts_of(trouble.id).unwrap();
    assert_eq!(told.iter().map(|told| told.alert.decided).collect::<Vec<_>>(), turned);
    assert_eq!((trouble.alerts as usize, stalls.len()), (turned.len(), turned.len()));
    let waiting: Vec<u64> = reader.waiting().iter().map(|pending| u64::from(pending.alert.number)).collect();
    let first = (turned.len() as u64).saturating_sub(LATER);
    assert_eq!(waiting, (first..turned.len() as u64).collect::<Vec<_>>());
}

#[test]
fn a_store_that_another_process_writes_is_read_from_beside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let mut child = spawn(folder.path());
    let mut said = said(&mut child);
    for _ in 0..10 {
        let newest = said.nth(30).unwrap();
        let reader = look_at(&path).unwrap();
        let all = Stretch { targets: None, from: at(0), to: at(1_000_000) };
        let starts: Vec<_> = reader
            .export_results(Stretch { targets: Some(vec![id("a")]), ..all.clone() })
            .map(|kept| kept.unwrap().result.started)
            .collect();
        assert!(starts.len() as u64 > newest, "{} of {newest}", starts.len());
        assert_eq!(starts, (0..starts.len() as u64).map(at).collect::<Vec<_>>());
        let turned = reader.export_events(all).filter(|event| matches!(event.as_ref().unwrap().body, EventBody::Transition(_))).count();
        assert!(turned as u64 > newest);
    }
    let newest = said.next().unwrap();
    let copy = tempfile::tempdir().unwrap();
    look_at(&path).unwrap().backup(&copy.path().join("store")).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let (_writer, reader) = open(&settings(copy.path()), at(0)).unwrap();
    check_consequences(&reader, newest);
}

//! `allswell export`, beside a running program and from a store at rest.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

use allswell_model::{EventBody, NodeId, Outcome, ProbeResult, Stage, StageTimes, TargetId, Timestamp};
use allswell_store::{Batch, Retention, Settings};
use allswell_testkit::namespace::inside;
use serde_json::Value;

use crate::watched::Watched;
use crate::{allswell, stderr, stdout};

fn export(folder: &Path, arguments: &[&str]) -> Output {
    allswell(folder).arg("export").args(arguments).output().unwrap()
}

fn lines(folder: &Path, arguments: &[&str]) -> Vec<Value> {
    let output = export(folder, arguments);
    assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""), "{arguments:?}");
    stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What the API nests lies flat in an export, and the moment stands there in words as well.
fn flat(of_api: &Value) -> Value {
    let mut flat = of_api.clone();
    let fields = flat.as_object_mut().unwrap();
    let Some(Value::Object(result)) = fields.remove("result") else { panic!("{of_api}") };
    let whole = fields.remove("whole").unwrap();
    fields.extend(result.into_iter().filter(|(name, _)| name != "started_us"));
    fields.insert("whole".to_owned(), whole);
    flat
}

fn without_moment(mut exported: Value) -> Value {
    exported.as_object_mut().unwrap().remove("at");
    exported
}

#[test]
fn what_is_exported_is_what_the_api_shows() {
    let folder = tempfile::tempdir().unwrap();
    let watched = Watched::start(folder.path());
    watched.until(10);
    let (shown_there, shown_gone) = (watched.results("on/loopback/there"), watched.results("=gone"));
    let all = lines(folder.path(), &["results"]);
    let seqs: Vec<(String, u64)> =
        all.iter().map(|line| (line["target"].as_str().unwrap().to_owned(), line["seq"].as_u64().unwrap())).collect();
    assert!(seqs.is_sorted(), "by target, then by age: {seqs:?}");
    for (target, shown) in [("on/loopback/there", shown_there), ("=gone", shown_gone)] {
        assert!(shown.len() >= 10);
        let exported: Vec<Value> = all.iter().filter(|line| line["target"] == target).cloned().map(without_moment).collect();
        let shown: Vec<Value> = shown.iter().map(flat).collect();
        assert_eq!(exported.get(..shown.len()), Some(shown.as_slice()), "all that was shown, the oldest first");
        assert_eq!(lines(folder.path(), &["results", target, "--until", "2000-01-01"]), Vec::<Value>::new());
    }
    let at = all[0]["at"].as_str().unwrap();
    assert!(at.len() == "2026-11-20T16:54:17.123456Z".len() && at.ends_with('Z'), "{at}");

    let log: Value = serde_json::from_str(&watched.page.get("/api/v1/events?limit=1000")).unwrap();
    let events: Vec<Value> = lines(folder.path(), &["events"]).into_iter().map(without_moment).collect();
    let logged = log["events"].as_array().unwrap();
    assert!(logged.len() >= 4, "started, two targets, a transition: {log}");
    assert_eq!(events.get(..logged.len()), Some(logged.as_slice()));
    let of_one = lines(folder.path(), &["events", "=gone"]);
    assert!(!of_one.is_empty() && of_one.iter().all(|event| event["target"] == "=gone"), "{of_one:?}");
    watched.end();
}

#[test]
fn the_running_program_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let watched = Watched::start(folder.path());
    watched.until(5);
    let before = watched.descriptors(folder.path());
    for round in 0..5 {
        assert!(lines(folder.path(), &["results"]).len() >= 10);
        let copy = format!("copy{round}.db");
        let output = allswell(folder.path()).args(["backup", &copy]).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    }
    let doctor = allswell(folder.path()).args(["doctor", "--json"]).output().unwrap();
    assert!(
        stdout(&doctor).contains("holds it: a second allswell cannot run on it") && stdout(&doctor).contains("Of process "),
        "{}",
        stdout(&doctor)
    );
    let now = watched.results("=gone").len();
    watched.until(now + 5);
    assert!(
        watched.descriptors(folder.path()) <= before + 1,
        "{before} before, {} after; a page may be asked meanwhile",
        watched.descriptors(folder.path())
    );
    assert_eq!([watched.metric("allswell_results_not_stored_total"), watched.metric("allswell_store_writable")], [0.0, 1.0]);
    watched.end();
}

#[test]
fn a_store_at_rest_is_exported_as_one_in_use() {
    let folder = tempfile::tempdir().unwrap();
    let watched = Watched::start(folder.path());
    watched.until(5);
    let running = lines(folder.path(), &["results"]);
    watched.end();
    let rest = lines(folder.path(), &["results"]);
    for line in &running {
        assert!(rest.contains(line), "{line}");
    }
    // Without the configuration it is found by its folder.
    assert_eq!(lines(folder.path(), &["results", "--store", "h", "--config", "/nowhere"]), rest);
    let since = rest[rest.len() / 2]["at"].as_str().unwrap();
    let newer = lines(folder.path(), &["results", "--since", since]);
    let expected: Vec<Value> = rest.iter().filter(|line| line["at"].as_str().unwrap() >= since).cloned().collect();
    assert_eq!(newer, expected, "since is included");
    let older = lines(folder.path(), &["results", "--until", since]);
    assert_eq!(older.len() + newer.len(), rest.len(), "until is not");
}

#[test]
fn a_store_that_may_not_be_written_is_read() {
    inside(|| {
        let folder = tempfile::tempdir().unwrap();
        aged(folder.path(), 3, 100);
        let mount = |options: &str| {
            let mut command = Command::new("mount");
            assert!(command.args(["-o", options]).args([folder.path(), folder.path()]).status().unwrap().success());
        };
        mount("bind");
        mount("remount,bind,ro");
        assert!(fs::write(folder.path().join("x"), "").is_err());
        assert_eq!(lines(folder.path(), &["results", "--store", "s.db"]).len(), 100);
    });
}

#[test]
fn csv_is_for_spreadsheets_and_harmless_there() {
    let folder = tempfile::tempdir().unwrap();
    let watched = Watched::start(folder.path());
    watched.until(5);
    watched.end();
    let text = stdout(&export(folder.path(), &["results", "--format", "csv"]));
    let rows: Vec<&str> = text.split("\r\n").collect();
    assert!(
        rows[0].starts_with("at,at_us,node,location,boot,seq,target,outcome,stage,cause,reason,address,said_by,rtt_ms,duration_ms,whole,"),
        "{text}"
    );
    assert_eq!(rows.len(), lines(folder.path(), &["results"]).len() + 2, "a header, the rows, and the end of the last line");
    assert!(text.contains(",'=gone,down,connect,refused,") && !text.contains(",=gone"), "{text}");
    let events = stdout(&export(folder.path(), &["events", "--format", "csv"]));
    assert!(events.contains(",transition,'=gone,unknown,down,connect,refused,"), "{events}");
    let none = export(folder.path(), &["days", "--format", "csv", "--until", "2000-01-01"]);
    assert_eq!(stdout(&none).lines().count(), 1, "the header stands also over nothing");
}

#[test]
fn what_cannot_be_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let watched = Watched::start(folder.path());
    watched.until(2);
    watched.end();
    let wrong = |arguments: &[&str], code, what: &str| {
        let output = export(folder.path(), arguments);
        assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(code), ""), "{arguments:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(what), "{arguments:?}: {}", stderr(&output));
    };
    wrong(&["results", "on/loopback/their", "x"], 64, "no target `on/loopback/their`: did you mean `on/loopback/there`?");
    wrong(&["results", "--since", "yesterday", "--until", "1"], 64, "--until: 1 is no time");
    wrong(&["results", "--store", "elsewhere.db"], 69, "there is no store at elsewhere.db\n");
    fs::write(folder.path().join("x.db"), [b'x'; 9000]).unwrap();
    wrong(&["results", "--store", "x.db"], 69, "is not a store of allswell");
    fs::write(folder.path().join("wrong.yaml"), "lissen: 1\n").unwrap();
    wrong(&["results", "--config", "wrong.yaml"], 64, "lissen");
}

#[test]
fn a_reader_that_goes_away_is_quiet_and_a_full_disk_is_not() {
    let folder = tempfile::tempdir().unwrap();
    aged(folder.path(), 3, 20_000);
    let script = "\"$0\" export results --store s.db | head -1; \"$0\" export results --store s.db >/dev/full; echo ${?}";
    let mut command = Command::new("sh");
    command.args(["-c", script, env!("CARGO_BIN_EXE_allswell")]).current_dir(folder.path()).stdin(Stdio::null());
    let output = command.output().unwrap();
    assert_eq!(stderr(&output), "error: what was asked for cannot be written to stdout (No space left on device (os error 28))\n");
    assert!(stdout(&output).ends_with("74\n") && stdout(&output).lines().count() == 2, "{}", stdout(&output));
}

/// 2026-10-01T00:00:00Z
const BEGIN: Timestamp = Timestamp(1_790_812_800_000_000);

fn up(target: &TargetId, second: u64) -> Arc<ProbeResult> {
    Arc::new(ProbeResult {
        target: target.clone(),
        started: BEGIN + Duration::from_secs(second),
        duration: Duration::from_millis(3),
        outcome: Outcome::Up,
        reason: "It answered.".to_owned(),
        address: Some("127.0.0.1:1".to_owned()),
        said_by: None,
        rtt: Some(Duration::from_millis(2)),
        stages: [(Stage::CONNECT, Duration::from_millis(2))].into_iter().collect::<StageTimes>(),
        measurements: Vec::new(),
        degraded: None,
        sub_results: Vec::new(),
    })
}

/// A store with a target that was probed each so many seconds, so often.
fn aged(folder: &Path, every: u64, results: u64) {
    let settings =
        Settings { path: folder.join("s.db"), node: NodeId::new("n").unwrap(), location: "".into(), retention: Retention::default() };
    let (mut writer, _reader) = allswell_store::open(&settings, BEGIN).unwrap();
    let target = TargetId::new("a").unwrap();
    let added = [(BEGIN, EventBody::TargetAdded { target: target.clone() })];
    writer.append(Batch { events: &added, ..Batch::default() }, BEGIN).unwrap();
    for minute in 0..results * every / 60 {
        let seconds = (minute * 60..(minute + 1) * 60).filter(|second| second % every == 0);
        let batch: Vec<_> = seconds.map(|second| up(&target, second)).collect();
        let now = BEGIN + Duration::from_secs((minute + 1) * 60);
        writer.append(Batch { results: &batch, ..Batch::default() }, now).unwrap();
        writer.maintain(now).unwrap();
    }
}

#[test]
fn minutes_hours_and_days_are_told_with_their_figures() {
    let folder = tempfile::tempdir().unwrap();
    aged(folder.path(), 60, 60 * 26);
    let store = ["--store", "s.db"];
    let rolled = |what: &str| lines(folder.path(), &[&[what], &store[..]].concat());
    let (minutes, hours, days) = (rolled("minutes"), rolled("hours"), rolled("days"));
    assert!(hours.len() >= 25 && minutes.len() >= 25 * 60, "{} {}", hours.len(), minutes.len());
    let hour = &hours[3];
    assert_eq!(
        (hour["begin"].as_str(), hour["span"].as_str(), hour["target"].as_str()),
        (Some("2026-10-01T03:00:00.000000Z"), Some("hour"), Some("a"))
    );
    assert_eq!((&hour["results_up"], &hour["rtt_count"]), (&60.into(), &60.into()), "{hour}");
    let p50 = hour["rtt_p50_ms"].as_f64().unwrap();
    assert!((p50 - 2.0).abs() < 0.05, "{hour}");
    let all: u64 = ["up_ms", "degraded_ms", "down_ms", "unknown_ms", "paused_ms"].iter().map(|name| hour[name].as_u64().unwrap()).sum();
    assert_eq!(all, 3_600_000, "{hour}");
    assert_eq!((minutes[0]["span"].as_str(), &minutes[61]["results_up"]), (Some("minute"), &1.into()));
    assert!(days.iter().all(|day| day["span"] == "day"), "{days:?}");
    let csv = stdout(&export(folder.path(), &[&["hours", "--format", "csv"], &store[..]].concat()));
    assert_eq!(csv.lines().count(), hours.len() + 1);
    assert!(csv.starts_with("begin,begin_us,span,target,results_up,"), "{csv}");
}

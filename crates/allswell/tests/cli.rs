//! What people type and read: texts by snapshot, and the real binary against real sockets.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::net::TcpListener;
use std::process::{Command, Output, Stdio};

use rustix::process::{Pid, Signal};

fn allswell(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_allswell")).args(arguments).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// A port of loopback where nothing listens: it was ours a moment ago.
fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[test]
fn texts_are_as_committed() {
    trycmd::TestCases::new().case("tests/cli/*.trycmd");
}

#[test]
fn a_listening_port_is_up() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("tcp://{}", listener.local_addr().unwrap());
    let output = allswell(&["check", &url]);
    assert!(stdout(&output).starts_with(&format!("up       {url}  ")), "{output:?}");
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty(), "nothing but the lines without a terminal");
}

#[test]
fn results_come_in_the_order_given() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let open = format!("tcp://{}", listener.local_addr().unwrap());
    let closed = format!("tcp://127.0.0.1:{}", closed_port());
    let output = allswell(&["check", "--json", "--set", "hold=20ms", &open, &closed, &open]);
    let outcomes: Vec<serde_json::Value> = stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let words: Vec<&str> = outcomes.iter().map(|one| one["outcome"].as_str().unwrap()).collect();
    assert_eq!(words, ["up", "down", "up"]);
    assert_eq!((&outcomes[1]["stage"], &outcomes[1]["cause"]), (&"connect".into(), &"refused".into()));
    for key in ["target", "outcome", "stage", "cause", "reason", "address", "said_by", "rtt_ms", "stages_ms", "measurements"] {
        assert!(outcomes[0].get(key).is_some(), "{key}");
    }
    assert!(outcomes[0]["stages_ms"]["hold"].as_f64().unwrap() >= 20.0);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn an_expectation_that_fails_is_down() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("tcp://{}", listener.local_addr().unwrap());
    let output = allswell(&["check", "--json", "--expect", "address == \"elsewhere\"", &url]);
    let result: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!((&result["stage"], &result["cause"]), (&"expect".into(), &"expectation".into()));
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn without_descriptors_each_target_is_unknown() {
    for limit in 4..9 {
        let script = format!("ulimit -n {limit}; exec \"$0\" check --json tcp://127.0.0.1:1 tcp://127.0.0.1:2");
        let output = Command::new("sh").args(["-c", &script, env!("CARGO_BIN_EXE_allswell")]).output().unwrap();
        let results: Vec<serde_json::Value> = stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let causes: Vec<&serde_json::Value> = results.iter().map(|result| &result["cause"]).collect();
        assert_eq!(causes, ["no_descriptors", "no_descriptors"], "{limit}: {output:?}");
        assert_eq!(output.status.code(), Some(2));
    }
}

#[test]
fn a_reader_that_goes_away_is_no_crash() {
    let script = "\"$0\" protocols | head -1; \"$0\" protocols >&-; echo ${?}";
    let output = Command::new("sh").args(["-c", script, env!("CARGO_BIN_EXE_allswell")]).output().unwrap();
    assert!(!String::from_utf8_lossy(&output.stderr).contains("panicked"), "{output:?}");
    assert!(stdout(&output).ends_with("0\n"), "{output:?}");
}

#[test]
fn what_cannot_be_written_is_no_success() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let up = format!("tcp://{}", listener.local_addr().unwrap());
    for arguments in [vec!["check", &up], vec!["check", "--json", &up], vec!["protocols"]] {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_allswell")).args(&arguments).stdout(full).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        let expected = "error: what was asked for cannot be written to stdout (No space left on device (os error 28))\n";
        assert_eq!((output.status.code(), said.as_ref()), (Some(74), expected), "{arguments:?}");
    }
}

#[test]
fn an_interrupt_ends_it_in_order() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("tcp://{}", listener.local_addr().unwrap());
    let mut command = Command::new(env!("CARGO_BIN_EXE_allswell"));
    command.args(["check", "--timeout", "50s", "--set", "hold=40s", &url]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    // Whoever connects has begun to probe, and so to listen for signals.
    let _peer = listener.accept().unwrap();
    rustix::process::kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{output:?}");
    assert!(output.stdout.is_empty() && output.stderr.is_empty(), "{output:?}");
}

#[test]
fn a_setting_goes_to_the_targets_that_know_it() {
    let tcp = format!("tcp://127.0.0.1:{}", closed_port());
    let http = format!("http://127.0.0.1:{}", closed_port());
    let output = allswell(&["check", "--set", "hold=10ms", "--set", "family=ipv4", &tcp, &http]);
    assert_eq!((stdout(&output).lines().count(), output.status.code()), (2, Some(1)), "{output:?}");
    let output = allswell(&["check", "--set", "hold=10ms", &http]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(said, "error: --set: `hold` is a setting of tcp, and none of these targets is of that protocol\n");
    assert_eq!(output.status.code(), Some(64));
}

#[test]
fn a_password_is_in_no_output() {
    let url = format!("http://me:sup3rsecret@127.0.0.1:{}/", closed_port());
    for arguments in [vec!["check", &url], vec!["check", "--json", &url], vec!["check", "--set", "x=1", &url]] {
        let output = allswell(&arguments);
        assert!(!format!("{output:?}").contains("sup3rsecret"), "{output:?}");
    }
    for url in ["http://me:sup3rsecret@127.0.0.1:70000/", "me:sup3rsecret@127.0.0.1"] {
        let output = allswell(&["check", url]);
        assert!(!format!("{output:?}").contains("sup3rsecret"), "{output:?}");
    }
}

//! Programs of an operator's: what they get, how they end, and that nothing is left of them.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use allswell_model::Sent;
use allswell_notify::Channels;
use serde_json::Value;

use crate::memory::alert;
use crate::watch::{Watch, script, until};

/// What became of the first attempt with a script.
fn tried(body: &str, more: &[(&str, &str)]) -> (Watch, allswell_model::Attempted) {
    let mut channels = Channels::new();
    script(&mut channels, "a", body, more);
    let watch = Watch::new(channels);
    watch.outbox.put([alert("a", 1, 0)]);
    watch.until_told(1);
    let told = watch.outbox.told().remove(0);
    (watch, told)
}

fn wait(told: &allswell_model::Attempted) -> f64 {
    match told.ended {
        Sent::Again(due) => due.since(told.at).as_secs_f64(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn it_gets_the_document_the_variables_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().display();
    let body =
        format!("cat > {at}/stdin; env > {at}/env; ls -l /proc/self/fd > {at}/fds; ps -o pgid= -p $$ > {at}/pgid; echo $$ > {at}/pid");
    let (_watch, told) = tried(&body, &[("env", "PAGER_TOKEN=t0")]);
    assert_eq!(told.ended, Sent::Delivered, "{}", told.detail);
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    let document: Value = serde_json::from_str(&read("stdin")).unwrap();
    assert_eq!(document["key"], "n-1-0-a");
    let env = read("env");
    for line in ["ALLSWELL_KEY=n-1-0-a", "ALLSWELL_KIND=firing", "ALLSWELL_INCIDENT=1", "ALLSWELL_STATUS=down", "ALLSWELL_CHANNEL=a"] {
        assert!(env.lines().any(|found| found == line), "{line} of {env}");
    }
    assert!(env.contains("ALLSWELL_SUMMARY=target 1 is down: \"it\" said so\n"), "{env}");
    assert!(env.contains("ALLSWELL_PAGE=https://watch.example/targets/g%2Ft%201\n") && env.contains("PAGER_TOKEN=t0\n"), "{env}");
    assert!(!env.contains("CARGO"), "our own environment is ours: {env}");
    // What this test itself was started with is handed on by whoever started it; nothing that we opened is.
    let ours = ["socket:", "anon_inode:", ".tmp"]
        .iter()
        .filter(|kind| read("fds").lines().any(|line| !line.contains("/fds") && line.contains(**kind)));
    assert_eq!(ours.count(), 0, "{}", read("fds"));
    assert_eq!(read("pgid").trim(), read("pid").trim(), "it leads a group of its own");
}

#[test]
fn exit_codes_say_whether_it_may_pass() {
    for (code, at_least, at_most) in [(75, 0.8, 1.2), (1, 0.8, 1.2), (64, 24.0, 36.0), (78, 24.0, 36.0), (127, 24.0, 36.0)] {
        let (watch, told) = tried(&format!("echo; echo \"  no route to pager\" >&2; echo more >&2; exit {code}"), &[]);
        assert_eq!(told.detail, format!("sh ended with exit code {code}: no route to pager"));
        assert!((at_least..=at_most).contains(&wait(&told)), "{code}: {} s", wait(&told));
        until("counting", || watch.counters("a").failed == 1);
        assert_eq!(watch.counters("a").refused, u64::from(at_least > 2.0));
    }
    let (_watch, told) = tried("kill -9 $$", &[]);
    assert_eq!(told.detail, "sh was ended by signal 9.");
}

#[test]
fn one_that_hangs_is_killed_with_its_grandchildren() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().display();
    let body = format!("sh -c 'trap \"\" TERM HUP; echo $$ > {at}/grandchild; exec tail -f /dev/null' & echo $$ > {at}/child; wait");
    let begun = Instant::now();
    let (_watch, told) = tried(&body, &[("timeout", "1s")]);
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    assert_eq!(told.detail, "sh did not end within 1 s, and was killed.");
    for name in ["child", "grandchild"] {
        let pid = fs::read_to_string(folder.path().join(name)).unwrap();
        until("it is gone", || !is_alive(pid.trim()));
    }
}

#[test]
fn what_it_leaves_running_is_ended_and_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let body = format!("tail -f /dev/null & echo $! > {}/left; exit 0", folder.path().display());
    let begun = Instant::now();
    let (_watch, told) = tried(&body, &[]);
    assert_eq!(told.ended, Sent::Delivered, "{}", told.detail);
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    let pid = fs::read_to_string(folder.path().join("left")).unwrap();
    until("it is gone", || !is_alive(pid.trim()));
}

#[test]
fn stopping_ends_what_is_under_way() {
    let folder = tempfile::tempdir().unwrap();
    let mut channels = Channels::new();
    script(&mut channels, "a", &format!("echo $$ > {}/pid; exec tail -f /dev/null", folder.path().display()), &[("timeout", "1m")]);
    let watch = Watch::new(channels);
    watch.outbox.put([alert("a", 1, 0)]);
    let pid = || fs::read_to_string(folder.path().join("pid")).unwrap_or_default();
    until("it runs", || pid().ends_with('\n'));
    let begun = Instant::now();
    watch.notifier.stop();
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    until("it is gone", || !is_alive(pid().trim()));
    assert!(watch.outbox.told().is_empty(), "it waits for the next start");
}

#[test]
fn whatever_it_writes_is_bounded() {
    let (_watch, told) = tried("yes | head -c 500000 >&2; yes | head -c 5000000; exit 0", &[]);
    assert_eq!(told.ended, Sent::Delivered, "{}", told.detail);
    let (_watch, told) = tried("head -c 100000 /dev/zero | tr '\\0' x >&2; exit 3", &[]);
    assert!(told.detail.starts_with("sh ended with exit code 3: xxxx") && told.detail.len() < 260, "{}", told.detail);
    let (_watch, told) = tried("yes >&2", &[("timeout", "2s")]);
    assert!(told.detail.starts_with("sh "), "{}", told.detail);
    let (_watch, told) = tried("exec <&-; exit 0", &[]);
    assert_eq!(told.ended, Sent::Delivered, "it need not read");
}

#[test]
fn secrets_are_blanked_out_of_what_it_says() {
    let (_watch, told) = tried("echo \"no: $TOKEN at https://x.example/hook/Zx81Yw92Q\" >&2; exit 1", &[("env", "TOKEN=CANARY-0001")]);
    assert_eq!(told.detail, "sh ended with exit code 1: no: *** at ***");
}

fn is_alive(pid: &str) -> bool {
    let stat = fs::read_to_string(Path::new("/proc").join(pid).join("stat")).unwrap_or_default();
    // A zombie that its adopter has not collected yet is dead.
    !stat.is_empty() && !stat.rsplit(')').next().unwrap_or_default().trim_start().starts_with('Z')
}

//! Nothing outlives what owns it: descriptors, threads, processes and followers are what they were. Alone in its process, to count.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
#![expect(dead_code, reason = "the outbox and the watch of the other tests are shared whole")]

#[path = "notify/memory.rs"]
mod memory;
#[path = "notify/watch.rs"]
mod watch;

use std::fs;
use std::sync::Arc;

use allswell_model::settings::Raw;
use allswell_notify::{Channels, Heartbeat};
use allswell_testkit::server::Server;
use allswell_testkit::server::script::Act;
use allswell_testkit::server::site::Answer;

use memory::{Memory, alert};
use watch::{Watch, hook, script, until};

fn count(what: &str) -> usize {
    fs::read_dir(format!("/proc/self/{what}")).unwrap().count()
}

/// Processes whose parent is this test.
fn children() -> usize {
    let me = std::process::id().to_string();
    let stat = |entry: fs::DirEntry| fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
    // "17 (name) S 16 ...": the name may hold anything.
    let parent = |stat: String| stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(1).map(str::to_owned));
    fs::read_dir("/proc").unwrap().flatten().map(stat).filter_map(parent).filter(|parent| *parent == me).count()
}

#[test]
fn after_a_thousand_changes_with_alerts_under_way_all_is_as_it_was() {
    let well = Server::http(|_| Answer::ok(""));
    let hung = Server::scripted(&[Act::ReadHead, Act::Hold]);
    // Whatever is made once for all is made before anything is counted.
    drop(Watch::new(Channels::new()));
    let (descriptors, threads) = (count("fd"), count("task"));
    let outbox = Memory::new();
    let watch = Watch::over(Arc::clone(&outbox), Channels::new());
    for n in 0..1000_i64 {
        let mut channels = Channels::new();
        let by_name = format!("http://localhost:{}/{n}", well.address().port());
        hook(&mut channels, "well", &by_name, &[]);
        hook(&mut channels, "hung", &format!("{}/{}", hung.url("http"), n / 7), &[("timeout", "1s")]);
        if n % 3 == 0 {
            script(&mut channels, "script", &format!("exec tail -f /dev/null # {n}"), &[("timeout", "1s")]);
        }
        let url = Raw::Scalar(format!("{}/{}", well.url("http"), n / 5));
        let beat = Heartbeat::read(&[("url".into(), url)]).unwrap();
        watch.notifier.channels(channels);
        watch.notifier.heartbeat(Some(beat), Arc::new(|| true));
        if n % 10 == 0 {
            outbox.put([alert("well", n, 0), alert("hung", n, 0), alert("script", n, 0)]);
        }
        // Each change is heard, none overwritten by the next.
        let kinds = || watch.notifier.counters().channels.len();
        until("the change is heard", || kinds() == if n % 3 == 0 { 3 } else { 2 });
    }
    until("what can be delivered is", || watch.counters("well").delivered == 100);
    until("the rest is under way", || watch.counters("hung").under_way > 0);
    watch.notifier.stop();
    assert_eq!(outbox.followers(), 0);
    until("no lookup is under way", || count("task") == threads);
    until("the servers have closed their ends", || count("fd") == descriptors);
    until("no process is left", || children() == 0);
}

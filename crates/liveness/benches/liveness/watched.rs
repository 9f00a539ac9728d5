//! Ten thousand connections, one heartbeat a second each: to ask SO_ERROR before every beat, or to be told by events. One in a hundred is
//! reset, closed or stopped meanwhile, and one in a hundred falls into a black hole.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use crate::calls;
use crate::child::Running;
use crate::client::{WINDOW, heartbeat};
use crate::hosts::{ON_FAR, black_hole, mend};
use crate::report::{figures, monotonic_nanos, quantile};

/// All connections, and those of each fate.
const ALL: usize = 10_000;
const RESET: usize = 34;
const CLOSED: usize = 33;
const STOPPED: usize = 33;
const BLACK_HOLED: usize = 100;

/// What happened to one connection, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Reset,
    Closed,
    Stopped,
    BlackHoled,
}

/// What one run has shown.
struct Shown {
    beats: u64,
    check_nanos: f64,
    calls: Option<Vec<(String, usize)>>,
    /// From what had an event until it was noticed.
    events: Vec<Duration>,
    /// From what is silent until it was noticed.
    silent: Vec<Duration>,
    missed: usize,
    misjudged: usize,
    invented: usize,
}

pub(crate) fn run() {
    println!();
    println!("{ALL} connections, a heartbeat a second each; {RESET} reset, {CLOSED} closed, {STOPPED} stopped, {BLACK_HOLED} black-holed");
    let checks = [("SO_ERROR before every beat", "so_error"), ("told by events", "events")];
    for (title, check) in checks {
        let (timed, counted) = (shown(check, false), shown(check, true));
        print(title, timed, &counted);
    }
}

fn print(title: &str, mut timed: Shown, counted: &Shown) {
    let millis = |time: Duration| time.as_secs_f64() * 1e3;
    println!("  {title}");
    println!("    check, mean of {} beats: {:.3} us", timed.beats, timed.check_nanos / 1e3);
    match &counted.calls {
        Some(calls) => {
            let all: usize = calls.iter().map(|(_, count)| count).sum();
            let names: Vec<String> = calls.iter().take(6).map(|(name, count)| format!("{name} {count}")).collect();
            let seconds = WINDOW.as_secs();
            println!(
                "    calls besides the heartbeats' own: {} a second ({all} in {seconds} s: {})",
                all as u64 / seconds,
                names.join(", ")
            );
        }
        None => println!("    calls were not counted: strace is not installed"),
    }
    let events = [0.5, 0.99, 1.0].map(|share| millis(quantile(&mut timed.events, share)));
    println!("    what has an event is noticed after p50 {:.2}, p99 {:.2}, at most {:.2} ms", events[0], events[1], events[2]);
    let declared = millis(heartbeat().interval() + heartbeat().timeout());
    let silent = [0.0, 0.5, 1.0].map(|share| millis(quantile(&mut timed.silent, share)));
    println!(
        "    what is silent: after {:.0} to {:.0} ms (p50 {:.0}); declared: at most {declared:.0} ms",
        silent[0], silent[2], silent[1]
    );
    for (which, shown) in [("timed", &timed), ("counted", counted)] {
        println!("    {which} run: {} missed, {} misjudged, {} invented", shown.missed, shown.misjudged, shown.invented);
    }
}

fn shown(check: &str, count: bool) -> Shown {
    let mut peer = Running::role(&ON_FAR, &["peer"]);
    let mut stopped = Running::role(&ON_FAR, &["peer"]);
    let ports = peer.line();
    let [live, reset, closed, hole] = ports.split(' ').collect::<Vec<_>>().try_into().unwrap();
    let to_stop = stopped.line().split(' ').next().unwrap().to_owned();
    let others = ALL - RESET - CLOSED - STOPPED - BLACK_HOLED;
    let asked = [(others, live), (RESET, reset), (CLOSED, closed), (STOPPED, &to_stop), (BLACK_HOLED, hole)];
    let asked: Vec<String> = asked.iter().map(|(count, port)| format!("{count}:{port}")).collect();
    let log: PathBuf = std::env::temp_dir().join(format!("allswell-liveness-calls-{}", std::process::id()));
    let within = if count { calls::within(&log) } else { None };
    let words: Vec<&str> = within.iter().flatten().map(String::as_str).collect();
    let role: Vec<&str> = ["client", check].into_iter().chain(asked.iter().map(String::as_str)).collect();
    let mut client = Running::role(&words, &role);
    assert_eq!(client.line(), "ready");
    peer.tell("go");
    let stopped_at = monotonic_nanos();
    signal(stopped.id(), rustix::process::Signal::STOP);
    black_hole(hole);
    // Until the rule stands, answers still come: from here on there are none.
    let hole_at = monotonic_nanos();
    let acts = peer.lines_until_end();
    let said = client.lines_until_end();
    mend();
    signal(stopped.id(), rustix::process::Signal::CONT);
    let ports = [(to_stop.as_str(), (Fate::Stopped, stopped_at)), (hole, (Fate::BlackHoled, hole_at))];
    let window: Vec<f64> = figures(&said, "window").concat().iter().map(|figure| figure.parse().unwrap()).collect();
    let calls = within.is_some().then(|| calls::between(&log, window[0], window[1]));
    let _ = std::fs::remove_file(&log);
    judged(&said, &Fates { by_connection: acts.iter().map(|act| acted(act)).collect(), by_port: BTreeMap::from(ports) }, calls)
}

/// What happened to whom: by both ports for what the peer did to one connection, by the peer's for what happened to all of a port.
struct Fates<'a> {
    by_connection: BTreeMap<(&'a str, &'a str), (Fate, u64)>,
    by_port: BTreeMap<&'a str, (Fate, u64)>,
}

/// `reset CLIENT PEER NANOS`.
fn acted(act: &str) -> ((&str, &str), (Fate, u64)) {
    let [word, near, far, at] = act.split(' ').collect::<Vec<_>>().try_into().unwrap();
    ((near, far), (if word == "reset" { Fate::Reset } else { Fate::Closed }, at.parse().unwrap()))
}

impl Fate {
    /// Whether what the client says of it is true; a plain socket has only the kernel's words.
    fn is_told_by(self, words: &str) -> bool {
        let words = words.to_lowercase();
        let known: &[&str] = match self {
            Self::Reset => &["reset", "broke the connection off"],
            Self::Closed => &["end of stream", "half_closed_by_peer"],
            Self::Stopped => &["applicationsilent"],
            Self::BlackHoled => &["kernelsilent"],
        };
        known.iter().any(|known| words.contains(known))
    }
}

fn judged(said: &[String], fates: &Fates<'_>, calls: Option<Vec<(String, usize)>>) -> Shown {
    let checks = figures(said, "checks").concat();
    let (beats, nanos): (u64, f64) = (checks[0].parse().unwrap(), checks[1].parse().unwrap());
    let check_nanos = nanos / beats as f64;
    let mut shown = Shown { beats, check_nanos, calls, events: Vec::new(), silent: Vec::new(), missed: 0, misjudged: 0, invented: 0 };
    for notice in figures(said, "notice") {
        let [near, far, at, words @ ..] = notice.as_slice() else { continue };
        let Some((fate, since)) = fates.by_connection.get(&(*near, *far)).or_else(|| fates.by_port.get(far)) else {
            println!("    invented: {}", words.join(" "));
            shown.invented += 1;
            continue;
        };
        if !fate.is_told_by(&words.join(" ")) {
            println!("    misjudged as {fate:?}: {}", words.join(" "));
            shown.misjudged += 1;
        }
        let took = Duration::from_nanos(at.parse::<u64>().unwrap().saturating_sub(*since));
        match fate {
            Fate::Reset | Fate::Closed => shown.events.push(took),
            Fate::Stopped | Fate::BlackHoled => shown.silent.push(took),
        }
    }
    shown.missed = RESET + CLOSED + STOPPED + BLACK_HOLED - shown.events.len() - shown.silent.len();
    shown
}

fn signal(process: u32, signal: rustix::process::Signal) {
    let id = rustix::process::Pid::from_raw(i32::try_from(process).unwrap()).unwrap();
    rustix::process::kill_process(id, signal).unwrap();
}

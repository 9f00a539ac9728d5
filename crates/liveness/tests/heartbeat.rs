//! The heartbeat against a real kernel: what it says of peers that are stopped, slow, cut off or gone.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking, and shows what was said"
)]

#[path = "heartbeat/peer.rs"]
mod peer;
#[path = "heartbeat/watcher.rs"]
mod watcher;

use std::time::{Duration, Instant};

use allswell_liveness::heartbeat::{Beat, Condition, Inquiry};
use allswell_testkit::namespace::inside;
use allswell_testkit::namespace::path::Path;
use rustix::process::Signal;

use peer::Peer;
use watcher::{Said, Watcher};

const DROP: &str = "add table ip f\nadd chain ip f every { type filter hook forward priority 0; policy drop; }\n";
const DROP_OURS: &str = "add table ip f\nadd chain ip f every { type filter hook output priority 0; policy drop; }\n";

/// Whether something was heard of, and nothing else: what is not clear yet blames nobody.
fn only(said: &[Said], what: fn(&Condition) -> bool) -> bool {
    let mut clear = said.iter().filter_map(|said| said.why).filter(|why| !matches!(why, Condition::Unclear { .. })).peekable();
    clear.peek().is_some() && clear.all(|why| what(&why))
}

fn is_lost(said: &Said) -> bool {
    matches!(said.beat, Beat::Lost(_))
}

/// A peer and who watches it, once it answered.
fn acquainted(path: &Path, mode: &str) -> (Peer, Watcher) {
    let peer = Peer::start(path, mode);
    let mut watcher = Watcher::connect(peer.address);
    watcher.run(|watcher| watcher.answered >= 2);
    assert_eq!(watcher.said, []);
    (peer, watcher)
}

#[test]
fn peer() {
    peer::serve_if_asked();
}

#[test]
fn a_live_peer_is_never_missed_and_its_answers_are_timed() {
    inside(|| {
        let path = Path::new();
        let (_peer, mut watcher) = acquainted(&path, "echo");
        watcher.run(|watcher| watcher.answered >= 20);
        assert_eq!(watcher.said, []);
        assert!(watcher.slowest > Duration::ZERO);
    });
}

#[test]
fn a_stopped_process_answers_keepalives_and_is_silent_all_the_same() {
    inside(|| {
        let path = Path::new();
        let (peer, mut watcher) = acquainted(&path, "echo");
        watcher.keepalive();
        peer.signal(Signal::STOP);
        watcher.run(|watcher| watcher.said.iter().any(is_lost));
        assert!(only(&watcher.said, |why| matches!(why, Condition::ApplicationSilent { waiting: 0, .. })), "{:#?}", watcher.said);
        let figures = watcher.figures();
        assert!(figures.last_ack_received < Duration::from_millis(1500), "its kernel still speaks: {figures:#?}");

        peer.signal(Signal::CONT);
        watcher.run(|watcher| watcher.said.iter().any(|said| matches!(said.beat, Beat::Back(_))));
    });
}

#[test]
fn a_black_hole_is_a_silent_kernel() {
    inside(|| {
        let path = Path::new();
        let (_peer, mut watcher) = acquainted(&path, "echo");
        path.router.nft(DROP);
        watcher.run(|watcher| watcher.said.iter().any(is_lost));
        assert!(only(&watcher.said, |why| matches!(why, Condition::KernelSilent { .. })), "{:#?}", watcher.said);
    });
}

#[test]
fn what_our_own_firewall_drops_is_ours() {
    inside(|| {
        let path = Path::new();
        let (_peer, mut watcher) = acquainted(&path, "echo");
        path.client.nft(DROP_OURS);
        watcher.run(|watcher| watcher.said.iter().any(is_lost));
        assert!(only(&watcher.said, |why| matches!(why, Condition::NotSent { .. }) && why.is_ours()), "{:#?}", watcher.said);
    });
}

#[test]
fn a_link_that_goes_down_under_a_ping_in_flight_is_ours() {
    inside(|| {
        let path = Path::new();
        let (_peer, mut watcher) = acquainted(&path, "echo");
        path.router.nft(DROP);
        watcher.run(|watcher| watcher.figures().unacked > 0);
        path.client.ip("link set c0 down\n");
        watcher.run(|watcher| watcher.said.iter().any(is_lost));
        // What was sent again before the link was down was sent; from the next time-out on nothing is.
        watcher.run(|watcher| watcher.figures().retransmits > 1 && watcher.figures().retransmitted == 0);
        let Some(Said { beat: Beat::Lost(miss), .. }) = watcher.said.last() else { panic!("{:#?}", watcher.said) };
        let why = Inquiry::default().look(miss, &watcher.figures(), Instant::now());
        assert!(matches!(why, Condition::NotSent { .. }), "{why:?}");
    });
}

#[test]
fn what_our_own_program_never_wrote_is_ours() {
    inside(|| {
        let path = Path::new();
        let (_peer, mut watcher) = acquainted(&path, "echo");
        watcher.mute = true;
        watcher.run(|watcher| watcher.said.iter().any(is_lost));
        assert!(only(&watcher.said, |why| matches!(why, Condition::NotWritten { .. }) && why.is_ours()), "{:#?}", watcher.said);
    });
}

#[test]
fn a_slow_reader_is_told_from_one_that_does_not_read() {
    inside(|| {
        let path = Path::new();
        let mut peer = Peer::start(&path, "told");
        // Patient enough that a busy machine does not make a stopped reader of a slow one.
        let mut watcher = Watcher::patient(peer.address, Duration::from_millis(1500));
        watcher.flood = true;
        // A step of its window, the whole buffer, takes it a fifth of a second; we write as fast as that.
        let mut next = Instant::now();
        while !watcher.said.iter().any(is_lost) {
            peer.read(60_000);
            next += Duration::from_millis(100);
            watcher.run(|watcher| Instant::now() >= next || watcher.said.iter().any(is_lost));
        }
        assert!(only(&watcher.said, |why| matches!(why, Condition::SlowReader { took: 1.., .. })), "{:#?}", watcher.said);
    });
}

#[test]
fn a_process_that_is_stopped_before_a_backlog_is_silent_once_the_edge_stands_still() {
    inside(|| {
        let path = Path::new();
        let mut peer = Peer::start(&path, "told");
        let mut watcher = Watcher::connect(peer.address);
        watcher.flood = true;
        peer.read(500_000);
        watcher.run(|watcher| watcher.figures().bytes_acked > Some(500_000));
        peer.signal(Signal::STOP);
        watcher.run(|watcher| watcher.said.iter().any(is_lost));
        let last = watcher.said.last().unwrap().why.unwrap();
        assert!(matches!(last, Condition::ApplicationSilent { waiting: 1.., .. }), "{:#?}", watcher.said);
    });
}

#[test]
fn a_peer_that_is_killed_is_an_end_and_no_miss() {
    inside(|| {
        let path = Path::new();
        for (mode, flood) in [("echo", false), ("told", true)] {
            let peer = Peer::start(&path, mode);
            let mut watcher = Watcher::connect(peer.address);
            watcher.flood = flood;
            watcher.run(|watcher| if flood { watcher.figures().send_window == Some(0) } else { watcher.answered > 0 });
            let before = watcher.said.len();
            drop(peer);
            watcher.run(|watcher| watcher.ended.is_some());
            assert_eq!(watcher.ended.as_ref().unwrap().is_err(), flood, "unread bytes make a reset of the end: {:?}", watcher.ended);
            assert!(watcher.said.len() <= before + 1 && !watcher.said.iter().any(is_lost), "{:#?}", watcher.said);
            assert!(watcher.is_at_rest(), "nothing is due any more");
        }
    });
}

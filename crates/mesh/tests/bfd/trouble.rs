//! What really is a failure: found in time, never before, and said as what it is.

use std::time::{Duration, Instant};

use allswell_link::bfd::happening::{Cause, Happening};
use allswell_link::bfd::state::Diagnostic;
use allswell_model::link::LinkState;
use allswell_testkit::namespace::inside;
use allswell_testkit::namespace::space::Space;

use crate::frr::{Frr, QUICK, is_installed};
use crate::ours::{Ours, peer};

const DETECTION: Duration = Duration::from_millis(1000);
const INTERVAL: Duration = Duration::from_millis(50);

/// How much later it may be found on a machine that does other things, too.
const LATE: Duration = Duration::from_secs(5);

const CUT: &str = "table inet cut { chain input { type filter hook input priority 0; udp dport 3784 drop; }; }";

/// By the stamps of our kernel nothing came for the detection time, and since the cut it is at most an interval less than that.
#[test]
fn a_cut_is_found_after_the_detection_time_and_never_before() {
    if is_installed() {
        inside(|| {
            let frr = Frr::start(QUICK);
            let ours = Ours::start(vec![peer(0, 50, QUICK)]);
            for round in 0..3 {
                ours.await_state(0, LinkState::Up);
                frr.await_said(0, &[r#""status":"up""#]);
                ours.hear(0, 10);
                let before = Instant::now();
                Space::own().nft(CUT);
                let cut = Instant::now();
                ours.await_downs(round + 1);
                let (found, event) = ours.downs().remove(round);
                let Happening::Down { cause: Cause::Silent, silent } = event.happening else { panic!("{event:?}") };
                assert!(silent >= DETECTION && silent < DETECTION + LATE, "{silent:?}");
                assert!(found.duration_since(before) >= DETECTION - INTERVAL, "{:?}", found.duration_since(before));
                assert!(found.duration_since(cut) < DETECTION + LATE, "{:?}", found.duration_since(cut));
                frr.await_said(0, &[r#""remote-diagnostic":"controldetectiontimeexpired""#]);
                assert_eq!(ours.link(0).state, LinkState::Down);
                Space::own().nft("delete table inet cut");
            }
        });
    }
}

#[test]
fn a_cable_that_is_pulled_out() {
    if is_installed() {
        inside(|| {
            let frr = Frr::start(QUICK);
            let ours = Ours::start(vec![peer(0, 50, QUICK)]);
            ours.await_state(0, LinkState::Up);
            ours.hear(0, 10);
            frr.space.ip("link set f1 down\n");
            ours.await_state(0, LinkState::Down);
            let downs = ours.downs();
            let silent = |event: &Happening| matches!(event, Happening::Down { cause: Cause::Silent, silent } if *silent >= DETECTION);
            assert!(silent(&downs[0].1.happening), "{downs:?}");
            let no_carrier = "Our own interface f0 has no carrier.";
            ours.await_link(0, no_carrier, |link| link.reason == no_carrier);
            frr.space.ip("link set f1 up\n");
            ours.await_state(0, LinkState::Up);
        });
    }
}

/// It is ours: nothing is said against the peer.
#[test]
fn an_interface_of_ours_that_is_down() {
    if is_installed() {
        inside(|| {
            let _frr = Frr::start(QUICK);
            let ours = Ours::start(vec![peer(0, 50, QUICK)]);
            ours.await_state(0, LinkState::Up);
            Space::own().ip("link set f0 down\n");
            ours.await_state(0, LinkState::Down);
            let unsent = "Our own packets do not leave: ";
            ours.await_link(0, unsent, |link| link.reason.starts_with(unsent));
            Space::own().ip("link set f0 up\n");
            ours.await_state(0, LinkState::Up);
        });
    }
}

#[test]
fn a_bfdd_that_is_killed_and_comes_again() {
    if is_installed() {
        inside(|| {
            let mut frr = Frr::start(QUICK);
            let ours = Ours::start(vec![peer(0, 50, QUICK)]);
            ours.await_state(0, LinkState::Up);
            frr.kill();
            ours.await_state(0, LinkState::Down);
            assert!(matches!(ours.downs()[0].1.happening, Happening::Down { cause: Cause::Silent, silent } if silent >= DETECTION));
            let refused = "The peer's kernel says that nobody listens on UDP port 3784 there.";
            ours.await_link(0, refused, |link| link.reason == refused);
            frr.revive();
            ours.await_state(0, LinkState::Up);
            frr.await_said(0, &[r#""status":"up""#]);
            let sessions = ours.link(0).sessions;
            assert_eq!((sessions.len(), sessions[0].cause, sessions[1].cause), (2, None, Some("silent")));
            assert_ne!(sessions[0].id, sessions[1].id);
        });
    }
}

/// What waited for us to be read is heard before anybody is judged, and that FRR gave us up is said to be our own doing.
#[test]
fn a_stall_of_ours_is_not_held_against_the_peer() {
    if is_installed() {
        inside(|| {
            let frr = Frr::start(QUICK);
            let mut ours = Ours::start(vec![peer(0, 50, QUICK)]);
            ours.await_state(0, LinkState::Up);
            frr.await_said(0, &[r#""status":"up""#]);
            let go = ours.stall();
            frr.await_said(0, &[r#""status":"down""#, r#""diagnostic":"controldetectiontimeexpired""#]);
            drop(go);
            ours.await_downs(1);
            let (_, event) = ours.downs().remove(0);
            let told = Cause::PeerDown(Diagnostic::DetectionTimeExpired);
            assert!(matches!(event.happening, Happening::Down { cause, .. } if cause == told), "{event:?}");
            assert!(event.sentence.contains(" We ourselves were "), "{}", event.sentence);
            ours.await_state(0, LinkState::Up);
        });
    }
}

/// Nothing waited to be read: that may be since nobody was there to read it. So the peer has one more interval.
#[test]
fn a_cut_during_a_stall_of_ours_is_found_an_interval_later() {
    if is_installed() {
        inside(|| {
            let frr = Frr::start(QUICK);
            let mut ours = Ours::start(vec![peer(0, 50, QUICK)]);
            ours.await_state(0, LinkState::Up);
            frr.await_said(0, &[r#""status":"up""#]);
            Space::own().nft(CUT);
            let over = Instant::now() + DETECTION + 4 * INTERVAL;
            let go = ours.stall();
            frr.await_said(0, &[r#""status":"down""#]);
            // FRR may find it before us, who last heard a packet just before the cut.
            while Instant::now() < over {
                std::thread::park_timeout(over - Instant::now());
            }
            drop(go);
            ours.await_downs(1);
            let happened: Vec<Happening> = ours.happened().into_iter().map(|(_, event)| event.happening).collect();
            let [Happening::Up { .. }, Happening::SelfStalled { late }, Happening::Down { cause: Cause::Silent, silent }] = happened[..]
            else {
                panic!("{happened:?}")
            };
            assert!(silent >= DETECTION + late + INTERVAL, "{silent:?}, {late:?}");
        });
    }
}

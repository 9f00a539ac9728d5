//! Two sides that agree: up, slower, quicker, held down, let go.

use std::time::Duration;

use allswell_link::bfd::happening::{Cause, Happening};
use allswell_model::link::LinkState;
use allswell_testkit::namespace::inside;

use crate::frr::{Frr, PATIENT, is_installed};
use crate::ours::{Ours, peer};

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

#[test]
fn up_with_frr_in_both_families() {
    if is_installed() {
        inside(|| {
            let frr = Frr::start(PATIENT);
            let ours = Ours::start(vec![peer(0, 50, PATIENT), peer(1, 50, PATIENT)]);
            for family in [0, 1] {
                ours.await_state(family, LinkState::Up);
                frr.await_said(family, &[r#""status":"up""#, r#""remote-transmit-interval":50,"#, r#""remote-receive-interval":50,"#]);
                ours.hear(family, 50);
                let link = ours.link(family);
                assert_eq!((link.protocol, link.interval, link.multiplier, link.detection), ("bfd", ms(50), PATIENT.into(), ms(5000)));
                assert_eq!(link.reason, "Both ends hear each other.");
                assert!(link.sessions[0].ended.is_none() && link.counts.sent > 50);
            }
            assert_eq!(ours.downs(), []);
        });
    }
}

#[test]
fn other_wishes_of_ours_are_agreed_to_while_it_is_up() {
    if is_installed() {
        inside(|| {
            let frr = Frr::start(PATIENT);
            let mut ours = Ours::start(vec![peer(0, 50, PATIENT)]);
            ours.await_state(0, LinkState::Up);
            for (every, multiplier) in [(200, 50), (20, 120), (300, 30)] {
                ours.watch(vec![peer(0, every, multiplier)]);
                let told = [
                    format!(r#""remote-receive-interval":{every},"#),
                    format!(r#""remote-transmit-interval":{every},"#),
                    format!(r#""remote-detect-multiplier":{multiplier},"#),
                ];
                frr.await_said(0, &told.each_ref().map(String::as_str));
                ours.hear(0, 20);
                let agreed = ms(every.max(50));
                assert_eq!((ours.link(0).interval, ours.link(0).detection), (agreed, agreed * u32::from(PATIENT)));
            }
            frr.await_said(0, &[r#""status":"up""#]);
            assert_eq!(ours.downs(), []);
        });
    }
}

#[test]
fn other_wishes_of_frr_are_agreed_to_while_it_is_up() {
    if is_installed() {
        inside(|| {
            let frr = Frr::start(PATIENT);
            let ours = Ours::start(vec![peer(0, 50, PATIENT)]);
            ours.await_state(0, LinkState::Up);
            for (every, multiplier) in [(300, 40), (100, 50), (50, 80)] {
                let lines = ["transmit-interval", "receive-interval"].map(|what| format!("{what} {every}"));
                frr.configure(&[&lines[0], &lines[1], &format!("detect-multiplier {multiplier}")]);
                ours.await_link(0, "it has FRR's pace", |link| {
                    (link.interval, link.multiplier, link.detection) == (ms(every), multiplier, ms(every) * multiplier)
                });
                ours.hear(0, 20);
            }
            frr.await_said(0, &[r#""status":"up""#]);
            assert_eq!(ours.downs(), []);
        });
    }
}

#[test]
fn frr_that_is_held_down_is_no_failure() {
    if is_installed() {
        inside(|| {
            let frr = Frr::start(PATIENT);
            let ours = Ours::start(vec![peer(0, 50, PATIENT)]);
            ours.await_state(0, LinkState::Up);
            frr.configure(&["shutdown"]);
            ours.await_state(0, LinkState::Left);
            assert_eq!(ours.link(0).reason, "The peer's operator holds the session down.");
            let downs = ours.downs();
            assert!(matches!(downs[0].1.happening, Happening::Down { cause: Cause::PeerAdminDown, .. }), "{downs:?}");
            assert_eq!((downs.len(), ours.link(0).sessions[0].cause), (1, Some("left")));
            frr.configure(&["no shutdown"]);
            ours.await_state(0, LinkState::Up);
            frr.await_said(0, &[r#""status":"up""#]);
        });
    }
}

#[test]
fn ours_that_is_held_down_is_none_either() {
    if is_installed() {
        inside(|| {
            let frr = Frr::start(PATIENT);
            let mut ours = Ours::start(vec![peer(0, 50, PATIENT)]);
            ours.await_state(0, LinkState::Up);
            ours.pause(true);
            assert_eq!(ours.link(0).state, LinkState::Left);
            let told =
                [r#""status":"down""#, r#""diagnostic":"neighborsignaledsessiondown""#, r#""remote-diagnostic":"administrativelydown""#];
            frr.await_said(0, &told);
            ours.pause(false);
            ours.await_state(0, LinkState::Up);
            frr.await_said(0, &[r#""status":"up""#]);

            ours.watch(vec![peer(1, 50, PATIENT)]);
            frr.await_said(0, &told);
            assert_eq!(ours.downs().len(), 2);
            ours.await_state(1, LinkState::Up);
            frr.await_said(1, &[r#""status":"up""#]);
            drop(ours);
            frr.await_said(1, &[r#""remote-diagnostic":"administrativelydown""#]);
        });
    }
}

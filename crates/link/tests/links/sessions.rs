//! How sessions come to be, last and end.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use allswell_link::happening::{Death, Happening};
use allswell_link::machine::State;
use allswell_link::terms::Terms;

use crate::world::{Network, World};

fn pace() -> Terms {
    Terms::every(Duration::from_millis(50), 3)
}

#[test]
fn one_asks_and_both_stand() {
    let mut world = World::new(2, 1, pace());
    world.switch_on(0);
    world.pass(Duration::from_secs(5));
    assert!(world.session(0, 1).is_none(), "a link that is switched off answers nobody");
    world.switch_on(1);
    world.pass(Duration::from_millis(10));
    assert!(world.agree(0, 1));
    world.pass(Duration::from_secs(10));
    assert!(world.agree(0, 1));
    assert_eq!((world.hosts[0].told.len(), world.hosts[1].told.len()), (1, 1));
    assert!(world.hosts[0].heard.len() > 190, "{}", world.hosts[0].heard.len());
}

/// LINK-16.
#[test]
fn both_ask_at_once_and_one_session_comes_of_it() {
    for seed in 0..200 {
        let mut world = World::new(2, seed, pace());
        world.network = Network { jitter: Duration::from_micros(seed), ..Network::CALM };
        world.switch_on(0);
        world.switch_on(1);
        world.pass(Duration::from_millis(2));
        assert!(world.agree(0, 1), "seed {seed}");
        world.pass(Duration::from_secs(1));
        assert_eq!(world.said(0, |told| matches!(told, Happening::Up { .. })), 1, "seed {seed}");
        assert_eq!(world.said(1, |told| matches!(told, Happening::Up { .. })), 1, "seed {seed}");
    }
}

/// LINK-25.
#[test]
fn a_cut_is_told_after_the_detection_time_and_not_before() {
    let mut world = World::new(2, 3, pace());
    world.switch_on(0);
    world.switch_on(1);
    world.pass(Duration::from_secs(1));
    let last = world.hosts[0].heard.last().unwrap().at;
    world.cut.extend([(0, 1), (1, 0)]);
    world.pass(Duration::from_secs(1));
    let (at, _, happening) = world.hosts[0].told.last().copied().unwrap();
    assert!(matches!(happening, Happening::Ended { death: Death::Silent, .. }), "{happening:?}");
    let last = world.hosts[0].heard.last().map_or(last, |heard| heard.at);
    assert_eq!(at.since(last), Duration::from_millis(150));
    world.cut.clear();
    world.pass(Duration::from_secs(2));
    assert!(world.agree(0, 1));
}

/// LINK-27.
#[test]
fn a_stopped_process_is_not_down() {
    let mut world = World::new(2, 4, pace());
    world.switch_on(0);
    world.switch_on(1);
    world.pass(Duration::from_secs(1));
    world.hosts[1].stopped = true;
    world.pass(Duration::from_secs(3));
    assert_eq!(world.said(0, |told| matches!(told, Happening::PeerStalled { .. })), 1);
    assert_eq!(world.said(0, |told| matches!(told, Happening::Ended { .. })), 0);
    world.go_on(1);
    world.pass(Duration::from_secs(1));
    assert_eq!(world.said(0, |told| matches!(told, Happening::PeerBack { .. })), 1);
    assert!(world.agree(0, 1));
    assert_eq!(world.said(1, |told| matches!(told, Happening::Ended { .. })), 0, "{:?}", world.hosts[1].told);
    // It stops again, and now its host dies, too.
    world.hosts[1].stopped = true;
    world.pass(Duration::from_secs(1));
    world.cut.extend([(0, 1), (1, 0)]);
    world.pass(Duration::from_secs(1));
    assert!(matches!(world.state(0, 1), State::Down(_, Death::Silent)), "{:?}", world.state(0, 1));
}

/// LINK-20, LINK-21.
#[test]
fn a_restart_replaces_the_session_without_an_end() {
    for seed in 0..100 {
        let mut world = World::new(2, seed, pace());
        world.switch_on(0);
        world.switch_on(1);
        world.pass(Duration::from_millis(1000 + seed));
        let (host, other) = if seed % 2 == 0 { (0, 1) } else { (1, 0) };
        let before = world.session(other, host);
        world.restart(host);
        world.pass(Duration::from_millis(2));
        assert!(world.agree(0, 1), "seed {seed}");
        assert_ne!(world.session(other, host), before);
        let replaced = |told: &Happening| matches!(told, Happening::Ended { death: Death::Replaced, .. });
        assert_eq!(world.said(other, replaced), 1);
        assert_eq!(world.said(other, |told| matches!(told, Happening::Up { restarted: true, .. })), 1);
    }
}

/// LINK-29.
#[test]
fn packets_that_go_one_way_only_are_told_apart() {
    let mut world = World::new(2, 5, pace());
    world.switch_on(0);
    world.switch_on(1);
    world.pass(Duration::from_secs(1));
    world.cut.insert((0, 1));
    world.pass(Duration::from_millis(400));
    assert!(matches!(world.state(1, 0), State::Down(_, Death::Silent)), "{:?}", world.state(1, 0));
    assert!(matches!(world.state(0, 1), State::Down(_, Death::HearsNothing)), "{:?}", world.state(0, 1));
}

/// LINK-34: the kernel behind the firewall answers, so whoever hears nothing takes its peer for stalled and says no farewell.
#[test]
fn a_firewall_that_keeps_packets_from_one_end_is_seen_by_the_other() {
    for seed in 0..50 {
        let mut world = World::new(2, seed, pace());
        world.switch_on(0);
        world.switch_on(1);
        world.pass(Duration::from_millis(1000 + seed * 7));
        world.filtered.insert((0, 1));
        world.pass(Duration::from_millis(520));
        let State::Up(standing) = world.state(1, 0) else { panic!("{:?}", world.state(1, 0)) };
        assert!(standing.stalled.is_some(), "seed {seed}");
        assert!(matches!(world.state(0, 1), State::Down(_, Death::HearsNothing)), "seed {seed}: {:?}", world.state(0, 1));
        world.pass(Duration::from_secs(20));
        assert!(matches!(world.state(0, 1), State::Down(_, Death::HearsNothing)), "seed {seed}: it stays so");
        world.filtered.clear();
        world.pass(Duration::from_secs(4));
        assert!(world.agree(0, 1), "seed {seed}");
    }
}

/// LINK-35: its packets arrive, and none of ours.
#[test]
fn a_peer_that_has_another_address_by_now_does_not_look_as_if_it_were_up() {
    for seed in 0..50 {
        let mut world = World::new(2, seed, pace());
        world.switch_on(0);
        world.switch_on(1);
        world.pass(Duration::from_millis(1000 + seed * 7));
        let host = usize::from(seed % 2 == 0);
        let (there, here) = (SocketAddr::new(IpAddr::V4(Ipv4Addr::new(10, 0, 9, 9)), 8421), 1 - host);
        world.moved.insert(host, there);
        world.pass(Duration::from_secs(1));
        let told = world.hosts[here].told.len();
        for _ in 0..40 {
            assert!(matches!(world.state(here, host), State::Down(_, Death::HearsNothing)), "seed {seed}: {:?}", world.state(here, host));
            world.pass(Duration::from_millis(250));
        }
        let link = world.hosts[here].endpoint.link(world.node(host)).unwrap();
        assert_eq!((link.elsewhere(), world.hosts[here].told.len()), (Some(there), told), "seed {seed}: it stays so, and says so once");
        world.moved.clear();
        world.pass(Duration::from_secs(4));
        assert!(world.agree(0, 1), "seed {seed}");
        assert_eq!(world.hosts[here].endpoint.link(world.node(host)).unwrap().elsewhere(), None);
    }
}

#[test]
fn in_calm_nothing_ends_however_packets_wander() {
    for seed in 0..60 {
        let mut world = World::new(2, seed, pace());
        world.network = Network { jitter: Duration::from_millis(seed), twice_percent: seed, ..Network::CALM };
        world.switch_on(0);
        world.switch_on(1);
        world.pass(Duration::from_secs(1));
        assert!(world.agree(0, 1), "seed {seed}");
        let told = [world.hosts[0].told.len(), world.hosts[1].told.len()];
        world.pass(Duration::from_mins(1));
        assert_eq!([world.hosts[0].told.len(), world.hosts[1].told.len()], told, "seed {seed}");
    }
}

#[test]
fn a_process_that_goes_on_keeps_its_session_however_long_it_was_stopped() {
    for stop in 0..150 {
        let mut world = World::new(2, stop, pace());
        world.switch_on(0);
        world.switch_on(1);
        world.pass(Duration::from_secs(1));
        let host = usize::from(stop % 2 == 0);
        world.hosts[host].stopped = true;
        world.pass(Duration::from_millis(stop * 23));
        world.go_on(host);
        world.pass(Duration::from_secs(1));
        assert!(world.agree(0, 1), "stop {stop}");
        let ended = |told: &Happening| matches!(told, Happening::Ended { .. });
        assert_eq!([world.said(0, ended), world.said(1, ended)], [0, 0], "stop {stop}: {:?}", world.hosts[1 - host].told);
    }
}

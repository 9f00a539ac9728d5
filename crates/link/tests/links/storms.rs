//! Worlds by the thousand, each from a seed: everything that can go wrong between nodes does, and then it stops.
//!
//! In the ordinary suite ten thousand; `ALLSWELL_WORLDS=1000000` tries more.

use std::time::Duration;

use allswell_link::happening::Happening;
use allswell_link::machine::Event;
use allswell_link::terms::Terms;

use crate::world::{Network, Under, World, address};

const MS: Duration = Duration::from_millis(1);

/// Longest while somebody is stopped.
const STOP: Duration = Duration::from_secs(1);

/// A world of two nodes, seldom three, that are about to begin.
fn world(seed: u64) -> World {
    let hosts = if seed % 8 == 7 { 3 } else { 2 };
    let interval = [50, 100, 200][usize::try_from(seed % 3).unwrap()] * MS;
    let mut world = World::new(hosts, seed, Terms::every(interval, u8::try_from(2 + seed / 3 % 4).unwrap()));
    world.watch.reads_late = STOP * 3;
    if seed % 5 == 4 {
        // In these, the pace changes.
        world.watch.detection = (100 * MS, STOP);
    }
    if seed % 11 == 10 {
        world.hosts[1].endpoint.may_ask(false);
    }
    world
}

/// Between nothing and this, by chance.
fn up_to(world: &mut World, most: Duration) -> Duration {
    Duration::from_nanos(world.roll() % u64::try_from(most.as_nanos()).unwrap())
}

fn any_network(world: &mut World) -> Network {
    let delay = up_to(world, 30 * MS);
    let most = if world.roll().is_multiple_of(4) { 400 * MS } else { 10 * MS };
    let jitter = up_to(world, most);
    Network { delay, jitter, loss_percent: [0, 5, 30, 80][usize::try_from(world.roll() % 4).unwrap()], twice_percent: world.roll() % 30 }
}

/// Two different hosts.
fn any_two(world: &mut World) -> (usize, usize) {
    let hosts = world.hosts.len() as u64;
    let one = world.roll() % hosts;
    let other = (one + 1 + world.roll() % (hosts - 1)) % hosts;
    (usize::try_from(one).unwrap(), usize::try_from(other).unwrap())
}

/// Packets of long ago arrive anywhere, from where they came or from somewhere else.
fn replay(world: &mut World, most: u64) {
    for _ in 0..world.roll() % most {
        let Some(which) = world.roll().checked_rem(world.recorded.len() as u64) else { return };
        let (from, bytes) = world.recorded[usize::try_from(which).unwrap()].clone();
        let (to, _) = any_two(world);
        let from = address(if world.roll().is_multiple_of(4) { 99 } else { from });
        let at = world.now + up_to(world, 50 * MS);
        world.put(at, to, Under::Packet { from, bytes });
    }
}

/// One thing goes wrong.
fn disturb(world: &mut World) {
    let (one, other) = any_two(world);
    let peer = world.node(other);
    match world.roll() % 14 {
        0 | 1 => world.restart(one),
        2 => world.network = any_network(world),
        3 => world.network = Network::CALM,
        4 => world.cut.extend([(one, other), (other, one)]),
        5 => world.cut.extend([(one, other)]),
        6 => world.cut.clear(),
        7 => world.hosts[one].stopped = true,
        8 if world.hosts[one].stopped => world.go_on(one),
        8 | 9 => replay(world, 40),
        10 => world.tell(one, peer, Event::LinkDown),
        11 => world.tell(one, peer, Event::Leave),
        12 => world.tell(one, peer, Event::LinkUp),
        13 if world.watch.detection.0 < world.watch.detection.1 => {
            let interval = [50, 100, 200][usize::try_from(world.roll() % 3).unwrap()] * MS;
            let terms = Terms::every(interval, u8::try_from(2 + world.roll() % 4).unwrap());
            world.hosts[one].endpoint.renegotiate(peer, terms);
        }
        _ => world.report(one, other),
    }
}

/// It stops: whoever was stopped goes on, what was cut is mended, all links are switched on.
fn calm_down(world: &mut World) {
    world.network = Network::CALM;
    world.cut.clear();
    for host in 0..world.hosts.len() {
        if world.hosts[host].stopped {
            world.go_on(host);
        }
        world.switch_on(host);
    }
}

fn all_agree(world: &World) -> bool {
    let hosts = world.hosts.len();
    (0..hosts).all(|one| (0..one).all(|other| world.agree(one, other)))
}

fn ends(world: &World) -> usize {
    (0..world.hosts.len()).map(|host| world.said(host, |told| matches!(told, Happening::Ended { .. }))).sum()
}

fn live_through(seed: u64) -> World {
    let mut world = world(seed);
    (0..world.hosts.len()).for_each(|host| {
        if !world.roll().is_multiple_of(3) {
            world.switch_on(host);
        }
    });
    for _ in 0..4 + world.roll() % 12 {
        let rest = if world.roll().is_multiple_of(2) { up_to(&mut world, 20 * MS) } else { up_to(&mut world, STOP / 2) };
        world.pass(rest);
        disturb(&mut world);
    }
    calm_down(&mut world);
    // A detection time, until whoever believes in a session that is none knows better; and a second, in which he asks again.
    let detection = world.watch.detection.1;
    world.pass(detection + Duration::from_secs(3));
    assert!(all_agree(&world), "seed {seed}: no agreement after it was calm for so long");
    // Now no recording, no report and no jitter of our own ends anything.
    let before = ends(&world);
    replay(&mut world, 40);
    world.pass(MS * 1_000);
    assert_eq!(ends(&world), before, "seed {seed}: a session ended in calm");
    assert!(all_agree(&world), "seed {seed}");
    world
}

/// The fourth part of ten thousand, so that tests can share the processors.
fn quarter(which: u64) {
    let (mut heard, mut ended) = (0, 0);
    let worlds = std::env::var("ALLSWELL_WORLDS").ok().map_or(10_000, |count| count.parse().unwrap());
    for seed in (0..worlds).filter(|seed| seed % 4 == which) {
        let world = live_through(seed);
        heard += world.hosts.iter().map(|host| host.heard.len()).sum::<usize>();
        ended += ends(&world);
    }
    assert!(heard > 100_000 && ended > 2_500, "so little happened that it shows nothing: {heard} probes, {ended} ends");
}

#[test]
fn ten_thousand_worlds_first_quarter() {
    quarter(0);
}

#[test]
fn ten_thousand_worlds_second_quarter() {
    quarter(1);
}

#[test]
fn ten_thousand_worlds_third_quarter() {
    quarter(2);
}

#[test]
fn ten_thousand_worlds_fourth_quarter() {
    quarter(3);
}

#[test]
fn the_same_seed_makes_the_same_bytes() {
    let mut different = std::collections::BTreeSet::new();
    for seed in 0..200 {
        let (one, again) = (live_through(seed), live_through(seed));
        assert_eq!((one.bytes, one.recorded.len()), (again.bytes, again.recorded.len()), "seed {seed}");
        different.insert(one.bytes);
    }
    assert_eq!(different.len(), 200, "the sum of all bytes tells worlds apart");
}

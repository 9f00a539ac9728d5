//! Settings that change while all nodes run: keys step by step, and peers that go and come. What does not change goes on.

use allswell_model::link::LinkState;
use allswell_testkit::namespace::hosts::Hosts;
use allswell_testkit::namespace::inside;

use crate::role::{FIRST_KEY, name};
use crate::world::{World, millis, now_us, until};

/// So many packets of each link are heard after each change, before the next one.
const PACKETS: u64 = 5;

/// Tells a node to change something, and returns once its links have drawn a picture that knows of it: the first one after its answer may
/// have been under way before.
fn order(world: &mut World, number: u8, words: &str) {
    world.node_mut(number).order(words);
    until(words, || world.node(number).done_us().is_none().then(|| format!("{number} does not answer")));
    let done = world.node(number).done_us().unwrap();
    let seen = || world.node(number).picture().filter(|(_, picture)| picture.at_us > done).map(|(count, _)| count);
    let mut first = None;
    until(words, || {
        let count = seen();
        first = first.or(count);
        (count == first).then(|| format!("{number} draws no pictures"))
    });
}

/// Waits until packets of every link were heard both ways.
fn until_heard(world: &World) {
    let received = |pair| world.own(pair).map_or(0, |own| own.received);
    let before: Vec<((u8, u8), u64)> = world.pairs().map(|pair| (pair, received(pair))).collect();
    until("packets of all links", || {
        let deaf = before.iter().find(|(pair, count)| received(*pair) < count + PACKETS);
        deaf.map(|(pair, count)| format!("{pair:?} heard {count} before, and {} now", received(*pair)))
    });
}

fn dropped(world: &World) -> u64 {
    world.numbers().filter_map(|number| world.picture(number)).map(|picture| picture.dropped).sum()
}

#[test]
fn keys_are_changed_step_by_step_and_no_session_ends() {
    inside(|| {
        let mut world = World::start(Hosts::switched(3));
        until_heard(&world);
        let (before, dropped_before, begun) = (world.until_all_up(), dropped(&world), now_us());
        let second = FIRST_KEY + 1;
        let steps = [format!("keys {FIRST_KEY} {second}"), format!("keys {second} {FIRST_KEY}"), format!("keys {second}")];
        for step in &steps {
            for number in world.numbers() {
                order(&mut world, number, step);
                until_heard(&world);
                assert_eq!(world.until_all_up(), before, "after {step} on {number}");
            }
        }
        let refused = dropped(&world) - dropped_before;
        println!("keys of 3 nodes were changed in {} orders and {:.0} ms; {refused} packets refused", 9, millis(begun, now_us()));
        assert_eq!(refused, 0, "packets were signed with a key that was not known yet, or no longer");
        // A key that the others do not have is heard by nobody: what is tried above depends on keys.
        order(&mut world, 3, &format!("keys {FIRST_KEY}"));
        for other in [1, 2] {
            until("no packet of a node with another key", || {
                let own = world.own((other, 3)).unwrap();
                (own.state == LinkState::Up).then(|| format!("{own:?}"))
            });
        }
        assert!(dropped(&world) > dropped_before);
        assert_eq!(world.sessions(&[(1, 2), (2, 1)]).unwrap().values().next(), before.get(&(1, 2)));
    });
}

#[test]
fn a_peer_goes_and_comes_and_the_others_do_not_notice() {
    inside(|| {
        let mut world = World::start(Hosts::switched(3));
        let before = world.until_all_up();
        let stay = [(1, 2), (2, 1), (2, 3), (3, 2)];
        let staying = |world: &World| world.sessions(&stay).unwrap().iter().all(|(pair, id)| before.get(pair) == Some(id));
        let begun = now_us();
        order(&mut world, 1, "peers 2");
        assert_eq!(world.own((1, 3)), None);
        until("its leave", || {
            let own = world.own((3, 1)).unwrap();
            (own.state != LinkState::Left || own.session != Err("left".into())).then(|| format!("{own:?}"))
        });
        let left = millis(begun, world.own((3, 1)).unwrap().since_us);
        until("no word of it", || {
            let cells = world.picture(1).unwrap().cells;
            cells.into_keys().find(|(from, to)| [from, to].contains(&&name(3))).map(|cell| format!("{cell:?}"))
        });
        until_known_to_stay(&world);
        assert!(staying(&world), "{:?}", world.sessions(&stay));
        let begun = now_us();
        order(&mut world, 1, "peers 2 3");
        let after = world.until_all_up();
        let up = [(1, 3), (3, 1)].map(|pair| millis(begun, world.own(pair).unwrap().since_us));
        println!("a peer that was removed was known to have left after {left:.1} ms, and one that was added was up after {up:.1?} ms");
        assert!(staying(&world), "{:?}", world.sessions(&stay));
        assert_ne!(before.get(&(1, 3)), after.get(&(1, 3)), "it is another session");
    });
}

/// Waits until each node has drawn a picture that is a detection time newer than now.
fn until_known_to_stay(world: &World) {
    let at = now_us() + 150_000;
    until("newer pictures", || world.not_looked_since(world.numbers(), at));
}

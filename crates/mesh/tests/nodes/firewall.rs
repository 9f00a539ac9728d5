//! A firewall that drops nothing but links, on their way to one node: all kernels answer all.

use allswell_mesh::DEFAULT_PORT;
use allswell_testkit::namespace::hosts::Hosts;
use allswell_testkit::namespace::inside;

use crate::role::name;
use crate::world::{World, millis, now_us, until};

#[test]
fn a_firewall_is_held_against_the_node_that_has_it() {
    inside(|| {
        let world = World::start(Hosts::switched(4));
        let before = world.until_all_up();
        let found = |number| world.picture(number).map(|picture| picture.findings).unwrap_or_default();
        let begun = now_us();
        let chain = "add table inet firewall\nadd chain inet firewall input { type filter hook input priority 0; }\n";
        world.hosts.space(4).nft(&format!("{chain}add rule inet firewall input udp dport {DEFAULT_PORT} drop\n"));
        for number in world.numbers() {
            // Whoever hears nobody knows no more than that, and blames none of them.
            let kind = if number == 4 { "OwnNic" } else { "OneWay" };
            until("its name", || {
                let found = found(number);
                (found != [format!("{kind} {}", name(4))]).then(|| format!("{number} finds {found:?}"))
            });
        }
        println!("a firewall before one of four nodes had its name everywhere after {:.0} ms", millis(begun, now_us()));
        world.hosts.space(4).nft("delete table inet firewall\n");
        let after = world.until_all_up();
        for number in world.numbers() {
            until("no finding", || Some(found(number)).filter(|found| !found.is_empty()).map(|found| format!("{number} finds {found:?}")));
        }
        let untouched = |pair: &(u8, u8)| pair.0 != 4 && pair.1 != 4;
        assert!(before.iter().filter(|(pair, _)| untouched(pair)).all(|(pair, id)| after.get(pair) == Some(id)), "{before:?} {after:?}");
    });
}

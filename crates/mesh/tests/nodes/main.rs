//! Nodes that are processes of their own, on hosts of their own: what breaks gets its right name at every observer, and in time.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking, and its figures are printed"
)]

mod changes;
mod firewall;
mod picture;
mod process;
mod role;
mod trouble;
mod world;

use allswell_testkit::namespace::hosts::Hosts;
use allswell_testkit::namespace::inside;

use trouble::Trouble;
use world::World;

/// Breaks and mends all that there is, one after the other.
fn break_everything(hosts: Hosts) {
    let mut world = World::start(hosts);
    for trouble in Trouble::ALL {
        trouble::pass(&mut world, trouble);
    }
}

#[test]
fn three_nodes_name_what_broke() {
    inside(|| break_everything(Hosts::routed(3)));
}

#[test]
fn five_nodes_name_what_broke() {
    inside(|| break_everything(Hosts::switched(5)));
}

#[test]
fn eight_nodes_name_what_broke() {
    inside(|| break_everything(Hosts::routed(8)));
}

//! D00 to D6: an ICMP error some time after the SYN, as from any router that is not on our own link.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use allswell_os::events::Events;
use allswell_testkit::impair::{Answer, Injector};
use allswell_testkit::namespace::inside;
use allswell_testkit::namespace::path::Path;

use crate::check::{check_after, check_quiet};
use crate::lab::{SERVER, SERVER6, connecting};

/// How long the message is on its way.
const AFTER: Duration = Duration::from_millis(50);

fn answered(key: &str, to: SocketAddr, [kind, code]: [u8; 2]) {
    let path = Path::new();
    let _injector = Injector::start(&path.router, &[Answer { port: to.port(), kind, code, word: 0 }], AFTER);
    check_after(key, connecting(to), Events::HUP);
}

/// The message says that packets should be smaller, of which a SYN takes no notice.
fn unmoved(key: &str, to: SocketAddr, [kind, code]: [u8; 2]) {
    let path = Path::new();
    let _injector = Injector::start(&path.router, &[Answer { port: to.port(), kind, code, word: 1400 }], AFTER);
    let begun = Instant::now();
    check_quiet(key, connecting(to), begun);
}

#[test]
fn d00_net_unreach() {
    inside(|| answered("D00", SERVER, [3, 0]));
}

#[test]
fn d01_host_unreach() {
    inside(|| answered("D01", SERVER, [3, 1]));
}

#[test]
fn d02_proto_unreach() {
    inside(|| answered("D02", SERVER, [3, 2]));
}

#[test]
fn d03_port_unreach() {
    inside(|| answered("D03", SERVER, [3, 3]));
}

#[test]
fn d05_source_route_failed() {
    inside(|| answered("D05", SERVER, [3, 5]));
}

#[test]
fn d09_net_prohibited() {
    inside(|| answered("D09", SERVER, [3, 9]));
}

#[test]
fn d10_host_prohibited() {
    inside(|| answered("D10", SERVER, [3, 10]));
}

#[test]
fn d13_admin_prohibited() {
    inside(|| answered("D13", SERVER, [3, 13]));
}

#[test]
fn d20_ttl_exceeded() {
    inside(|| answered("D20", SERVER, [11, 0]));
}

#[test]
fn d21_parameter_problem() {
    inside(|| answered("D21", SERVER, [12, 0]));
}

#[test]
fn d6_1_0_no_route() {
    inside(|| answered("D6_1_0", SERVER6, [1, 0]));
}

#[test]
fn d6_1_1_admin_prohibited() {
    inside(|| answered("D6_1_1", SERVER6, [1, 1]));
}

#[test]
fn d6_1_2_beyond_scope() {
    inside(|| answered("D6_1_2", SERVER6, [1, 2]));
}

#[test]
fn d6_1_3_address_unreachable() {
    inside(|| answered("D6_1_3", SERVER6, [1, 3]));
}

#[test]
fn d6_1_4_port_unreachable() {
    inside(|| answered("D6_1_4", SERVER6, [1, 4]));
}

#[test]
fn d6_1_5_policy() {
    inside(|| answered("D6_1_5", SERVER6, [1, 5]));
}

#[test]
fn d6_1_6_reject_route() {
    inside(|| answered("D6_1_6", SERVER6, [1, 6]));
}

#[test]
fn d6_3_0_hop_limit() {
    inside(|| answered("D6_3_0", SERVER6, [3, 0]));
}

#[test]
fn d6_4_0_parameter_problem() {
    inside(|| answered("D6_4_0", SERVER6, [4, 0]));
}

#[test]
fn d04_fragmentation_needed() {
    inside(|| unmoved("D04", SERVER, [3, 4]));
}

#[test]
fn d6_2_0_too_big() {
    inside(|| unmoved("D6_2_0", SERVER6, [2, 0]));
}

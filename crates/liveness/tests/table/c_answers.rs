//! C06 to C15: a router on our own link rejects, so that its ICMP message comes within the call of `connect`, while the
//! socket is busy with it. IPv4 notes the error and goes on; IPv6 tells it only with the next SYN, a second later, and then twice.

use std::time::Instant;

use allswell_testkit::namespace::inside;
use allswell_testkit::namespace::path::Path;

use crate::check::{check, check_ends};
use crate::lab::{SERVER, SERVER6, connecting};

fn rejecting(answer: &str) -> Path {
    let path = Path::new();
    path.router.nft(&format!("table inet f {{ chain c {{ type filter hook forward priority 0; tcp dport 80 reject with {answer}; }}; }}"));
    path
}

fn four(key: &str, answer: &str) {
    let _path = rejecting(&format!("icmp type {answer}"));
    check(key, connecting(SERVER));
}

fn six(key: &str, answer: &str) {
    let _path = rejecting(&format!("icmpv6 type {answer}"));
    let begun = Instant::now();
    check_ends(key, connecting(SERVER6), begun);
}

#[test]
fn c06_net_unreachable() {
    inside(|| four("C06", "net-unreachable"));
}

#[test]
fn c07_host_unreachable() {
    inside(|| four("C07", "host-unreachable"));
}

#[test]
fn c08_port_unreachable() {
    inside(|| four("C08", "port-unreachable"));
}

#[test]
fn c09_prot_unreachable() {
    inside(|| four("C09", "prot-unreachable"));
}

#[test]
fn c10_admin_prohibited() {
    inside(|| four("C10", "admin-prohibited"));
}

#[test]
fn c11_net_prohibited() {
    inside(|| four("C11", "net-prohibited"));
}

#[test]
fn c12_v6_no_route() {
    inside(|| six("C12", "no-route"));
}

#[test]
fn c13_v6_admin_prohibited() {
    inside(|| six("C13", "admin-prohibited"));
}

#[test]
fn c14_v6_addr_unreachable() {
    inside(|| six("C14", "addr-unreachable"));
}

#[test]
fn c15_v6_port_unreachable() {
    inside(|| six("C15", "port-unreachable"));
}

//! Our own limits: whatever we lack, the target is unknown, never down.

use std::fs::File;
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use allswell_testkit::namespace::path::Path;
use allswell_testkit::namespace::{give_up_capabilities, inside, limit_descriptors};

use crate::ask::{Case, check, check_on, runtime};

#[test]
fn no_descriptors() {
    inside(|| {
        let path = Path::new();
        let _listener = path.server.run(|| TcpListener::bind((Path::SERVER, 80)).unwrap());
        limit_descriptors(64);
        let runtime = runtime();
        let held: Vec<_> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
        let results = check_on(&runtime, &[Case::new("no descriptors", Path::SERVER, 80, "unknown connect no_descriptors")]);
        assert_eq!(results[0].reason, "Not probed: our 64 descriptors are used up; raise LimitNOFILE.");
        drop(held);
        check_on(&runtime, &[Case::new("descriptors again", Path::SERVER, 80, "up")]);
    });
}

#[test]
fn no_ports() {
    inside(|| {
        let path = Path::new();
        let listeners = path.server.run(|| [Path::SERVER, Path::SERVER6].map(|at| TcpListener::bind((at, 80)).unwrap()));
        path.client.sysctl("net.ipv4.ip_local_port_range", "50000 50003");
        let held = [Path::SERVER, Path::SERVER6].map(|at| [(); 4].map(|()| TcpStream::connect((at, 80)).unwrap()));
        let wanted = "unknown connect no_ports";
        check(&[
            Case::new("no ports", Path::SERVER, 80, wanted),
            Case::new("no ports, IPv6", Path::SERVER6, 80, wanted),
            Case::new("no ports from a chosen address", Path::SERVER, 80, wanted).with("source", "10.77.1.2"),
            Case::new("no ports from a chosen address, IPv6", Path::SERVER6, 80, wanted).with("source", "fd77:1::2"),
            Case::new("another port of the same host", Path::SERVER, 81, "down connect refused by 10.77.2.2"),
        ]);
        drop((held, listeners));
    });
}

#[test]
fn own_firewall() {
    inside(|| {
        let path = Path::new();
        path.client.nft(concat!(
            "table inet f { chain c { type filter hook output priority 0;\n",
            "tcp dport 1001 drop\n",
            "tcp dport 1002 meta nfproto ipv4 reject with icmp type port-unreachable\n",
            "tcp dport 1003 meta nfproto ipv4 reject with icmp type admin-prohibited\n",
            "tcp dport 1002 meta nfproto ipv6 reject with icmpv6 type port-unreachable\n",
            "tcp dport 1003 meta nfproto ipv6 reject with icmpv6 type admin-prohibited\n",
            "}; }",
        ));
        let cases = [Path::SERVER, Path::SERVER6].into_iter().flat_map(|server| {
            [(1001, "drop"), (1002, "port-unreachable"), (1003, "admin-prohibited")].map(|(port, rule)| {
                Case::new(&format!("own firewall, {rule}, {server}"), server, port, "unknown connect local_policy by this host")
            })
        });
        check(&cases.collect::<Vec<_>>());
    });
}

#[test]
fn no_source_address() {
    inside(|| {
        let _path = Path::new();
        let wanted = "unknown connect no_source_address";
        check(&[
            Case::new("foreign source", Path::SERVER, 80, wanted).with("source", "10.77.1.200"),
            Case::new("foreign source, IPv6", Path::SERVER6, 80, wanted).with("source", "fd77:1::200"),
        ]);
    });
}

#[test]
fn no_interface() {
    inside(|| {
        let _path = Path::new();
        check(&[
            Case::new("no such interface", Path::SERVER, 80, "unknown connect no_route").with("interface", "eth7"),
            Case::new("the interface leads elsewhere", Path::SERVER6, 80, "unknown connect no_route").with("interface", "lo"),
        ]);
    });
}

#[test]
fn no_permission() {
    inside(|| {
        let path = Path::new();
        let marked = |wanted: &str| Case::new("mark", Path::SERVER, 80, wanted).with("mark", "7").within(Duration::from_secs(2));
        check(&[marked("down connect refused by 10.77.2.2")]);
        path.client.run(|| {
            give_up_capabilities();
            check(&[marked("unknown connect no_permission")]);
        });
    });
}

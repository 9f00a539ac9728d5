//! The server is the target: its silence and its refusals are its own, our lacks are ours.

use std::fs::File;

use allswell_probe::Environment;
use allswell_testkit::namespace::path::Path;
use allswell_testkit::namespace::{inside, limit_descriptors};

use crate::ask::{check, check_on, runtime};

#[test]
fn what_routers_and_hosts_say() {
    inside(|| {
        let path = Path::new();
        path.router.nft(concat!(
            "table inet f { chain c { type filter hook forward priority 0;\n",
            "udp dport 1001 drop\n",
            "udp dport 1002 meta nfproto ipv4 reject with icmp type admin-prohibited\n",
            "udp dport 1002 meta nfproto ipv6 reject with icmpv6 type admin-prohibited\n",
            "udp dport 1003 meta nfproto ipv4 reject with icmp type host-unreachable\n",
            "udp dport 1003 meta nfproto ipv6 reject with icmpv6 type no-route\n",
            "}; }",
        ));
        check(
            &Environment::new(),
            &[
                ("dns://10.77.2.2:1000/x.example", &[], "down reply refused by 10.77.2.2"),
                ("dns://[fd77:2::2]:1000/x.example", &[], "down reply refused by fd77:2::2"),
                ("dns://10.77.2.2:1001/x.example", &[], "down reply timed_out"),
                ("dns://[fd77:2::2]:1001/x.example", &[], "down reply timed_out"),
                ("dns://10.77.2.2:1002/x.example", &[], "down reply prohibited by 10.77.1.1"),
                ("dns://[fd77:2::2]:1002/x.example", &[], "down reply prohibited by fd77:1::1"),
                ("dns://10.77.2.2:1003/x.example", &[], "down reply unreachable by 10.77.1.1"),
                ("dns://[fd77:2::2]:1003/x.example", &[], "down reply unreachable by fd77:1::1"),
                ("dns://10.77.1.99/x.example", &[], "down reply unreachable"),
            ],
        );
    });
}

#[test]
fn our_own_lacks() {
    inside(|| {
        let path = Path::new();
        path.client.nft(concat!(
            "table inet f { chain c { type filter hook output priority 0;\n",
            "udp dport 1001 drop\n",
            "udp dport 1002 meta nfproto ipv4 reject with icmp type admin-prohibited\n",
            "udp dport 1002 meta nfproto ipv6 reject with icmpv6 type admin-prohibited\n",
            "}; }",
        ));
        path.client.ip("route add unreachable 192.0.2.1\n");
        check(
            &Environment::new(),
            &[
                ("dns://10.77.2.2:1001/x.example", &[], "unknown send local_policy by this host"),
                ("dns://[fd77:2::2]:1001/x.example", &[], "unknown send local_policy by this host"),
                ("dns://10.77.2.2:1002/x.example", &[], "unknown send local_policy by this host"),
                ("dns://[fd77:2::2]:1002/x.example", &[], "unknown send local_policy by this host"),
                ("dns://192.0.2.1/x.example", &[], "unknown send no_route"),
                ("dns://10.77.2.2/x.example", &[("source", "10.77.1.200")], "unknown send no_source_address"),
                ("dns://10.77.2.2/x.example", &[("interface", "absent0")], "unknown send no_route"),
            ],
        );
    });
}

#[test]
fn the_gateway_is_gone() {
    inside(|| {
        let path = Path::new();
        path.client.ip("route replace default via 10.77.1.77\nroute replace default via fd77:1::77 dev c0\n");
        check(
            &Environment::new(),
            &[
                ("dns://10.77.2.2/x.example", &[], "unknown reply no_gateway"),
                ("dns://[fd77:2::2]/x.example", &[], "unknown reply no_gateway"),
            ],
        );
    });
}

#[test]
fn no_descriptors() {
    inside(|| {
        let runtime = runtime();
        limit_descriptors(64);
        let held: Vec<_> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
        let environment = Environment::new();
        check_on(
            &runtime,
            &environment,
            &[
                ("dns://127.0.0.1/x.example", &[], "unknown send no_descriptors"),
                ("dns+tcp://127.0.0.1/x.example", &[], "unknown connect no_descriptors"),
                ("dns://ns.example/x.example", &[("resolver", "127.0.0.1")], "unknown resolve no_descriptors"),
            ],
        );
        drop(held);
        check_on(&runtime, &environment, &[("dns://127.0.0.1/x.example", &[], "down reply refused by 127.0.0.1")]);
    });
}

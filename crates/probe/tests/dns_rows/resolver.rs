//! The resolver is ours: whatever becomes of it, the target is unknown, and nobody else is delayed.

use std::time::Duration;

use allswell_probe::{Environment, Sources};
use allswell_testkit::namespace::inside;
use allswell_testkit::namespace::path::Path;

use crate::ask::{BRIEF, check};

/// By so much who need not wait for silence ends before who must.
const SOONER: Duration = Duration::from_millis(500);

#[test]
fn whatever_becomes_of_the_resolver_the_target_is_unknown() {
    inside(|| {
        let path = Path::new();
        path.router.nft(concat!(
            "table inet f { chain c { type filter hook forward priority 0;\n",
            "udp dport 1001 drop\n",
            "udp dport 1002 reject with icmpx type admin-prohibited\n",
            "}; }",
        ));
        path.client.nft("table inet f { chain c { type filter hook output priority 0; udp dport 1003 drop; }; }");
        path.client.ip("route add unreachable 192.0.2.1\n");
        let results = check(
            &Environment::new(),
            &[
                ("tcp://a.example:80", &[("resolver", "10.77.2.2:1000")], "unknown resolve resolver_unreachable by 10.77.2.2:1000"),
                ("tcp://b.example:80", &[("resolver", "10.77.2.2:1001")], "unknown resolve resolver_timed_out by 10.77.2.2:1001"),
                ("tcp://c.example:80", &[("resolver", "10.77.2.2:1002")], "unknown resolve resolver_unreachable by 10.77.2.2:1002"),
                ("tcp://d.example:80", &[("resolver", "10.77.2.2:1003")], "unknown resolve local_policy by this host"),
                ("tcp://e.example:80", &[("resolver", "192.0.2.1")], "unknown resolve resolver_unreachable by 192.0.2.1"),
                ("tcp://10.77.2.2:80", &[], "down connect refused by 10.77.2.2"),
            ],
        );
        let took: Vec<_> = results.iter().map(|result| result.duration).collect();
        assert!(took[0] < BRIEF - SOONER && took[5] < BRIEF - SOONER, "only the silent one takes its time: {took:?}");
    });
}

#[test]
fn without_a_file_the_resolver_of_this_host_is_meant() {
    inside(|| {
        let sources = Sources { hosts: "/nonexistent".into(), resolv_conf: "/nonexistent".into(), port: 53 };
        let results = check(
            &Environment::resolving_by(&sources),
            &[("tcp://a.example:80", &[], "unknown resolve resolver_unreachable by 127.0.0.1")],
        );
        assert!(
            results[0].reason.starts_with("Not judged: resolver 127.0.0.1 cannot be asked: host 127.0.0.1 refuses"),
            "{}",
            results[0].reason
        );
    });
}

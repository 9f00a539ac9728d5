//! What this process may do: found by trying, and tried again.

use std::net::IpAddr;
use std::process::Command;

use allswell_testkit::namespace::path::Path;
use allswell_testkit::namespace::{give_up_capabilities, inside};

use crate::ask::{Ask, BRIEF, Prober, counts, sockets};

const BOTH: [IpAddr; 2] = [Path::SERVER, Path::SERVER6];

/// No program called `ping` can be started any more.
fn without_ping(path: &Path) {
    path.client.must("sh", &["-c", "ping=$(command -v ping) || exit 0; mount --bind /dev/null \"$ping\""]);
}

#[test]
fn nothing_is_permitted() {
    inside(|| {
        let path = Path::new();
        without_ping(&path);
        path.client.run(|| {
            give_up_capabilities();
            let prober = Prober::new();
            for target in BOTH.into_iter().chain(BOTH) {
                let result = prober.expect(Ask::of(target), "unknown send no_permission");
                for remedy in ["net.ipv4.ping_group_range=\"0 2147483647\"", "setcap cap_net_raw+ep /", "capabilities.add: [NET_RAW]"] {
                    assert!(result.reason.contains(remedy), "{}", result.reason);
                }
            }
        });
    });
}

#[test]
fn the_unprivileged_socket_needs_no_capability() {
    inside(|| {
        let path = Path::new();
        path.client.sysctl("net.ipv4.ping_group_range", "0 0");
        path.client.run(|| {
            give_up_capabilities();
            let prober = Prober::new();
            for target in BOTH {
                prober.expect(Ask::of(target), "up");
            }
            assert_eq!([sockets("icmp"), sockets("icmp6"), sockets("raw"), sockets("raw6")], [1, 1, 0, 0]);
            prober.expect(Ask::of(Path::SERVER).by(&[("mark", "7")]), "unknown send no_permission");
            prober.expect(Ask::of(Path::SERVER).by(&[("source", "10.77.1.2"), ("interface", "c0")]), "up");
        });
    });
}

#[test]
fn the_systems_program_is_the_last_way() {
    inside(|| {
        if !Command::new("ping").arg("-V").output().is_ok_and(|output| output.status.success()) {
            println!("skipped, because this machine has no ping of iputils");
            assert!(std::env::var("CI").as_deref() != Ok("true"), "a test may not be skipped with CI=true");
            return;
        }
        let path = Path::new();
        path.client.run(|| {
            give_up_capabilities();
            let prober = Prober::new();
            for target in BOTH {
                let result = prober.expect(Ask::of(target).set(&[("count", "2")]), "up");
                assert_eq!(counts(&result), [2.0, 2.0, 0.0]);
            }
            assert_eq!([sockets("icmp"), sockets("icmp6"), sockets("raw"), sockets("raw6")], [0; 4]);
            let result = prober.expect(Ask::of(Path::SERVER).set(&[("ttl", "1")]).within(4 * BRIEF), "down reply unreachable by 10.77.1.1");
            assert!(result.reason.contains("ran out of their 1 hops"), "{}", result.reason);
            path.client.ip("route del default");
            prober.expect(Ask::of(Path::SERVER), "unknown send no_route");
        });
    });
}

#[test]
fn a_lost_runtime_takes_only_its_sockets() {
    inside(|| {
        let path = Path::new();
        let first = Prober::new();
        first.expect(Ask::of(Path::SERVER), "up");
        let environment = std::sync::Arc::clone(&first.environment);
        drop(first);
        let second = Prober { environment, ..Prober::new() };
        second.expect(Ask::of(Path::SERVER), "up");
        assert_eq!(sockets("raw"), 1);
        drop(path);
    });
}

//! Our own faults: whatever we lack, the target is unknown, never down.

use std::fs::File;
use std::net::IpAddr;

use allswell_testkit::namespace::path::Path;
use allswell_testkit::namespace::{inside, limit_descriptors};

use crate::ask::{Ask, BRIEF, Prober, figure, with_each_kind};

const BOTH: [IpAddr; 2] = [Path::SERVER, Path::SERVER6];

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn our_own_firewall() {
    inside(|| {
        let path = Path::new();
        with_each_kind(&path, |prober| {
            for (rule, wanted) in [("drop", "unknown send local_policy by this host"), ("reject", "unknown send local_policy by this host")]
            {
                path.client.nft(&format!(
                    "table inet f {{ chain c {{ type filter hook output priority 0; oif \"c0\" meta l4proto {{ icmp, icmpv6 }} \
                     icmp type echo-request {rule}; oif \"c0\" icmpv6 type echo-request {rule}; }}; }}"
                ));
                for target in BOTH {
                    prober.expect(Ask::of(target), wanted);
                }
                path.client.nft("delete table inet f");
            }
            for target in BOTH {
                prober.expect(Ask::of(target), "up");
            }
        });
    });
}

#[test]
fn no_route() {
    inside(|| {
        let path = Path::new();
        path.client.ip(concat!(
            "route del default\nroute del default via fd77:1::1 dev c0\n",
            "route add unreachable 10.88.1.0/24\nroute add blackhole 10.88.2.0/24\nroute add prohibit 10.88.3.0/24\n",
            "route add unreachable fd88:1::/64\nroute add blackhole fd88:2::/64\nroute add prohibit fd88:3::/64\n",
        ));
        with_each_kind(&path, |prober| {
            for target in
                BOTH.into_iter().chain(["10.88.1.1", "10.88.2.1", "10.88.3.1", "fd88:1::1", "fd88:2::1", "fd88:3::1"].map(address))
            {
                prober.expect(Ask::of(target), "unknown send no_route");
            }
        });
    });
}

#[test]
fn no_neighbour() {
    inside(|| {
        let path = Path::new();
        with_each_kind(&path, |prober| {
            for text in ["10.77.1.99", "fd77:1::99"] {
                let brief = prober.expect(Ask::of(address(text)).within(BRIEF), "down reply unreachable");
                assert!(brief.reason.starts_with("Nobody on c0 answers "), "{}", brief.reason);
                let told = prober.expect(Ask::of(address(text)), "down reply unreachable by this host");
                assert!(told.reason.starts_with("Nobody on c0 answers "), "{}", told.reason);
            }
        });
    });
}

#[test]
fn no_gateway() {
    inside(|| {
        let path = Path::new();
        path.client.ip("route replace default via 10.77.1.77\nroute replace default via fd77:1::77 dev c0\n");
        with_each_kind(&path, |prober| {
            for target in BOTH {
                prober.expect(Ask::of(target).within(BRIEF), "unknown reply no_gateway");
                let told = prober.expect(Ask::of(target), "unknown reply no_gateway by this host");
                assert!(told.reason.contains("our gateway "), "{}", told.reason);
            }
        });
    });
}

#[test]
fn no_carrier() {
    inside(|| {
        let path = Path::new();
        path.router.ip("link set r0 down");
        with_each_kind(&path, |prober| {
            for target in BOTH {
                let result = prober.expect(Ask::of(target).within(BRIEF), "unknown reply no_gateway");
                assert!(result.reason.contains("c0 has no carrier"), "{}", result.reason);
            }
        });
    });
}

#[test]
fn no_descriptors() {
    inside(|| {
        let path = Path::new();
        limit_descriptors(64);
        let prober = Prober::new();
        let held: Vec<_> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
        let result = prober.expect(Ask::of(Path::SERVER), "unknown send no_descriptors");
        assert_eq!(result.reason, "Not probed: our 64 descriptors are used up; raise LimitNOFILE.");
        drop(held);
        prober.expect(Ask::of(Path::SERVER), "up");
        drop(path);
    });
}

#[test]
fn replies_that_the_kernel_threw_away_are_not_the_targets_fault() {
    inside(|| {
        let path = Path::new();
        let prober = Prober::new();
        prober.expect(Ask::of(Path::SERVER), "up");
        let result = prober.runtime.block_on(async {
            let flood = prober.probe(Ask::of(Path::SERVER).set(&[("count", "20"), ("gap", "0s"), ("size", "60000")]));
            flood.await
        });
        // Whether the buffer was large enough is the machine's business; a loss is never the target's.
        let lost = result.outcome.is_up() && figure(&result, "loss") > 0.0;
        assert!(!lost && result.outcome.word() != "down", "{result:?}");
        drop(path);
    });
}

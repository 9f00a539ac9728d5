//! Our own faults: whatever we lack, the target is unknown, never down.

use std::fs::File;
use std::net::IpAddr;

use allswell_testkit::namespace::path::Path;
use allswell_testkit::namespace::{inside, limit_descriptors};

use crate::ask::{Ask, BRIEF, Prober, figure, met, shown, with_each_kind};

const BOTH: [IpAddr; 2] = [Path::SERVER, Path::SERVER6];

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn our_own_firewall() {
    inside(|| {
        let path = met();
        with_each_kind(&path, |prober| {
            for rule in ["drop", "reject"] {
                path.client.nft(&format!(
                    "table inet f {{ chain c {{ type filter hook output priority 0;\n\
                     oif \"c0\" icmp type echo-request {rule}\noif \"c0\" icmpv6 type echo-request {rule}\n}}; }}"
                ));
                for target in BOTH {
                    let result = prober.runtime.block_on(prober.probe(Ask::of(target).within(BRIEF)));
                    // Only an IPv6 datagram socket sends without a word; there the stage is `reply`.
                    let words = shown(&result).replace("reply", "send");
                    assert_eq!(words, "unknown send local_policy by this host", "{target}: {}", result.reason);
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
        let path = met();
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
        let path = met();
        with_each_kind(&path, |prober| {
            let asks = ["10.77.1.99", "fd77:1::99"].map(|text| Ask::of(address(text)));
            let brief = prober.expect_all(asks.map(|ask| ask.within(BRIEF)), "down reply unreachable");
            let told = prober.expect_all(asks, "down reply unreachable by this host");
            for result in brief.iter().chain(&told) {
                assert!(result.reason.starts_with("Nobody on c0 answers "), "{}", result.reason);
            }
        });
    });
}

#[test]
fn no_gateway() {
    inside(|| {
        let path = met();
        path.client.ip("route replace default via 10.77.1.77\nroute replace default via fd77:1::77 dev c0\n");
        with_each_kind(&path, |prober| {
            let brief = prober.expect_all(BOTH.map(|target| Ask::of(target).within(BRIEF)), "unknown reply no_gateway");
            let told = prober.expect_all(BOTH.map(Ask::of), "unknown reply no_gateway by this host");
            for result in brief.iter().chain(&told) {
                assert!(result.reason.contains("our gateway "), "{}", result.reason);
            }
        });
    });
}

#[test]
fn no_carrier() {
    inside(|| {
        let path = met();
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
        let path = met();
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
        let path = met();
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

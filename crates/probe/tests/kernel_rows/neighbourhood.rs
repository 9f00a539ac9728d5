//! Row C20 and its relatives: nobody answers on our own link. The target is down only when it is that neighbour itself.

use std::net::IpAddr;
use std::time::Duration;

use allswell_testkit::namespace::inside;
use allswell_testkit::namespace::path::Path;

use crate::ask::{Case, check};

/// Shorter than the kernel's three seconds: the probe has to look for itself.
const BRIEF: Duration = Duration::from_secs(1);

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn the_target_is_the_neighbour() {
    inside(|| {
        let _path = Path::new();
        let (four, six) = (address("10.77.1.99"), address("fd77:1::99"));
        let wanted = "down connect unreachable by this host";
        let results = check(&[
            Case::new("C20 ARP fails", four, 80, wanted),
            Case::new("C20 neighbour discovery fails", six, 80, wanted),
            Case::new("C20 before the kernel gives up", four, 81, "down connect unreachable").within(BRIEF),
            Case::new("C20 before the kernel gives up, IPv6", six, 81, "down connect unreachable").within(BRIEF),
        ]);
        assert!(results[0].reason.starts_with("Nobody on c0 answers ARP for 10.77.1.99 (3."), "{}", results[0].reason);
        assert!(results[2].duration < BRIEF + Duration::from_millis(500));
    });
}

#[test]
fn the_gateway_is_gone() {
    inside(|| {
        let path = Path::new();
        path.client.ip("route replace default via 10.77.1.77\nroute replace default via fd77:1::77 dev c0\n");
        let wanted = "unknown connect no_gateway by this host";
        let results = check(&[
            Case::new("gateway gone", Path::SERVER, 80, wanted),
            Case::new("gateway gone, IPv6", Path::SERVER6, 80, wanted),
            Case::new("gateway gone, before the kernel gives up", Path::SERVER, 81, "unknown connect no_gateway").within(BRIEF),
            Case::new("gateway gone, before, IPv6", Path::SERVER6, 81, "unknown connect no_gateway").within(BRIEF),
        ]);
        assert!(results[0].reason.contains("our gateway 10.77.1.77 on c0 does not answer ARP"), "{}", results[0].reason);
    });
}

#[test]
fn the_cable_is_gone() {
    inside(|| {
        let path = Path::new();
        path.router.ip("link set r0 down");
        let wanted = "unknown connect no_gateway";
        let results = check(&[
            Case::new("no carrier", Path::SERVER, 80, wanted).within(BRIEF),
            Case::new("no carrier, IPv6", Path::SERVER6, 80, wanted).within(BRIEF),
            Case::new("no carrier, on-link target", address("10.77.1.99"), 80, wanted).within(BRIEF),
            Case::new("no carrier, on-link target, IPv6", address("fd77:1::99"), 80, wanted).within(BRIEF),
        ]);
        assert!(results.iter().all(|result| result.reason.contains("c0 has no carrier")), "{results:?}");
    });
}

#[test]
fn our_own_interface_is_down() {
    inside(|| {
        let path = Path::new();
        path.client.ip("link set c0 down");
        check(&[
            Case::new("interface down", Path::SERVER, 80, "unknown connect no_route"),
            Case::new("interface down, IPv6", Path::SERVER6, 80, "unknown connect no_route"),
        ]);
    });
}

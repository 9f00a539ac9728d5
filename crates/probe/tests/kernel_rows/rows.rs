//! The rows C02 to C19, C21 and D00 to D6: what the target, a router, or our own routing table says at once.

use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::time::Duration;

use allswell_testkit::impair::{Answer, Injector};
use allswell_testkit::namespace::inside;
use allswell_testkit::namespace::path::Path;
use allswell_testkit::namespace::space::Space;

use crate::ask::{Case, check};

#[test]
fn the_target_itself_answers() {
    inside(|| {
        let path = Path::new();
        let listeners = path.server.run(|| [Path::SERVER, Path::SERVER6].map(|at| TcpListener::bind((at, 80)).unwrap()));
        let results = check(&[
            Case::new("C02 connect ok", Path::SERVER, 80, "up"),
            Case::new("C02 connect ok, IPv6", Path::SERVER6, 80, "up"),
            Case::new("C03 refused RST", Path::SERVER, 81, "down connect refused by 10.77.2.2"),
            Case::new("C03 refused RST, IPv6", Path::SERVER6, 81, "down connect refused by fd77:2::2"),
        ]);
        drop(listeners);
        assert!(results.iter().all(|result| result.duration < Duration::from_secs(1)));
    });
}

#[test]
fn silence() {
    inside(|| {
        let path = Path::new();
        path.router.nft("table inet f { chain c { type filter hook forward priority 0; tcp dport 1004 drop; }; }");
        path.client.sysctl("net.ipv4.tcp_syn_retries", "1");
        let too_big = |port, kind, code| Answer { port, kind, code, word: 1400 };
        let _injector = Injector::start(&path.router, &[too_big(1204, 3, 4), too_big(1302, 2, 0)], Duration::from_millis(50));
        let brief = Duration::from_millis(1500);
        let results = check(&[
            Case::new("C04 SYN dropped, the kernel gives up", Path::SERVER, 1004, "down connect timed_out"),
            Case::new("C04 SYN dropped, IPv6", Path::SERVER6, 1004, "down connect timed_out"),
            Case::new("C05 SYN dropped, our deadline", Path::SERVER, 1004, "down connect timed_out").within(brief),
            Case::new("C05 SYN dropped, IPv6", Path::SERVER6, 1004, "down connect timed_out").within(brief),
            Case::new("D04 icmp 3/4 frag-needed", Path::SERVER, 1204, "down connect timed_out").within(brief),
            Case::new("D6-2/0 icmp6 too big", Path::SERVER6, 1302, "down connect timed_out").within(brief),
        ]);
        assert!(results[0].duration > Duration::from_secs(3), "the kernel's two SYNs take 1 + 2 s");
        for result in &results[2..] {
            assert!(result.duration < brief + Duration::from_millis(500), "{:?}", result.duration);
            assert!(result.reason.contains("2 SYNs"), "{}", result.reason);
        }
    });
}

/// A router on our own link answers within the call of `connect`; IPv6 tells it only with the next SYN, a second later.
#[test]
fn icmp_within_connect() {
    const ROWS: [(&str, bool, &str, &str); 10] = [
        ("C06", false, "icmp type net-unreachable", "unreachable"),
        ("C07", false, "icmp type host-unreachable", "unreachable"),
        ("C08", false, "icmp type port-unreachable", "refused"),
        ("C09", false, "icmp type prot-unreachable", "unreachable"),
        ("C10", false, "icmp type admin-prohibited", "prohibited"),
        ("C11", false, "icmp type net-prohibited", "prohibited"),
        ("C12", true, "icmpv6 type no-route", "unreachable"),
        ("C13", true, "icmpv6 type admin-prohibited", "prohibited"),
        ("C14", true, "icmpv6 type addr-unreachable", "unreachable"),
        ("C15", true, "icmpv6 type port-unreachable", "refused"),
    ];
    inside(|| {
        let path = Path::new();
        let rule = |(port, (_, _, answer, _)): (u16, &(&str, bool, &str, &str))| format!("tcp dport {port} reject with {answer};");
        let rules: String = (1006..).zip(&ROWS).map(rule).collect();
        path.router.nft(&format!("table inet f {{ chain c {{ type filter hook forward priority 0; {rules} }}; }}"));
        let case = |(port, (name, six, answer, cause)): (u16, &(&str, bool, &str, &str))| {
            let (server, router) = if *six { (Path::SERVER6, Path::ROUTER6) } else { (Path::SERVER, Path::ROUTER) };
            Case::new(&format!("{name} {answer}"), server, port, &format!("down connect {cause} by {router}"))
        };
        check(&(1006..).zip(&ROWS).map(case).collect::<Vec<_>>());
    });
}

#[test]
fn our_own_routing_table() {
    inside(|| {
        let path = Path::new();
        path.client.ip(concat!(
            "route add unreachable 10.78.17.0/24\nroute add blackhole 10.78.18.0/24\nroute add prohibit 10.78.19.0/24\n",
            "route add unreachable fd78:17::/64\nroute add blackhole fd78:18::/64\nroute add prohibit fd78:19::/64\n",
        ));
        let mut cases = Vec::new();
        for (name, last) in [("C17 unreachable route", "17"), ("C18 blackhole route", "18"), ("C19 prohibit route", "19")] {
            for host in [format!("10.78.{last}.1"), format!("fd78:{last}::1")] {
                cases.push(Case::new(name, host.parse().unwrap(), 80, "unknown connect no_route"));
            }
        }
        check(&cases);
        path.client.ip("route del default via 10.77.1.1\nroute del default via fd77:1::1\n");
        let results = check(&[
            Case::new("C16 no local route", Path::SERVER, 80, "unknown connect no_route"),
            Case::new("C16 no local route, IPv6", Path::SERVER6, 80, "unknown connect no_route"),
        ]);
        assert!(results.iter().all(|result| result.duration < Duration::from_millis(500)));
    });
}

/// With one ephemeral port a socket that connects to that very port connects to itself.
#[test]
fn connected_to_oneself() {
    inside(|| {
        Space::own().sysctl("net.ipv4.ip_local_port_range", "50001 50001");
        let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
        check(&[Case::new("C21 self-connect", loopback, 50001, "down connect refused by 127.0.0.1")]);
    });
}

/// The error comes some time after the packet, as on a real network.
#[test]
fn icmp_from_afar() {
    const ROWS: [(&str, u8, u8, &str); 10] = [
        ("D00 net-unreach", 3, 0, "unreachable"),
        ("D01 host-unreach", 3, 1, "unreachable"),
        ("D02 proto-unreach", 3, 2, "unreachable"),
        ("D03 port-unreach", 3, 3, "refused"),
        ("D05 src-route-failed", 3, 5, "unreachable"),
        ("D09 net-prohib", 3, 9, "prohibited"),
        ("D10 host-prohib", 3, 10, "prohibited"),
        ("D13 admin-prohib", 3, 13, "prohibited"),
        ("D20 ttl", 11, 0, "unreachable"),
        ("D21 param", 12, 0, "unreachable"),
    ];
    const ROWS6: [(&str, u8, u8, &str); 9] = [
        ("D6-1/0 noroute", 1, 0, "unreachable"),
        ("D6-1/1 admin", 1, 1, "prohibited"),
        ("D6-1/2 beyond scope", 1, 2, "unreachable"),
        ("D6-1/3 addr", 1, 3, "unreachable"),
        ("D6-1/4 port", 1, 4, "refused"),
        ("D6-1/5 policy", 1, 5, "prohibited"),
        ("D6-1/6 reject route", 1, 6, "prohibited"),
        ("D6-3/0 hoplimit", 3, 0, "unreachable"),
        ("D6-4/0 param", 4, 0, "unreachable"),
    ];
    inside(|| {
        let path = Path::new();
        let four = (1200..).zip(&ROWS).map(|(port, row)| (port, row, Path::SERVER, Path::ROUTER));
        let six = (1300..).zip(&ROWS6).map(|(port, row)| (port, row, Path::SERVER6, Path::ROUTER6));
        let rows: Vec<_> = four.chain(six).collect();
        let answers: Vec<_> = rows.iter().map(|&(port, &(_, kind, code, _), ..)| Answer { port, kind, code, word: 0 }).collect();
        let _injector = Injector::start(&path.router, &answers, Duration::from_millis(50));
        let case = |&(port, &(name, _, _, cause), server, router): &(u16, &(&str, u8, u8, &str), IpAddr, IpAddr)| {
            Case::new(name, server, port, &format!("down connect {cause} by {router}"))
        };
        let results = check(&rows.iter().map(case).collect::<Vec<_>>());
        assert!(results.iter().all(|result| result.duration > Duration::from_millis(50)));
    });
}

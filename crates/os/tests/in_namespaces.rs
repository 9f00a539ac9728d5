//! Routes, neighbours and listeners of a network that the test itself lays.

use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::time::{Duration, Instant};

use allswell_os::route::{Gateway, Route};
use allswell_os::socket::{Via, begin_connect};
use allswell_os::{errno, listening, neighbour, route};
use allswell_testkit::namespace::inside;
use allswell_testkit::namespace::path::Path;
use allswell_testkit::namespace::space::Space;

/// 192.0.2.0/24 and 2001:db8::/32 are for documentation: whatever has such an address is beyond every router.
const AFAR: [&str; 2] = ["192.0.2.1", "2001:db8::1"];

fn address(text: &str) -> IpAddr {
    text.parse().unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
}

#[test]
fn the_way_through_a_gateway() {
    inside(|| {
        let _path = Path::new();
        for (to, source, gateway) in [(Path::SERVER, Path::CLIENT, Path::ROUTER), (Path::SERVER6, Path::CLIENT6, Path::ROUTER6)] {
            let way = route::lookup(to, &Via::default()).unwrap();
            let index = way.index;
            let wanted = Route { source: Some(source), gateway: Some(gateway), interface: "c0".into(), index, carrier: true, local: false };
            assert_eq!(way, wanted);
            assert_eq!(route::lookup(gateway, &Via::default()).unwrap(), Route { gateway: None, ..wanted });
        }
    });
}

#[test]
fn the_gateways_of_both_families() {
    inside(|| {
        assert_eq!(route::default_gateways().unwrap(), []);
        let path = Path::new();
        let gateway = |address| Gateway { address, interface: "c0".into() };
        assert_eq!(route::default_gateways().unwrap(), [gateway(Path::ROUTER), gateway(Path::ROUTER6)]);
        path.client.ip(concat!(
            "route replace default nexthop via 10.77.1.1 nexthop via 10.77.1.3\n",
            "route add default via 10.77.1.1 metric 7\nroute add default via 10.77.1.9 table 100\n",
            "route replace default via fe80::1 dev c0\n",
        ));
        let wanted = ["10.77.1.1", "10.77.1.3", "fe80::1"].map(|text| gateway(address(text)));
        assert_eq!(route::default_gateways().unwrap(), wanted);
    });
}

#[test]
fn the_mark_and_the_interface_choose_the_way() {
    inside(|| {
        let path = Path::new();
        path.client.ip("route add default via 10.77.1.9 table 100\nrule add fwmark 7 lookup 100\n");
        let gateway = |via: &Via| route::lookup(address(AFAR[0]), via).map(|way| way.gateway);
        assert_eq!(gateway(&Via::default()).unwrap(), Some(Path::ROUTER));
        assert_eq!(gateway(&Via { mark: Some(7), ..Via::default() }).unwrap(), Some(address("10.77.1.9")));
        assert_eq!(gateway(&Via { source: Some(Path::CLIENT), ..Via::default() }).unwrap(), Some(Path::ROUTER));
    });
}

#[test]
fn no_way_is_the_error_that_connect_gives() {
    inside(|| {
        let space = Space::own();
        let agrees = |code: i32| {
            for to in AFAR.map(address) {
                assert_eq!(route::lookup(to, &Via::default()).unwrap_err().raw_os_error(), Some(code), "{to}");
                let refused = begin_connect((to, 80).into(), &Via::default()).unwrap_err();
                assert_eq!(refused.error.raw_os_error(), Some(code), "{to}");
            }
        };
        agrees(errno::ENETUNREACH);
        for (kind, code) in [("unreachable", errno::EHOSTUNREACH), ("blackhole", errno::EINVAL), ("prohibit", errno::EACCES)] {
            space.ip(&format!("route replace {kind} 192.0.2.0/24\nroute add {kind} 2001:db8::/32\n"));
            agrees(code);
            space.ip(&format!("route del {kind} 192.0.2.0/24\nroute del {kind} 2001:db8::/32\n"));
        }
    });
}

#[test]
fn a_link_without_its_other_end() {
    inside(|| {
        let path = Path::new();
        path.router.ip("link set r0 down");
        let way = route::lookup(Path::SERVER, &Via::default()).unwrap();
        assert_eq!((way.interface.as_str(), way.carrier), ("c0", false));
        assert_eq!(neighbour::missing(Path::SERVER, &Via::default()).unwrap().interface, "c0");
    });
}

#[test]
fn a_neighbour_is_missing_once_it_was_asked_for() {
    inside(|| {
        let _path = Path::new();
        for to in ["10.77.1.99", "fd77:1::99"].map(address) {
            assert_eq!(neighbour::missing(to, &Via::default()), None, "nobody has asked for {to} yet");
            let _asking = begin_connect((to, 80).into(), &Via::default()).unwrap();
            let deadline = Instant::now() + Duration::from_secs(5);
            while neighbour::missing(to, &Via::default()).is_none() {
                assert!(Instant::now() < deadline, "{to}");
                std::thread::yield_now();
            }
        }
    });
}

#[test]
fn the_listeners_of_this_namespace_and_no_others() {
    inside(|| {
        let listeners = ["0.0.0.0:1080", "127.0.0.1:80", "[::1]:81"].map(|at| TcpListener::bind(at).unwrap());
        let found: Vec<_> = listening::tcp_services().unwrap().into_iter().map(|service| service.address).collect();
        assert_eq!(found, listeners.map(|listener| listener.local_addr().unwrap()));
    });
}

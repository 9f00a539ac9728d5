//! The loopback's routes, and entries written by hand.

use super::*;

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

#[test]
fn the_loopback_is_ours() {
    for address in [LOOPBACK, Ipv6Addr::LOCALHOST.into()] {
        let route = lookup(address, &Via::default()).unwrap();
        assert_eq!((route.interface.as_str(), route.gateway, route.local, route.carrier), ("lo", None, true, true));
        assert_eq!(route.source, Some(address));
        assert!(is_local(address));
    }
    assert!(is_local(Ipv4Addr::new(127, 5, 6, 7).into()));
}

#[test]
fn a_documentation_address_is_not_ours() {
    assert!(!is_local(Ipv4Addr::new(192, 0, 2, 1).into()));
    assert!(!is_local(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).into()));
}

#[test]
fn asks_for_the_way_that_the_socket_would_take() {
    let source = Some(Ipv4Addr::new(127, 0, 0, 9).into());
    let route = lookup(LOOPBACK, &Via { source, interface: Some("lo".into()), mark: Some(7) }).unwrap();
    assert_eq!((route.source, route.interface.as_str()), (source, "lo"));
}

#[test]
fn an_interface_that_is_not_there() {
    let error = lookup(LOOPBACK, &Via { interface: Some("no-such-if".into()), ..Via::default() }).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(libc::ENODEV));
}

#[test]
fn the_default_gateways_can_be_read() {
    for gateway in default_gateways().unwrap() {
        assert!(!gateway.interface.is_empty());
        assert!(!gateway.address.is_unspecified());
    }
}

fn entry(kind: u8, bits: u8, rest: &[u8]) -> Entry {
    let mut body = vec![2, bits, 0, 0, libc::RT_TABLE_MAIN, 0, 0, kind, 0, 0, 0, 0];
    body.extend(rest);
    Entry::parse(&body).unwrap()
}

#[test]
fn several_hops() {
    let mut multipath = Vec::new();
    for (index, last) in [(3_u32, 1_u8), (4, 2)] {
        multipath.extend(16_u16.to_ne_bytes());
        multipath.extend([0, 0]);
        multipath.extend(index.to_ne_bytes());
        push_attribute(&mut multipath, libc::RTA_GATEWAY, &[10, 0, 0, last]);
    }
    let mut rest = Vec::new();
    push_attribute(&mut rest, libc::RTA_MULTIPATH, &multipath);
    let entry = entry(libc::RTN_UNICAST, 0, &rest);
    let hops: Vec<_> = entry.hops.iter().map(|hop| (hop.index, hop.gateway.unwrap().to_string())).collect();
    assert_eq!(hops, [(3, "10.0.0.1".to_owned()), (4, "10.0.0.2".to_owned())]);
    assert!(entry.is_default());
}

#[test]
fn a_router_of_the_other_family() {
    let mut via = (libc::AF_INET6 as u16).to_ne_bytes().to_vec();
    via.extend(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1).octets());
    let mut rest = Vec::new();
    push_attribute(&mut rest, libc::RTA_OIF, &2_u32.to_ne_bytes());
    push_attribute(&mut rest, RTA_VIA, &via);
    let entry = entry(libc::RTN_UNICAST, 24, &rest);
    assert_eq!(entry.hops[0].gateway, Some("fe80::1".parse().unwrap()));
    assert!(!entry.is_default());
}

#[test]
fn forbidding_routes_are_errors() {
    for (kind, errno) in
        [(libc::RTN_UNREACHABLE, libc::EHOSTUNREACH), (libc::RTN_BLACKHOLE, libc::EINVAL), (libc::RTN_PROHIBIT, libc::EACCES)]
    {
        assert_eq!(entry(kind, 32, &[]).refusal().unwrap_err().raw_os_error(), Some(errno));
    }
    assert!(entry(libc::RTN_UNICAST, 32, &[]).refusal().is_ok());
}

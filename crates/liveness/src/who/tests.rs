//! The speaker, from entries of the error queue.

use std::net::Ipv4Addr;

use super::*;

fn entry(said: Said, offender: Option<IpAddr>) -> QueuedError {
    QueuedError { errno: 113, said, kind: 3, code: 13, offender }
}

#[test]
fn an_offender_with_our_own_address_is_our_own_kernel() {
    let (router, own) = (IpAddr::from([10, 77, 1, 1]), IpAddr::from([10, 77, 1, 2]));
    let said = |said, offender| Who::of(Some(&entry(said, offender)), Some(own));
    assert_eq!(said(Said::Icmp, Some(router)), Who::Icmp { from: router, kind: 3, code: 13 });
    assert_eq!(said(Said::Icmp, Some(own)), Who::OurHost);
    assert_eq!(said(Said::Local, None), Who::OurHost);
    assert_eq!(said(Said::Other(4), Some(router)), Who::Unknown);
    assert_eq!(Who::of(None, Some(own)), Who::Unknown);
}

#[test]
fn rules_are_told_from_troubles() {
    let v4 = |code| Who::Icmp { from: Ipv4Addr::LOCALHOST.into(), kind: 3, code }.prohibits();
    assert_eq!((0..16).filter(|code| v4(*code)).collect::<Vec<_>>(), [9, 10, 13]);
    let v6 = |code| Who::Icmp { from: "::1".parse().unwrap(), kind: 1, code }.prohibits();
    assert_eq!((0..8).filter(|code| v6(*code)).collect::<Vec<_>>(), [1, 5, 6]);
    assert!(!Who::Peer.prohibits() && !Who::OurHost.prohibits());
}

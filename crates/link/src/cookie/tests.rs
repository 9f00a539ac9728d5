//! What a cookie binds, and for how long.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use super::*;

fn secrets(seed: u8) -> Secrets {
    Secrets::new(&[seed; 32])
}

fn claim() -> Claim {
    Claim { peer: Node(2), address: (Ipv4Addr::LOCALHOST, 8421).into(), initiator: SessionId(11), generation: 5 }
}

const NOW: Moment = Moment(1_000_000_000_000);

/// LINK-9.
#[test]
fn it_is_good_for_what_it_was_baked_for_and_nothing_else() {
    let (secrets, claim) = (secrets(1), claim());
    let ours = secrets.answer(&claim, NOW);
    let cookie = secrets.cookie(&claim, ours, NOW);
    assert!(secrets.is_ours(&cookie, &claim, ours, NOW));
    let others = [
        ("another peer", Claim { peer: Node(3), ..claim }),
        ("another address", Claim { address: (Ipv4Addr::new(127, 0, 0, 2), 8421).into(), ..claim }),
        ("another port", Claim { address: (Ipv4Addr::LOCALHOST, 8422).into(), ..claim }),
        ("another attempt", Claim { initiator: SessionId(12), ..claim }),
        ("used up", Claim { generation: 6, ..claim }),
        ("of before", Claim { generation: 4, ..claim }),
    ];
    for (what, other) in others {
        assert!(!secrets.is_ours(&cookie, &other, ours, NOW), "{what}");
        assert_ne!(secrets.answer(&other, NOW), ours, "{what}: its identity would be shared");
    }
    assert!(!secrets.is_ours(&cookie, &claim, SessionId(ours.0 ^ 1), NOW), "another identity");
    assert!(!self::secrets(2).is_ours(&cookie, &claim, ours, NOW), "of before our restart");
    for bit in 0..128 {
        let mut other = cookie;
        other[bit / 8] ^= 1 << (bit % 8);
        assert!(!secrets.is_ours(&other, &claim, ours, NOW), "bit {bit}");
    }
}

#[test]
fn it_is_good_for_ten_seconds_and_never_for_twenty() {
    let (secrets, claim) = (secrets(1), claim());
    for offset in 0..100 {
        let baked = NOW + COOKIE_FOR / 100 * offset;
        let ours = secrets.answer(&claim, baked);
        let cookie = secrets.cookie(&claim, ours, baked);
        assert!(secrets.is_ours(&cookie, &claim, ours, baked + COOKIE_FOR), "offset {offset}");
        assert!(!secrets.is_ours(&cookie, &claim, ours, baked + COOKIE_FOR * 2), "offset {offset}");
        let before = Moment(baked.0 - crate::time::nanos(COOKIE_FOR));
        assert!(!secrets.is_ours(&cookie, &claim, ours, before), "of the future, offset {offset}");
    }
    let (ours, early) = (secrets.answer(&claim, Moment(0)), Moment(0));
    assert!(secrets.is_ours(&secrets.cookie(&claim, ours, early), &claim, ours, early), "in the first ten seconds of a clock");
}

#[test]
fn an_address_is_the_same_in_both_its_forms() {
    let (secrets, four) = (secrets(1), claim());
    let six = Claim { address: (Ipv4Addr::LOCALHOST.to_ipv6_mapped(), 8421).into(), ..four };
    assert_eq!(secrets.answer(&four, NOW), secrets.answer(&six, NOW));
}

/// LINK-7.
#[test]
fn identities_are_new_each_time_and_never_none() {
    let (mut one, mut other) = (secrets(1), secrets(2));
    let ids: BTreeSet<_> = (0..5_000).flat_map(|_| [one.attempt(), other.attempt()]).collect();
    assert_eq!(ids.len(), 10_000);
    assert!(!ids.contains(&SessionId::NONE));
    assert_eq!(id_of(&[0; 16]), SessionId(1));
}

use std::net::Ipv4Addr;

use super::*;
use crate::key::{Key, node_of};

const NAMES: [&str; 2] = ["left", "right"];
const INTERVAL: Duration = Duration::from_millis(50);

fn address(end: usize) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 8421 + u16::try_from(end).unwrap()).into()
}

fn end(end: usize) -> Endpoint {
    let identity = Identity { node: node_of(NAMES[end]), boot: 1, seed: [u8::try_from(end).unwrap(); 32] };
    let mut endpoint = Endpoint::new(identity, KeyRing::new(vec![Key::new(1, b"a secret of the tests")]));
    endpoint.may_ask(false);
    endpoint.add(node_of(NAMES[1 - end]), address(1 - end), Terms::every(INTERVAL, 3));
    endpoint
}

/// Hands over what is under way until nothing is.
fn exchange(ends: &mut [Endpoint; 2], at: Moment) {
    let mut from = 0;
    for _ in 0..8 {
        let [one, other] = &mut *ends;
        let (sender, receiver) = if from == 0 { (one, other) } else { (other, one) };
        while let Some(packet) = sender.transmit() {
            let arrival = Arrival { from: address(from), at, stamp: Stamp(at.0) };
            // Both asked, and one of them has to give way.
            let _ = receiver.receive(&arrival, &packet.bytes);
        }
        from = 1 - from;
    }
}

/// Whoever waits for the next alarm knows whether a peer is judged then: not while it is heard, nor when its kernel is to be asked first.
#[test]
fn the_next_judgement_is_told_once_nothing_else_comes_before_it() {
    let begun = Moment(1_000_000_000_000);
    let mut ends = [end(0), end(1)];
    ends[0].tell(begun, node_of(NAMES[1]), Event::LinkUp);
    ends[1].tell(begun, node_of(NAMES[0]), Event::LinkUp);
    exchange(&mut ends, begun);
    let probed = begun + INTERVAL;
    ends.iter_mut().for_each(|end| end.run(probed, probed, Duration::ZERO));
    exchange(&mut ends, probed);
    let [one, _] = &mut ends;
    assert!(one.link(node_of(NAMES[1])).unwrap().session().is_some_and(|session| session.is_confirmed()));
    let missed = probed + INTERVAL + INTERVAL / 4;
    assert_eq!((one.next_alarm(), one.next_judgement()), (Some(missed), None));
    one.run(missed, missed, Duration::ZERO);
    let over = probed + INTERVAL * 3;
    assert_eq!((one.next_alarm(), one.next_judgement()), (Some(over), Some(over)));
    one.run(over, over, Duration::ZERO);
    assert!(one.link(node_of(NAMES[1])).unwrap().session().is_none(), "it was judged");
    assert_eq!(one.next_judgement(), None);
}

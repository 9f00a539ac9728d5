//! What is sent arrives when the channel says, in the order of arrival.

use std::time::Duration;

use super::*;
use crate::impairment::{Duplicate, Impairment, Probability, Reorder};

fn arrived(transit: &mut Transit, now_ns: u64) -> Vec<(u64, Vec<u8>)> {
    std::iter::from_fn(|| transit.arrived(now_ns)).map(|arrived| (arrived.at_ns, arrived.packet)).collect()
}

#[test]
fn packets_arrive_when_they_are_due_and_in_that_order() {
    let mut transit = Transit::new(Channel::with(1, Impairment::delayed(Duration::from_nanos(50))));
    assert_eq!(transit.next_ns(), None);
    transit.send(0, b"second");
    transit.channel.set(Impairment::default());
    assert_eq!((transit.next_ns(), transit.under_way()), (Some(50), 1));
    assert_eq!(transit.arrived(49), None);
    assert_eq!(arrived(&mut transit, 60), [(50, b"second".to_vec())]);
    assert_eq!((transit.next_ns(), transit.under_way()), (None, 0));
}

#[test]
fn of_those_that_arrive_together_the_first_sent_is_first() {
    let mut transit = Transit::new(Channel::with(1, Impairment::delayed(Duration::from_nanos(50))));
    [b"z", b"a", b"m"].into_iter().for_each(|packet| transit.send(0, packet));
    assert_eq!(arrived(&mut transit, 50).into_iter().map(|(_, packet)| packet).collect::<Vec<_>>(), [b"z", b"a", b"m"]);
}

#[test]
fn a_packet_held_back_comes_after_its_followers_and_a_duplicate_after_its_first() {
    let reorder = Reorder { share: Probability::ALWAYS, held: Duration::from_nanos(10) };
    let duplicate = Duplicate { share: Probability::ALWAYS, after: Duration::from_nanos(100) };
    let mut transit = Transit::new(Channel::with(1, Impairment { reorder, ..Impairment::default() }));
    transit.send(0, b"held");
    transit.channel.set(Impairment { duplicate, ..Impairment::default() });
    transit.send(5, b"twice");
    let wanted = [(5, &b"twice"[..]), (10, b"held"), (105, b"twice")];
    assert_eq!(arrived(&mut transit, 200), wanted.map(|(at, packet)| (at, packet.to_vec())));
}

//! Ratios and spans, over figures that were made up.

use super::*;
use crate::proof::By;
use crate::quiet::quiet;

const MS: Duration = Duration::from_millis(1);

fn sent(sent: u64, again: u64) -> TcpInfo {
    TcpInfo { bytes_sent: Some(sent), bytes_retransmitted: Some(again), ..quiet() }
}

fn limited(busy: u32, receiver: u32, send_buffer: u32) -> TcpInfo {
    let span = |ms| Some(MS * ms);
    TcpInfo { busy: span(busy), receiver_limited: span(receiver), send_buffer_limited: span(send_buffer), ..quiet() }
}

#[test]
fn of_what_was_sent_how_much_was_sent_again() {
    let ratio = |tcp: &TcpInfo| Figures::of(tcp).retransmit_ratio();
    assert_eq!(ratio(&sent(0, 0)), None, "nothing was sent");
    assert_eq!([sent(100, 0), sent(100, 25), sent(100, 100)].map(|tcp| ratio(&tcp)), [Some(0.0), Some(0.25), Some(1.0)]);
    assert_eq!(ratio(&TcpInfo { bytes_retransmitted: None, ..quiet() }), None, "an older kernel does not count");
    // Of a life, and of the last seconds of it.
    let (youth, age) = (sent(1_000_000, 0), sent(1_000_400, 100));
    assert!(ratio(&age).is_some_and(|ratio| ratio < 0.001));
    assert_eq!(Figures::between(&youth, &age).retransmit_ratio(), Some(0.25));
    assert_eq!(Figures::between(&age, &age).retransmit_ratio(), None);
}

#[test]
fn who_holds_it_back() {
    let table = [
        ((0, 0, 0), None),
        ((100, 0, 0), Some(Limit::Network)),
        ((100, 50, 50), Some(Limit::Network)),
        ((100, 51, 0), Some(Limit::Receiver)),
        ((100, 0, 51), Some(Limit::Application)),
        ((100, 100, 0), Some(Limit::Receiver)),
    ];
    for ((busy, receiver, send_buffer), expected) in table {
        assert_eq!(Figures::of(&limited(busy, receiver, send_buffer)).limited_by(), expected, "{busy} {receiver} {send_buffer}");
    }
    // Fast for a minute, and before a shut window since.
    let (earlier, later) = (limited(60_000, 0, 0), limited(61_000, 900, 0));
    assert_eq!(Figures::of(&later).limited_by(), Some(Limit::Network));
    assert_eq!(Figures::between(&earlier, &later).limited_by(), Some(Limit::Receiver));
    assert_eq!(Figures::of(&TcpInfo { busy: None, ..quiet() }).limited_by(), None, "an older kernel does not count");
    assert_eq!(Figures::between(&TcpInfo { busy: None, ..quiet() }, &later).limited_by(), None);
}

#[test]
fn the_last_sign_of_life() {
    let proof = |data, ack, received| {
        let (last_data_received, last_ack_received) = (MS * data, MS * ack);
        let proof = Figures::of(&TcpInfo { last_data_received, last_ack_received, bytes_received: received, ..quiet() }).proof();
        (proof.age, proof.by)
    };
    assert_eq!(proof(300, 20, Some(50)), (MS * 20, By::Acknowledgement));
    assert_eq!(proof(20, 300, Some(50)), (MS * 20, By::Data));
    assert_eq!(proof(20, 20, Some(50)), (MS * 20, By::Data), "it came with the data");
    assert_eq!(proof(20, 20, Some(0)), (MS * 20, By::Acknowledgement), "nothing ever came but the handshake");
}

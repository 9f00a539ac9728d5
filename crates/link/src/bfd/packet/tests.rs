use super::{Micros, Packet};
use crate::bfd::refused::Refused;
use crate::bfd::sample::says;
use crate::bfd::state::{Diagnostic, State};
use proptest::prelude::*;

/// A first packet of a system that wants 1 s and 50 ms, written by hand from RFC 5880, 4.1.
const FIRST: [u8; 24] = [0x20, 0x40, 3, 24, 0x11, 0x22, 0x33, 0x44, 0, 0, 0, 0, 0x00, 0x0f, 0x42, 0x40, 0x00, 0x00, 0xc3, 0x50, 0, 0, 0, 0];

/// Up, final, diagnostic 3, to a session.
const ANSWER: [u8; 24] =
    [0x23, 0xd0, 5, 24, 0x55, 0x66, 0x77, 0x88, 0x11, 0x22, 0x33, 0x44, 0, 0, 0x27, 0x10, 0, 0, 0x4e, 0x20, 0, 0, 0x75, 0x30];

fn first() -> Packet {
    Packet { mine: 0x1122_3344, yours: 0, desired_tx: Micros(1_000_000), required_rx: Micros(50_000), ..says(State::Down) }
}

fn answer() -> Packet {
    Packet {
        diagnostic: Diagnostic::NeighborSignaledDown,
        is_final: true,
        multiplier: 5,
        desired_tx: Micros(10_000),
        required_rx: Micros(20_000),
        required_echo_rx: Micros(30_000),
        ..says(State::Up)
    }
}

#[test]
fn bytes_are_those_of_the_rfc() {
    for (packet, bytes) in [(first(), FIRST), (answer(), ANSWER)] {
        assert_eq!(packet.write(), bytes);
        assert_eq!(Packet::read(&bytes), Ok(packet));
    }
}

#[test]
fn each_flag_has_its_bit() {
    let with = |bits: u8| {
        let mut bytes = ANSWER;
        bytes[1] = 0xc0 | bits;
        Packet::read(&bytes).unwrap()
    };
    let plain = Packet { is_final: false, ..answer() };
    assert_eq!(with(0x20), Packet { poll: true, ..plain });
    assert_eq!(with(0x10), Packet { is_final: true, ..plain });
    assert_eq!(with(0x08), Packet { independent: true, ..plain });
    assert_eq!(with(0x02), Packet { demand: true, ..plain });
}

/// Each packet fails one check and all that come after it, so that the order shows.
#[test]
fn checks_come_in_the_order_of_the_rfc() {
    let mut bytes = [0; 24];
    bytes[0] = 0x40; // version 2
    bytes[1] = 0xc1; // up, multipoint
    bytes[3] = 23;
    assert_eq!(Packet::read(&bytes), Err(Refused::Version));
    bytes[0] = 0x20;
    assert_eq!(Packet::read(&bytes), Err(Refused::Length));
    bytes[3] = 25;
    assert_eq!(Packet::read(&bytes), Err(Refused::Truncated));
    bytes[3] = 24;
    assert_eq!(Packet::read(&bytes), Err(Refused::Multiplier));
    bytes[2] = 1;
    assert_eq!(Packet::read(&bytes), Err(Refused::Multipoint));
    bytes[1] = 0xc0;
    assert_eq!(Packet::read(&bytes), Err(Refused::NoDiscriminator));
    bytes[7] = 1;
    assert_eq!(Packet::read(&bytes), Err(Refused::StateWithoutSession));
    bytes[11] = 1;
    assert_eq!(Packet::read(&bytes).map(|packet| packet.state), Ok(State::Up));
}

#[test]
fn a_state_that_claims_to_hear_us_needs_our_discriminator() {
    for state in State::ALL {
        let read = Packet::read(&Packet { yours: 0, ..says(state) }.write());
        match state {
            State::Down | State::AdminDown => assert!(read.is_ok(), "{state:?}"),
            State::Init | State::Up => assert_eq!(read, Err(Refused::StateWithoutSession), "{state:?}"),
        }
    }
}

#[test]
fn authentication_needs_two_bytes_more_and_is_told() {
    let mut bytes = ANSWER.to_vec();
    bytes[1] |= 0x04;
    assert_eq!(Packet::read(&bytes), Err(Refused::Length));
    bytes[3] = 26;
    assert_eq!(Packet::read(&bytes), Err(Refused::Truncated));
    bytes.extend([4, 2]);
    assert_eq!(Packet::read(&bytes).map(|packet| packet.authentication), Ok(Some(4)));
}

#[test]
fn what_follows_a_packet_is_not_of_it() {
    let mut bytes = FIRST.to_vec();
    bytes.extend([0xff; 40]);
    assert_eq!(Packet::read(&bytes), Ok(first()));
}

#[test]
fn every_shorter_packet_is_refused() {
    for length in 0..24 {
        assert_eq!(Packet::read(&FIRST[..length]), Err(Refused::Truncated), "{length}");
    }
}

#[test]
fn every_diagnostic_and_state_comes_back() {
    for bits in 0..32 {
        assert_eq!(Diagnostic::of_bits(bits).bits(), bits);
    }
    for (bits, state) in (0..).zip(State::ALL) {
        assert_eq!((State::of_bits(bits), state as u8), (state, bits));
    }
}

#[test]
fn reasons_have_words_of_their_own() {
    let words: std::collections::BTreeSet<_> = Refused::ALL.into_iter().map(Refused::word).collect();
    assert_eq!(words.len(), Refused::ALL.len());
    assert!(Refused::ALL.into_iter().zip(0_usize..).all(|(why, place)| why as usize == place), "counts are kept by place");
}

proptest! {
    /// What is read can be written, and says the same.
    #[test]
    fn reading_is_total(mut bytes in prop::collection::vec(any::<u8>(), 0..64), sound in any::<bool>()) {
        if let (true, [first, _, _, length, ..]) = (sound, &mut bytes[..]) {
            (*first, *length) = (*first & 0x1f | 0x20, 24);
        }
        if let Ok(packet) = Packet::read(&bytes) {
            prop_assert!(bytes.len() >= 24);
            let unsigned = Packet { authentication: None, ..packet };
            prop_assert_eq!(Packet::read(&packet.write()), Ok(unsigned));
        }
    }
}

use std::time::Duration;

use super::*;
use crate::ids::Node;
use crate::key::{Key, KeyRing};
use crate::time::Stamp;
use proptest::prelude::*;

fn keys() -> (PairKeys, PairKeys) {
    let ring = KeyRing::new(vec![Key::new(9, b"a secret of the tests")]);
    (ring.between(Node(1), Node(2)), ring.between(Node(2), Node(1)))
}

const IDS: (SessionId, SessionId) = (SessionId(0x1111_2222_3333_4444), SessionId(0x5555_6666_7777_8888));

fn terms() -> impl Strategy<Value = Terms> {
    (1_000_u32..=60_000_000, 1_000_u32..=60_000_000, LEAST..=MOST).prop_map(|(interval, hears, multiplier)| Terms {
        interval: Duration::from_micros(interval.into()),
        hears: Duration::from_micros(hears.into()),
        multiplier,
    })
}

use crate::terms::{LEAST_MULTIPLIER as LEAST, MOST_MULTIPLIER as MOST};

fn probe() -> impl Strategy<Value = Probe> {
    let farewell = prop_oneof![Just(Farewell::None), Just(Farewell::Leaving), Just(Farewell::HearsNothing)];
    (any::<[u64; 5]>(), any::<[u32; 2]>(), farewell, terms()).prop_map(|(a, b, farewell, terms)| Probe {
        sequence: a[0],
        heard_up_to: a[1],
        heard_at: Stamp(a[2]),
        received: a[3],
        previous_sent: Stamp(a[4]),
        duplicates: b[0],
        reordered: b[1],
        farewell,
        terms,
    })
}

fn handshake() -> impl Strategy<Value = Handshake> {
    (any::<[u64; 3]>(), any::<[u8; 16]>(), terms()).prop_map(|(a, cookie, terms)| Handshake {
        from: Node(a[0]),
        to: Node(a[1]),
        boot: a[2],
        cookie,
        terms,
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read(probe in probe(), handshake in handshake(), content in prop::collection::vec(any::<u8>(), 0..=REPORT_AT_MOST)) {
        let (a, b) = keys();
        let bytes = probe.write(IDS, &a);
        let header = Header::read(&bytes).unwrap();
        prop_assert_eq!((header.kind, header.to, header.from), (Kind::Probe, IDS.0, IDS.1));
        prop_assert_eq!(verify(&bytes, &header, &b), Ok(()));
        prop_assert_eq!(Probe::read(&bytes, &header), Ok(probe));
        for kind in [Kind::Syn, Kind::SynAck, Kind::Ack] {
            let bytes = handshake.write(kind, IDS, &a);
            let header = Header::read(&bytes).unwrap();
            prop_assert_eq!(header.kind, kind);
            prop_assert_eq!(verify(&bytes, &header, &b), Ok(()));
            prop_assert_eq!(Handshake::read(&bytes, &header), handshake);
        }
        let mut bytes = Vec::new();
        write_report((7, &content), &probe.terms, IDS, &a, &mut bytes);
        let header = Header::read(&bytes).unwrap();
        prop_assert_eq!(verify(&bytes, &header, &b), Ok(()));
        prop_assert_eq!(report(&bytes), (7, &content[..]));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..1400)) {
        if let Ok(header) = Header::read(&bytes) {
            let _ = (Probe::read(&bytes, &header), Handshake::read(&bytes, &header), report(&bytes));
            prop_assert!(verify(&bytes, &header, &keys().1).is_err());
        }
    }

    #[test]
    fn no_changed_bit_passes(probe in probe(), bit in 0..LENGTH * 8) {
        let (a, b) = keys();
        let mut bytes = probe.write(IDS, &a);
        bytes[bit / 8] ^= 1 << (bit % 8);
        let passes = Header::read(&bytes).is_ok_and(|header| verify(&bytes, &header, &b).is_ok());
        prop_assert!(!passes);
    }
}

#[test]
fn link_1_each_packet_has_its_length() {
    let (a, _) = keys();
    let probe = Probe {
        sequence: 0,
        heard_up_to: 0,
        heard_at: Stamp::UNKNOWN,
        received: 0,
        previous_sent: Stamp::UNKNOWN,
        duplicates: 0,
        reordered: 0,
        farewell: Farewell::None,
        terms: Terms::every(Duration::from_millis(50), 3),
    };
    let bytes = probe.write(IDS, &a);
    for length in 0..LENGTH {
        assert_eq!(Header::read(&bytes[..length]), Err(Dropped::Length), "{length}");
    }
    let longer: Vec<u8> = bytes.iter().copied().chain([0]).collect();
    assert_eq!(Header::read(&longer), Err(Dropped::Length));
    let mut other = bytes;
    other[0] = 2;
    assert_eq!(Header::read(&other), Err(Dropped::Version));
    let mut other = bytes;
    other[1] = 0;
    assert_eq!(Header::read(&other), Err(Dropped::Kind));
    let mut report = Vec::new();
    write_report((0, &[0; REPORT_AT_MOST + 1]), &probe.terms, IDS, &a, &mut report);
    assert!(report.is_empty(), "what is too long is not sent");
}

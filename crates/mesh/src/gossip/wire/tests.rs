use proptest::prelude::*;

use super::*;

fn entry() -> impl Strategy<Value = Entry> {
    let state = prop::sample::select(LinkState::ALL.to_vec());
    let detail = prop::option::of(prop::sample::select(Detail::ALL.to_vec()));
    let time = || prop::option::of((1..=u32::MAX).prop_map(|steps| Duration::from_nanos(u64::from(steps) * STEP_NANOS)));
    (any::<u64>(), state, detail, 0..1_u64 << 48, time(), time(), any::<(u16, u16)>()).prop_map(
        |(peer, state, detail, since, rtt, normal, (forward, reverse))| Entry {
            peer: Node(peer),
            state,
            detail,
            since: Duration::from_millis(since),
            rtt,
            normal,
            loss_forward: Loss(forward),
            loss_reverse: Loss(reverse),
        },
    )
}

fn head() -> impl Strategy<Value = Head> {
    any::<(u64, u64, u32, u8, u32, u32, bool)>().prop_map(|(node, version, age, hops, stalls, longest, tells)| Head {
        node: Node(node),
        version,
        age: Duration::from_millis(age.into()),
        hops,
        stalls,
        longest_stall: Duration::from_millis(longest.into()),
        tells,
        ..Head::default()
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read(head in head(), entries in prop::collection::vec(entry(), 0..200)) {
        let row = Row { stalls: head.stalls, longest_stall: head.longest_stall, tells: head.tells, entries };
        let written: Vec<Part> = parts(&row, head).map(|(head, entries)| Part { head, entries: entries.to_vec() }).collect();
        let mut read_back = Vec::new();
        let mut packet = Writer::default();
        for part in &written {
            if !packet.add(&part.head, &part.entries) {
                read_back.extend(read(&std::mem::take(&mut packet).into_bytes().unwrap()).unwrap());
                prop_assert!(packet.add(&part.head, &part.entries), "an empty packet has room for any part");
            }
        }
        let last = packet.into_bytes().unwrap();
        prop_assert!(last.len() <= PACKET_LIMIT);
        read_back.extend(read(&last).unwrap());
        prop_assert_eq!(&read_back, &written);
        let entries: Vec<_> = read_back.into_iter().flat_map(|part| part.entries).collect();
        prop_assert_eq!(entries, row.entries);
    }

    #[test]
    fn any_bytes_end_in_parts_or_in_none(mut bytes in prop::collection::vec(any::<u8>(), 0..1_300), format: bool) {
        if let Some(first) = bytes.first_mut().filter(|_| format) {
            *first = FORMAT;
        }
        if let Some(parts) = read(&bytes) {
            prop_assert!(bytes.len() <= PACKET_LIMIT && parts.len() * HEAD_BYTES < bytes.len());
        }
    }

    #[test]
    fn a_packet_cut_or_changed_is_read_or_not_and_nothing_else(
        head in head(), entries in prop::collection::vec(entry(), 1..38), cut: prop::sample::Index, at: prop::sample::Index, bits: u8,
    ) {
        let mut packet = Writer::default();
        packet.add(&head, &entries);
        let mut bytes = packet.into_bytes().unwrap();
        let short = &bytes[..cut.index(bytes.len())];
        prop_assert!(read(short).is_none_or(|parts| parts.is_empty()), "a part that is cut off is no part");
        let at = at.index(bytes.len());
        bytes[at] ^= bits;
        let _ = read(&bytes);
    }
}

#[test]
fn the_bytes_are_those_of_format_1() {
    let entry = Entry {
        peer: Node(2),
        state: LinkState::Down,
        detail: Some(Detail::OneWayIn),
        since: Duration::from_millis(0x0102_0304_0506),
        rtt: Some(Duration::from_micros(210)),
        normal: None,
        loss_forward: Loss::of(Some(1.0)),
        loss_reverse: Loss::UNKNOWN,
    };
    let head = Head {
        node: Node(1),
        version: 9,
        age: Duration::from_millis(258),
        hops: 3,
        stalls: 4,
        longest_stall: Duration::from_secs(1),
        tells: true,
        ..Head::default()
    };
    let mut packet = Writer::default();
    assert!(packet.add(&head, &[entry]));
    let head = "02 0000000000000001 0000000000000009 00000102 03 00 01 01 00000004 000003e8 01";
    let entry = "0000000000000002 07 05 010203040506 00005208 00000000 fffe ffff";
    let hex: String = packet.into_bytes().unwrap().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, format!("{head}{entry}").replace(' ', ""));
}

#[test]
fn a_share_survives_and_a_little_is_never_nothing() {
    assert_eq!(Loss::of(Some(0.0)).share(), Some(0.0));
    assert_eq!(Loss::of(Some(1.0)).share(), Some(1.0));
    assert_eq!(Loss::of(Some(7.0)).share(), Some(1.0));
    assert_eq!(Loss::of(None).share(), None);
    assert_eq!(Loss::of(Some(f64::NAN)).share(), None);
    assert!(Loss::of(Some(1e-9)).share() > Some(0.0));
}

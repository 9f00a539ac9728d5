use super::*;

fn record() -> Record {
    let peer = Peer { name: NodeId::new("fra-2").unwrap(), location: "".into(), address: "10.0.0.2:8421".parse().unwrap() };
    Record::new(&peer, (Timestamp(0), Moment::default()), 3)
}

fn at(ms: u64) -> Moment {
    Moment::default() + Duration::from_millis(ms)
}

#[test]
fn a_stall_is_as_long_as_its_longest_note_and_the_next_one_is_another() {
    let mut record = record();
    record.we_stalled(at(10_000), Duration::from_secs(8));
    record.late_by(at(10_003), Duration::from_millis(2_470));
    assert_eq!(record.late(at(10_004)), Some(Duration::from_secs(8)));
    record.late_by(at(11_000), Duration::from_millis(60));
    assert_eq!(record.late(at(11_001)), Some(Duration::from_millis(60)));
}

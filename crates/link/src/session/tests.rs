//! Numbers, stamps and pace of one session.

use super::*;
use crate::ids::SessionId;

const PAIR: Pair = Pair { ours: SessionId(1), theirs: SessionId(2) };
const MS: Duration = Duration::from_millis(1);

fn terms() -> Terms {
    Terms::every(50 * MS, 3)
}

fn session() -> Session {
    Session::new(PAIR, false, (1, terms()), Moment(1_000))
}

fn heard(session: &mut Session, sequence: u64, at: u64) -> Result<Verdict, Dropped> {
    let probe = Probe { sequence, ..Session::new(PAIR, false, (1, terms()), Moment(0)).probe(terms(), Farewell::None) };
    session.hear(&probe, (Moment(at), Stamp(at)))
}

/// LINK-19.
#[test]
fn each_number_counts_once() {
    let mut session = session();
    for sequence in [0, 1, 4, 2] {
        assert!(matches!(heard(&mut session, sequence, 2_000 + sequence), Ok(Verdict::New { .. })), "{sequence}");
        assert_eq!(heard(&mut session, sequence, 3_000), Err(Dropped::Duplicate), "{sequence}");
    }
    let probe = session.probe(terms(), Farewell::None);
    assert_eq!((probe.heard_up_to, probe.received, probe.duplicates, probe.reordered), (5, 4, 4, 1));
    assert_eq!(probe.heard_at, Stamp(2_004), "of the highest, not of the last");
    assert_eq!(session.heard, Moment(2_004), "a duplicate is no sign of life: it may be a recording");
}

#[test]
fn what_was_overtaken_does_not_bring_back_an_older_pace() {
    let mut session = session();
    let mut peer = Session::new(PAIR, false, (1, terms()), Moment(0));
    let older = peer.probe(terms(), Farewell::None);
    let newer = peer.probe(Terms::every(10 * MS, 5), Farewell::None);
    session.hear(&newer, (Moment(2_000), Stamp(2_000))).unwrap();
    session.hear(&older, (Moment(1_500), Stamp(1_500))).unwrap();
    assert_eq!(session.theirs, Terms::every(10 * MS, 5));
    assert_eq!(session.heard, Moment(2_000));
    assert_eq!(session.hears_every(&terms()), 50 * MS, "we do not want to hear more often");
    assert_eq!(session.hears_every(&Terms::every(MS, 3)), 10 * MS);
}

#[test]
fn a_send_stamp_belongs_to_the_probe_before_or_to_none() {
    let mut session = session();
    assert_eq!(session.probe(terms(), Farewell::None).previous_sent, Stamp::UNKNOWN);
    session.sent_at(0, Stamp(7));
    assert_eq!(session.probe(terms(), Farewell::None).previous_sent, Stamp(7));
    session.sent_at(0, Stamp(8));
    assert_eq!(session.probe(terms(), Farewell::None).previous_sent, Stamp::UNKNOWN, "told too late");
    session.sent_at(2, Stamp(9));
    session.sent_at(u64::MAX, Stamp(10));
    let probe = session.probe(terms(), Farewell::Leaving);
    assert_eq!((probe.sequence, probe.previous_sent, probe.farewell), (3, Stamp(9), Farewell::Leaving));
    assert_eq!(session.sent(), 4);
}

#[test]
fn reports_count_once_and_forwards() {
    let mut session = session();
    assert_eq!((session.report(), session.report()), (1, 2));
    for (number, taken) in [(0, false), (1, true), (1, false), (3, true), (2, false)] {
        assert_eq!(session.hear_report(number, Moment(5_000)).is_ok(), taken, "{number}");
    }
}

/// LINK-19.
#[test]
fn a_report_that_was_held_back_says_nothing() {
    let mut ours = session();
    let mut theirs = session();
    let held = ours.report();
    for sequence in 0..4 {
        let probe = ours.probe(terms(), Farewell::None);
        assert_eq!(probe.sequence, sequence);
        theirs.hear(&probe, (Moment(1_000), Stamp::UNKNOWN)).unwrap();
    }
    assert_eq!(theirs.hear_report(held, Moment(2_000)), Ok(false), "three overtook it, by as much as packets wander");
    let held = ours.report();
    for _ in 0..5 {
        let probe = ours.probe(terms(), Farewell::None);
        theirs.hear(&probe, (Moment(3_000), Stamp::UNKNOWN)).unwrap();
    }
    assert_eq!(theirs.hear_report(held, Moment(4_000)), Err(Dropped::Stale));
}

#[test]
fn a_report_says_before_which_probe_it_was_sent() {
    let (mut ours, mut theirs) = (session(), session());
    for sequence in 0..3 {
        ours.probe(terms(), Farewell::None);
        let _ = heard(&mut theirs, sequence, 1_000);
        let (number, next) = (ours.report(), ours.report());
        assert_eq!((number, next), ((sequence + 1) << 16, ((sequence + 1) << 16) + 1));
        assert_eq!(theirs.hear_report(number, Moment(2_000)), Ok(true));
        heard(&mut theirs, sequence + 1, 1_000).unwrap();
        assert_eq!(theirs.hear_report(next, Moment(3_000)), Ok(false), "a later probe was heard");
        assert_eq!(theirs.heard, Moment(2_000));
    }
}

#[test]
fn the_counters_of_the_wire_wrap() {
    assert_eq!((low(u64::from(u32::MAX)), low(1 << 32), low((1 << 32) + 5)), (u32::MAX, 0, 5));
}

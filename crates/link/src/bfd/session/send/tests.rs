use crate::bfd::packet::{Micros, Packet};
use crate::bfd::sample::{at, hear, ms, pace, says, sent, session, up};
use crate::bfd::session::Session;
use crate::bfd::state::State;
use crate::time::Moment;

/// The intervals between so many periodic packets of a session that is up, in thousandths of its own.
fn intervals(session: &mut Session, count: usize) -> Vec<u64> {
    let every = session.sends_every().unwrap();
    let mut last: Option<Moment> = None;
    let mut thousandths = Vec::new();
    while thousandths.len() < count {
        let now = session.next_timeout().unwrap();
        session.handle_timeout(now);
        // The peer is heard at every moment, so that only the pace counts.
        hear(session, now, says(State::Up));
        if !sent(session, now).is_empty()
            && let Some(last) = last.replace(now)
        {
            let exact = now.since(last).as_nanos() * 1000;
            assert_eq!(exact % every.as_nanos(), 0);
            thousandths.push((exact / every.as_nanos()) as u64);
        }
    }
    thousandths
}

/// 10^5 intervals: none outside, both bounds reached, and each tenth of the range has its tenth of them.
fn spread_evenly(thousandths: &[u64], most: u64) {
    assert_eq!(thousandths.iter().min(), Some(&750));
    assert_eq!(thousandths.iter().max(), Some(&most));
    let mut tenths = [0_usize; 10];
    for value in thousandths {
        tenths[((value - 750) * 10 / (most - 750 + 1)) as usize] += 1;
    }
    let fair = thousandths.len() / 10;
    assert!(tenths.iter().all(|count| (fair * 9 / 10..=fair * 11 / 10).contains(count)), "{tenths:?}");
}

#[test]
fn packets_are_jittered_by_up_to_a_quarter() {
    spread_evenly(&intervals(&mut up(), 100_000), 1000);
}

#[test]
fn where_one_loss_is_the_end_a_tenth_stays_free() {
    let mut session = up();
    session.set_pace(at(1), pace(ms(50), 1));
    sent(&mut session, at(1));
    spread_evenly(&intervals(&mut session, 100_000), 900);
}

#[test]
fn the_same_seed_makes_the_same_packets() {
    assert_eq!(intervals(&mut up(), 100), intervals(&mut up(), 100));
}

#[test]
fn packets_come_no_more_often_than_either_end_wants() {
    let mut session = up();
    assert_eq!(session.sends_every(), Some(ms(50)));
    hear(&mut session, at(1), Packet { required_rx: Micros(300_000), ..says(State::Up) });
    assert_eq!(session.sends_every(), Some(ms(300)));
    assert!(session.next_timeout().unwrap() >= at(150), "the packet that is awaited waits longer, too");
    hear(&mut session, at(2), Packet { required_rx: Micros(10_000), ..says(State::Up) });
    assert_eq!(session.sends_every(), Some(ms(50)));
}

/// A peer that was slow and is quick now takes us for dead before the packet that we planned for it.
#[test]
fn a_peer_that_wants_to_hear_more_often_is_heeded_at_once() {
    let slow = Packet { required_rx: Micros(1_000_000), ..says(State::Up) };
    let mut session = up();
    hear(&mut session, at(0), slow);
    session.handle_timeout(at(0));
    hear(&mut session, at(20), says(State::Up));
    let next = session.next_timeout().unwrap();
    assert!(next >= at(37) && next <= at(50), "an interval of 50 ms after the last packet: {next:?}");

    let mut session = up();
    hear(&mut session, at(0), slow);
    for heard in [100, 200, 300] {
        hear(&mut session, at(heard), slow);
    }
    hear(&mut session, at(400), says(State::Up));
    assert_eq!(session.next_timeout(), Some(at(400)), "it is overdue");
    session.handle_timeout(at(400));
    assert_eq!(sent(&mut session, at(400)).len(), 1);
}

#[test]
fn a_peer_that_wants_nothing_gets_nothing_but_news_and_answers() {
    let mut session = up();
    let mute = Packet { required_rx: Micros(0), ..says(State::Up) };
    hear(&mut session, at(1), mute);
    assert_eq!(session.sends_every(), None);
    assert_eq!(session.next_timeout(), Some(at(151)), "only its silence is awaited");
    hear(&mut session, at(2), Packet { poll: true, ..mute });
    assert_eq!(sent(&mut session, at(2)).len(), 1, "an answer");
    hear(&mut session, at(3), Packet { state: State::Down, ..mute });
    assert_eq!(sent(&mut session, at(3)).len(), 1, "our state");
    session.handle_timeout(at(153));
    assert_eq!(session.sends_every(), Some(ms(1000)), "silent for so long, it may be another one that wants to hear");
}

#[test]
fn demand_stops_periodic_packets_while_both_are_up_and_nothing_is_asked() {
    let mut session = up();
    hear(&mut session, at(1), Packet { demand: true, ..says(State::Up) });
    assert_eq!(session.sends_every(), None);
    session.set_pace(at(2), pace(ms(80), 3));
    assert!(sent(&mut session, at(2))[0].poll);
    assert_eq!(session.sends_every(), Some(ms(50)), "a question is repeated");
    hear(&mut session, at(3), Packet { demand: true, is_final: true, ..says(State::Up) });
    assert_eq!(session.sends_every(), None);
}

#[test]
fn not_up_is_slow() {
    let mut session = session(ms(10), 3);
    sent(&mut session, at(0));
    hear(&mut session, at(0), Packet { yours: 0, ..says(State::Down) });
    assert_eq!((session.state(), session.sends_every()), (State::Init, Some(ms(1000))));
    assert_eq!(sent(&mut session, at(0)).len(), 1, "news leaves at once");
    assert!(session.next_timeout().is_some_and(|next| next >= at(150)));
}

#[test]
fn late_packets_are_not_made_up_for() {
    let mut session = up();
    hear(&mut session, at(5000), says(State::Up));
    session.handle_timeout(at(5000));
    assert_eq!(sent(&mut session, at(5000)).len(), 1);
    session.handle_timeout(at(5000));
    assert_eq!(sent(&mut session, at(5000)), []);
}

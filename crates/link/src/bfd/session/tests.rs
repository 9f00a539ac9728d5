use std::time::Duration;

use super::Session;
use crate::bfd::happening::{Cause, Happening};
use crate::bfd::pace::Pace;
use crate::bfd::packet::{Micros, Packet};
use crate::bfd::sample::{OURS, Wire, at, happened, ms, pace, says, sent, session};
use crate::bfd::state::{Diagnostic, State};
use crate::chance::Chance;
use crate::time::Moment;

fn wire(ours: Pace, theirs: Pace) -> Wire {
    Wire::new([ours, theirs], ms(1))
}

/// Both ends speak first, so each step of one is a packet of its own: down, init, up.
#[test]
fn two_ends_are_up_within_four_packets_each() {
    let mut wire = wire(pace(ms(50), 3), pace(ms(50), 3));
    while wire.states() != [State::Up; 2] {
        assert!(wire.step(at(100)));
    }
    assert!(wire.log.len() <= 8 && wire.now <= at(4), "{:?}", wire.log);
}

/// One end hears nothing of the other's first packet, as when that began earlier.
#[test]
fn four_packets_are_enough() {
    let mut wire = wire(pace(ms(50), 3), pace(ms(50), 3));
    let [mut asks, mut answers] = wire.ends.each_mut();
    // Both have sent their first by now; only that of the one that asks has come through.
    let mut packet = wire.log[0].2;
    let mut packets = 1;
    while asks.state() != State::Up || answers.state() != State::Up {
        answers.handle_packet(at(packets), &packet, 255).unwrap();
        packet = sent(answers, at(packets)).pop().unwrap();
        packets += 1;
        std::mem::swap(&mut asks, &mut answers);
        assert!(packets <= 4);
    }
}

#[test]
fn they_stay_up_and_agree() {
    let mut wire = wire(pace(ms(50), 3), pace(ms(20), 5));
    wire.run(at(60_000));
    assert_eq!(wire.states(), [State::Up; 2]);
    for end in &mut wire.ends {
        assert!(matches!(happened(end)[..], [Happening::Up { .. }]));
        assert!(!end.is_polling());
        assert_eq!((end.sends_every(), end.hears_every()), (Some(ms(50)), ms(50)));
    }
    assert_eq!(wire.ends.each_ref().map(Session::detection), [Some(ms(250)), Some(ms(150))]);
}

/// To slower, to quicker, and one end alone: at no moment does either end run out of patience, even with a way as long as an interval.
#[test]
fn terms_change_while_it_is_up() {
    for delay in [0, 1, 10, 60] {
        let mut wire = Wire::new([pace(ms(50), 3), pace(ms(50), 3)], ms(delay));
        wire.run(at(5000));
        for (round, (end, every)) in (1..).zip([(0, 300), (1, 300), (0, 50), (1, 10), (0, 10), (0, 2000), (1, 40), (0, 1)]) {
            wire.ends[end].set_pace(wire.now, pace(ms(every), 3));
            wire.flush();
            wire.run(at(5000 + round * 10_000));
            assert_eq!(wire.states(), [State::Up; 2], "{delay} ms, round {round}");
            assert!(wire.ends.iter().all(|end| !end.is_polling()), "{delay} ms, round {round}");
        }
        assert_eq!(wire.ends[0].sends_every(), Some(ms(40)));
        assert!(wire.ends.iter_mut().all(|end| happened(end).len() == 1), "up once, and never down");
    }
}

#[test]
fn a_cut_is_found_by_both_ends_and_mended() {
    let mut wire = wire(pace(ms(50), 3), pace(ms(50), 3));
    wire.run(at(3000));
    wire.ends.iter_mut().for_each(|end| drop(happened(end)));
    wire.carries = [false; 2];
    wire.run(at(3300));
    for end in &mut wire.ends {
        let Some(Happening::Down { cause: Cause::Silent, silent }) = end.poll_happening() else { panic!("it is cut") };
        assert_eq!(silent, ms(150));
    }
    wire.carries = [true; 2];
    wire.run(at(6000));
    assert_eq!(wire.states(), [State::Up; 2]);
}

/// The end that still hears learns it from the one that does not.
#[test]
fn a_way_that_is_cut_in_one_direction_is_down_at_both_ends() {
    let mut wire = wire(pace(ms(50), 3), pace(ms(50), 3));
    wire.run(at(3000));
    wire.ends.iter_mut().for_each(|end| drop(happened(end)));
    wire.carries = [false, true];
    wire.run(at(3300));
    let told = Cause::PeerDown(Diagnostic::DetectionTimeExpired);
    assert!(matches!(happened(&mut wire.ends[0])[..], [Happening::Down { cause, .. }] if cause == told));
    assert!(matches!(happened(&mut wire.ends[1])[..], [Happening::Down { cause: Cause::Silent, .. }]));
    wire.run(at(20_000));
    assert_eq!(wire.states(), [State::Init, State::Down], "one hears, and knows that it is not heard");
}

#[test]
fn happenings_that_nobody_takes_do_not_pile_up() {
    let mut session = session(ms(50), 3);
    for round in 0..20 {
        session.handle_packet(at(round), &says(State::Init), 255).unwrap();
        session.handle_packet(at(round), &says(State::Down), 255).unwrap();
    }
    let kept = happened(&mut session);
    assert_eq!(kept.len(), 8);
    assert!(matches!(kept.last(), Some(Happening::Down { .. })), "the newest are kept");
}

/// A million events in any order. What must hold is held against what was put in, not against the session's own books.
#[test]
fn a_storm() {
    let (mut session, mut chance, mut now) = (session(ms(50), 3), Chance::new(11), at(0));
    let mut heard: Option<(Moment, Duration)> = None;
    let mut ups = 0;
    for _ in 0..1_000_000 {
        now = now + Duration::from_micros(chance.next() % 40_000);
        match chance.next() % 100 {
            0..50 => {
                let packet = any_packet(&mut chance);
                let hop_limit = if chance.next().is_multiple_of(8) { 254 } else { 255 };
                if session.handle_packet(now, &packet, hop_limit).is_ok() {
                    assert!(hop_limit == 255 && (packet.yours == OURS || packet.yours == 0) && packet.authentication.is_none());
                    // Never sooner than by what the peer itself says.
                    heard = Some((now, packet.desired_tx.duration() * u32::from(packet.multiplier)));
                }
            }
            50..97 => {
                // On time as often as late.
                let on_time = session.next_timeout().filter(|_| chance.next().is_multiple_of(2));
                now = on_time.map_or(now, |next| next.max(now));
                session.handle_timeout(now);
            }
            97 => session.pause(now),
            98 => session.resume(now),
            _ => session.set_pace(now, pace(ms(1 + chance.next() % 100), 1 + (chance.next() % 9) as u8)),
        }
        while let Some(happening) = session.poll_happening() {
            match happening {
                Happening::Up { .. } => ups += 1,
                Happening::Down { cause: Cause::Silent, silent } => assert!(heard.is_some_and(|(_, detection)| silent >= detection)),
                Happening::Down { .. } => {}
                Happening::SelfStalled { .. } => assert!(matches!(session.state(), State::Init | State::Up)),
            }
        }
        sound(&mut session, now);
    }
    assert!(ups > 1000, "the storm lets it come up: {ups}");
}

/// What holds of every session after every event.
fn sound(session: &mut Session, now: Moment) {
    for (nth, packet) in sent(session, now).into_iter().enumerate() {
        assert!(nth < 2, "one answer and one of its own, at most");
        assert!(!(packet.poll && packet.is_final));
        assert!(packet.state == State::Up || packet.desired_tx >= Micros(1_000_000));
        assert!(!packet.poll || packet.state == State::Up);
        assert_eq!((packet.state, packet.mine, packet.required_echo_rx), (session.state(), OURS, Micros(0)));
    }
    let timers = [session.timers.armed(super::Timer::Detect), session.timers.armed(super::Timer::Transmit)];
    assert!(timers[0].is_none() || session.state() != State::AdminDown, "who is held down judges nobody");
    assert!(timers[0].is_some() || !matches!(session.state(), State::Init | State::Up), "who hears a peer waits for it");
    assert_eq!(timers[1].is_some(), session.sends_every().is_some(), "it sends if it may, and else not");
}

fn any_packet(chance: &mut Chance) -> Packet {
    let state = State::ALL[(chance.next() % 4) as usize];
    let mut one_in = |n: u64| chance.next().is_multiple_of(n);
    let named = matches!(state, State::Init | State::Up) || !one_in(3);
    Packet {
        poll: one_in(4),
        is_final: one_in(4),
        demand: one_in(6),
        authentication: one_in(20).then_some(2),
        yours: if one_in(20) { 99 } else { u32::from(named) * OURS },
        required_rx: Micros(if one_in(10) { 0 } else { 1_000 * (chance.next() % 200) as u32 }),
        desired_tx: Micros(1_000 * (chance.next() % 200) as u32),
        multiplier: 1 + (chance.next() % 5) as u8,
        ..says(state)
    }
}

use std::time::Duration;

use crate::bfd::happening::{Cause, Happening};
use crate::bfd::packet::{Micros, Packet};
use crate::bfd::refused::Refused;
use crate::bfd::sample::{OURS, at, happened, hear, ms, pace, says, sent, session, up};
use crate::bfd::state::{Diagnostic, State};

#[test]
fn refusals_come_in_order_and_change_nothing() {
    let mut session = up();
    let asks = Packet { poll: true, ..says(State::Down) };
    let strange = Packet { yours: OURS + 1, authentication: Some(1), ..asks };
    assert_eq!(session.handle_packet(at(9), &strange, 254), Err(Refused::UnknownSession));
    let signed = Packet { authentication: Some(1), ..asks };
    assert_eq!(session.handle_packet(at(9), &signed, 254), Err(Refused::HopLimit));
    assert_eq!(session.handle_packet(at(9), &signed, 255), Err(Refused::Authentication));
    for hop_limit in 0..255 {
        assert_eq!(session.handle_packet(at(9), &asks, hop_limit), Err(Refused::HopLimit));
    }
    assert_eq!((session.state(), session.heard(), session.remote().state), (State::Up, Some(at(0)), State::Up));
    assert!(sent(&mut session, at(9)).is_empty() && happened(&mut session).is_empty());
    session.handle_packet(at(9), &asks, 255).unwrap();
    assert_eq!(session.state(), State::Down);
}

#[test]
fn a_packet_without_our_discriminator_is_ours_if_the_driver_says_so() {
    let mut session = session(ms(50), 3);
    hear(&mut session, at(5), Packet { yours: 0, ..says(State::Down) });
    assert_eq!(session.state(), State::Init);
    let answers = sent(&mut session, at(5));
    assert_eq!((answers[0].state, answers[0].yours), (State::Init, crate::bfd::sample::THEIRS));
}

#[test]
fn a_poll_is_answered_at_once_and_the_rhythm_stays() {
    let mut session = up();
    let next = session.next_timeout().unwrap();
    for _ in 0..3 {
        hear(&mut session, at(1), Packet { poll: true, ..says(State::Up) });
        let answers = sent(&mut session, at(1));
        assert_eq!(answers.len(), 1);
        assert!(answers[0].is_final && !answers[0].poll);
    }
    session.handle_timeout(next);
    let periodic = sent(&mut session, next);
    assert_eq!(periodic.len(), 1, "it is due when it was");
    assert!(!periodic[0].is_final && !periodic[0].poll);
}

#[test]
fn an_answer_never_asks() {
    let mut session = up();
    session.set_pace(at(1), pace(ms(20), 3));
    hear(&mut session, at(1), Packet { poll: true, ..says(State::Up) });
    let both = sent(&mut session, at(1));
    assert_eq!(both.len(), 1, "the answer tells what has changed");
    assert!(both[0].is_final && !both[0].poll);
    assert_eq!(both[0].desired_tx, Micros(20_000));
    let next = session.next_timeout().unwrap();
    session.handle_timeout(next);
    assert!(sent(&mut session, next)[0].poll, "and the question goes with the next");
}

#[test]
fn a_session_that_comes_up_has_its_pace_confirmed() {
    let mut session = session(ms(50), 3);
    assert_eq!(sent(&mut session, at(0))[0].desired_tx, Micros(1_000_000), "slow while it is not up");
    hear(&mut session, at(3), says(State::Init));
    let first = sent(&mut session, at(3));
    assert_eq!((first.len(), first[0].state, first[0].poll, first[0].desired_tx), (1, State::Up, true, Micros(50_000)));
    hear(&mut session, at(4), Packet { is_final: true, ..says(State::Up) });
    assert!(!session.is_polling());
}

#[test]
fn a_longer_interval_waits_for_the_answer() {
    let mut session = up();
    session.set_pace(at(1), pace(ms(200), 3));
    assert_eq!(session.sends_every(), Some(ms(50)));
    assert_eq!(session.hears_every(), ms(200), "to hear less often can hold at once");
    assert_eq!(session.detection(), Some(ms(600)));
    let told = sent(&mut session, at(1));
    assert_eq!((told.len(), told[0].poll, told[0].desired_tx, told[0].required_rx), (1, true, Micros(200_000), Micros(200_000)));
    hear(&mut session, at(2), says(State::Up));
    assert_eq!(session.sends_every(), Some(ms(50)), "that was no answer");
    hear(&mut session, at(3), Packet { is_final: true, ..says(State::Up) });
    assert_eq!(session.sends_every(), Some(ms(200)));
}

#[test]
fn to_hear_more_often_waits_for_the_answer() {
    let mut session = up();
    let quick = Packet { desired_tx: Micros(10_000), ..says(State::Up) };
    hear(&mut session, at(1), quick);
    session.set_pace(at(1), pace(ms(10), 3));
    assert_eq!(session.detection(), Some(ms(150)));
    assert_eq!(session.sends_every(), Some(ms(50)), "the peer hears no more often");
    assert!(sent(&mut session, at(1))[0].poll);
    hear(&mut session, at(3), Packet { is_final: true, ..quick });
    assert_eq!(session.detection(), Some(ms(30)));
}

#[test]
fn what_the_peer_says_of_itself() {
    let down = Packet { diagnostic: Diagnostic::DetectionTimeExpired, ..says(State::Down) };
    for (packet, cause) in [(down, Cause::PeerDown(Diagnostic::DetectionTimeExpired)), (says(State::AdminDown), Cause::PeerAdminDown)] {
        let mut session = up();
        hear(&mut session, at(40), packet);
        assert_eq!(happened(&mut session), [Happening::Down { cause, silent: Duration::ZERO }]);
        assert_eq!((session.state(), session.cause()), (State::Down, Some(cause)));
        assert_eq!(sent(&mut session, at(40))[0].diagnostic, Diagnostic::NeighborSignaledDown);
    }
}

#[test]
fn a_peer_that_is_held_down_is_no_failure_and_neither_is_its_silence() {
    let mut session = session(ms(50), 3);
    hear(&mut session, at(0), says(State::AdminDown));
    assert_eq!((session.state(), session.cause()), (State::Down, Some(Cause::PeerAdminDown)));
    session.handle_timeout(at(150));
    assert_eq!((session.remote().discriminator, session.cause()), (0, Some(Cause::PeerAdminDown)));
    hear(&mut session, at(200), says(State::Down));
    assert_eq!((session.state(), session.cause()), (State::Init, None), "it was let go");
    assert!(happened(&mut session).is_empty());
}

#[test]
fn held_down_by_us_it_tells_so_and_hears_nothing() {
    let mut session = up();
    session.pause(at(10));
    assert_eq!(happened(&mut session), [Happening::Down { cause: Cause::WePaused, silent: ms(10) }]);
    let told = sent(&mut session, at(10));
    assert_eq!((told.len(), told[0].state, told[0].diagnostic), (1, State::AdminDown, Diagnostic::AdministrativelyDown));
    assert_eq!(session.handle_packet(at(20), &Packet { poll: true, ..says(State::Up) }, 255), Err(Refused::AdminDown));
    let mut last = at(10);
    while last < at(10_000) {
        let next = session.next_timeout().unwrap();
        assert!((ms(750)..=ms(1000)).contains(&next.since(last)), "goes on, slowly");
        session.handle_timeout(next);
        assert_eq!(sent(&mut session, next).iter().map(|packet| packet.state).collect::<Vec<_>>(), [State::AdminDown]);
        last = next;
    }
    session.resume(at(10_001));
    let free = sent(&mut session, at(10_001));
    assert_eq!((free.len(), free[0].state, free[0].diagnostic, free[0].yours), (1, State::Down, Diagnostic::None, 0));
    assert_eq!(happened(&mut session), []);
}

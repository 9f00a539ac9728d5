use crate::bfd::happening::{Cause, Happening};
use crate::bfd::packet::{Micros, Packet};
use crate::bfd::sample::{at, happened, hear, ms, pace, says, sent, up};
use crate::bfd::session::Session;
use crate::bfd::state::{Diagnostic, State};
use crate::time::Moment;

/// Goes on until the session tells something, or to the end.
fn run(session: &mut Session, until: Moment) -> Option<(Moment, Happening)> {
    while let Some(next) = session.next_timeout().filter(|next| *next <= until) {
        session.handle_timeout(next);
        sent(session, next);
        if let Some(happening) = session.poll_happening() {
            return Some((next, happening));
        }
    }
    None
}

#[test]
fn silence_ends_a_session_after_the_detection_time_and_not_before() {
    let mut session = up();
    session.handle_timeout(at(150) - std::time::Duration::from_nanos(1));
    assert_eq!((session.state(), happened(&mut session)), (State::Up, vec![]));
    session.handle_timeout(at(150));
    assert_eq!(happened(&mut session), [Happening::Down { cause: Cause::Silent, silent: ms(150) }]);
    let told = sent(&mut session, at(150));
    assert_eq!((told.len(), told[0].state, told[0].diagnostic), (1, State::Down, Diagnostic::DetectionTimeExpired));
    assert_eq!((told[0].yours, told[0].desired_tx), (0, Micros(1_000_000)), "the peer may be another one now");
}

#[test]
fn the_detection_time_is_the_peers_multiplier_times_the_slower_interval() {
    for (theirs, ours, multiplier, detection) in
        [(50, 50, 3, 150), (10, 50, 3, 150), (100, 50, 3, 300), (300, 50, 5, 1500), (50, 50, 255, 12_750)]
    {
        let mut session = up();
        let packet = Packet { desired_tx: Micros(theirs * 1000), multiplier, ..says(State::Up) };
        hear(&mut session, at(7), packet);
        session.set_pace(at(7), pace(ms(ours), 9));
        assert_eq!(session.detection(), Some(ms(detection)));
        let down = Happening::Down { cause: Cause::Silent, silent: ms(detection) };
        assert_eq!(run(&mut session, at(20_000)), Some((at(7 + detection), down)));
    }
}

#[test]
fn every_packet_puts_it_off() {
    let mut session = up();
    for heard in (0..10_000).step_by(149) {
        assert_eq!(run(&mut session, at(heard)), None);
        hear(&mut session, at(heard), says(State::Up));
    }
}

#[test]
fn a_packet_with_an_older_stamp_takes_nothing_back() {
    let mut session = up();
    hear(&mut session, at(100), says(State::Up));
    hear(&mut session, at(90), says(State::Up));
    assert_eq!((session.heard(), session.next_timeout().is_some()), (Some(at(100)), true));
    let down = Happening::Down { cause: Cause::Silent, silent: ms(150) };
    assert_eq!(run(&mut session, at(1000)), Some((at(250), down)));
}

#[test]
fn who_was_late_itself_grants_one_more_interval() {
    let mut session = up();
    session.handle_timeout(at(176));
    assert_eq!(happened(&mut session), [Happening::SelfStalled { late: ms(26) }]);
    assert_eq!(session.state(), State::Up);
    sent(&mut session, at(176));
    let down = Happening::Down { cause: Cause::Silent, silent: ms(226) };
    assert_eq!(run(&mut session, at(1000)), Some((at(226), down)));
}

#[test]
fn half_an_interval_is_not_late() {
    let mut session = up();
    session.handle_timeout(at(175));
    assert_eq!(happened(&mut session), [Happening::Down { cause: Cause::Silent, silent: ms(175) }]);
}

#[test]
fn it_grants_it_once_in_a_silence() {
    let mut session = up();
    session.handle_timeout(at(300));
    session.set_pace(at(301), pace(ms(50), 4));
    session.handle_timeout(at(302));
    assert_eq!(session.state(), State::Up, "new wishes take nothing of the grace");
    session.handle_timeout(at(5000));
    let down = Happening::Down { cause: Cause::Silent, silent: ms(5000) };
    assert_eq!(happened(&mut session), [Happening::SelfStalled { late: ms(150) }, down]);

    let mut session = up();
    session.handle_timeout(at(300));
    hear(&mut session, at(310), says(State::Up));
    session.handle_timeout(at(600));
    let late = |late| Happening::SelfStalled { late: ms(late) };
    assert_eq!(happened(&mut session), [late(150), late(140)], "another silence, another grace");
}

#[test]
fn a_session_that_was_never_up_goes_back_without_a_word() {
    let mut session = crate::bfd::sample::session(ms(50), 3);
    hear(&mut session, at(0), says(State::Down));
    assert_eq!(session.state(), State::Init);
    assert_eq!(run(&mut session, at(5000)), None);
    assert_eq!((session.state(), session.cause()), (State::Down, Some(Cause::Silent)));
}

#[test]
fn it_is_judged_by_what_was_read_and_no_later() {
    let mut session = up();
    session.handle_timeout_knowing(at(400), at(149));
    assert_eq!((session.state(), session.is_excused(), session.next_alarm()), (State::Up, false, Some(at(150))));
    assert_eq!(sent(&mut session, at(400)).len(), 1, "what is to be sent does not wait for that");
    hear(&mut session, at(149), says(State::Up));
    session.handle_timeout_knowing(at(401), at(300));
    let down = Happening::Down { cause: Cause::Silent, silent: ms(252) };
    assert_eq!(happened(&mut session), [down]);
}

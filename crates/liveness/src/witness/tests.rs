//! What is handed in, what was taken in between, and what is kept.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::time::Duration;

use allswell_os::errno::{EHOSTUNREACH, EINVAL};

use super::*;

fn pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (near, listener.accept().unwrap().0)
}

fn reset(near: &TcpStream, far: TcpStream) {
    socket2::SockRef::from(&far).set_linger(Some(Duration::ZERO)).unwrap();
    drop(far);
    until(near, TcpState::Close);
}

fn until(near: &TcpStream, state: TcpState) {
    let deadline = Instant::now() + Duration::from_secs(5);
    while tcp_info::read(near).unwrap().state != state {
        assert!(Instant::now() < deadline, "{state:?} did not come");
        std::thread::yield_now();
    }
}

#[test]
fn an_error_that_a_read_took_is_the_end_for_all_who_ask() {
    let (mut near, far) = pair();
    let peer = near.peer_addr().ok();
    let mut witness = Witness::of(&near).unwrap();
    reset(&near, far);
    let error = near.read(&mut [0; 1]).unwrap_err();
    witness.took(error.raw_os_error().unwrap());
    for _ in 0..3 {
        let verdict = witness.verdict(&near).unwrap();
        assert_eq!((verdict.state, verdict.evidence.error, verdict.evidence.peer), (State::Reset, Some(ECONNRESET), peer));
    }
}

/// Somebody asked between the read and its word.
#[test]
fn a_reason_that_comes_late_is_still_the_reason() {
    for finished in [false, true] {
        let (mut near, far) = pair();
        let mut witness = Witness::of(&near).unwrap();
        if finished {
            near.shutdown(Shutdown::Write).unwrap();
            until(&near, TcpState::FinWait2);
        }
        reset(&near, far);
        assert!(near.read(&mut [0; 1]).is_err());
        // Without a word it looks as if somebody else had taken the reason, or as an end in order.
        let unexplained = if finished { State::ClosedInOrder } else { State::Ended { pending: false } };
        assert_eq!(witness.verdict(&near).unwrap().state, unexplained);
        witness.took(EINVAL);
        witness.took(EPIPE);
        assert_eq!(witness.verdict(&near).unwrap().state, unexplained, "these are no reasons");
        witness.took(ECONNRESET);
        assert_eq!(witness.verdict(&near).unwrap().state, State::Reset);
    }
}

#[test]
fn while_a_call_may_hold_the_reason_nothing_is_kept() {
    let (mut near, far) = pair();
    let mut witness = Witness::of(&near).unwrap();
    reset(&near, far);
    assert!(near.read(&mut [0; 1]).is_err());
    assert_eq!(witness.verdict_unless(near.as_fd(), &|| true).unwrap(), None);
    assert!(witness.end().is_none());
    witness.took(ECONNRESET);
    assert_eq!(witness.verdict_unless(near.as_fd(), &|| true).unwrap().map(|verdict| verdict.state), Some(State::Reset));
}

#[test]
fn a_write_after_our_own_shutdown_blames_nobody() {
    let (mut near, far) = pair();
    let mut witness = Witness::of(&near).unwrap();
    near.shutdown(Shutdown::Both).unwrap();
    witness.took(near.write(b"x").unwrap_err().raw_os_error().unwrap());
    assert_eq!(witness.ended(near.as_fd(), Events::HUP).unwrap(), None, "an event of our own, and a number that says nothing");
    let verdict = witness.verdict(&near).unwrap();
    assert!(matches!(verdict.state, State::HalfClosedByUs { .. }), "{verdict}");
    drop(far);
    until(&near, TcpState::Close);
    witness.took(near.write(b"x").unwrap_err().raw_os_error().unwrap());
    assert_eq!(witness.verdict(&near).unwrap().state, State::ClosedInOrder);
}

#[test]
fn a_word_against_a_connection_that_goes_on_is_no_end() {
    let (near, far) = pair();
    let mut witness = Witness::of(&near).unwrap();
    witness.took(EHOSTUNREACH);
    let verdict = witness.verdict(&near).unwrap();
    assert_eq!((verdict.state, verdict.evidence.error), (State::Alive, Some(EHOSTUNREACH)));
    assert_eq!(witness.verdict(&near).unwrap().evidence.error, None, "it was told once, as the kernel does");
    reset(&near, far);
    assert_eq!(witness.verdict(&near).unwrap().state, State::Reset, "and it is not the reason of what comes later");
}

#[test]
fn an_answer_of_the_application_is_the_best_proof() {
    let (near, _far) = pair();
    let mut witness = Witness::of(&near).unwrap();
    witness.answered(Instant::now());
    let by = |witness: &mut Witness| witness.verdict(&near).unwrap().proof.map(|proof| proof.by);
    assert!(matches!(by(&mut witness), Some(By::Pong | By::Acknowledgement)));
    assert!(Witness::default().towards(near.peer_addr().unwrap()).peer().is_some());
}

/// Who accepted has no SYN that was acknowledged; while something is under way that does not show.
#[test]
fn who_opened_is_learnt_later_if_need_be() {
    let (far, mut near) = pair();
    let mut witness = Witness::default();
    near.write_all(b"x").unwrap();
    let under_way = TcpInfo { unacked: 1, bytes_acked: Some(0), ..tcp_info::read(&near).unwrap() };
    witness.meet(near.as_fd(), &under_way);
    assert_eq!(witness.syn, None);
    let deadline = Instant::now() + Duration::from_secs(5);
    while tcp_info::read(&near).unwrap().unacked > 0 {
        assert!(Instant::now() < deadline, "nobody acknowledged it");
        std::thread::yield_now();
    }
    assert!(!witness.verdict(&near).unwrap().state.is_end());
    far.shutdown(Shutdown::Write).unwrap();
    near.shutdown(Shutdown::Write).unwrap();
    until(&near, TcpState::Close);
    assert_eq!(witness.verdict(&near).unwrap().state, State::ClosedInOrder);
}

#[test]
fn an_end_that_an_event_told_is_filled_up_when_somebody_asks() {
    let (near, far) = pair();
    let mut witness = Witness::of(&near).unwrap();
    reset(&near, far);
    assert_eq!(witness.ended(near.as_fd(), Events::ERR | Events::HUP).unwrap(), Some(State::Reset));
    let told = witness.end().unwrap();
    assert_eq!((told.proof, &told.evidence.tcp, told.retry), (None, &None, Retry::OnlyIfIdempotent), "one question, one answer");
    let asked = witness.verdict(&near).unwrap();
    assert!(asked.proof.is_some() && asked.evidence.tcp.is_some(), "{asked:?}");
    assert_eq!(asked.retry, Retry::Safe, "nothing was sent");
}

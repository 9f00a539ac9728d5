//! The table, written out whole: what was seen, and what is so.

use std::time::Duration;

use allswell_os::errno::{EINVAL, EMFILE, ENOMEM};
use allswell_os::error_queue::Said;

use super::*;
use crate::quiet::quiet;

const MS: Duration = Duration::from_millis(1);
const OUT: Events = Events::OUT;

/// What poll(2) says of a closed socket, with an error or without.
fn over() -> Events {
    Events::IN | OUT | Events::HUP | Events::RDHUP
}

fn failed() -> Events {
    over() | Events::ERR
}

fn closed() -> TcpInfo {
    TcpInfo { state: TcpState::Close, ..quiet() }
}

fn standing_in(state: TcpState) -> TcpInfo {
    TcpInfo { state, ..quiet() }
}

fn reason<'a>(error: Option<i32>) -> Reason<'a> {
    Reason { error, said: None, local: Some([10, 0, 0, 2].into()), established: true, keeps_who: false, soft: None, syn: Some(1) }
}

/// Of an attempt to connect, of which the kernel keeps who said what.
fn attempt<'a>(error: i32, said: Option<&'a QueuedError>) -> Reason<'a> {
    Reason { said, established: false, keeps_who: true, ..reason(Some(error)) }
}

fn entry(errno: i32, code: u8, from: [u8; 4]) -> QueuedError {
    QueuedError { errno, said: Said::Icmp, kind: 3, code, offender: Some(from.into()) }
}

fn told(events: Events, tcp: &TcpInfo, reason: &Reason<'_>) -> State {
    state(events, tcp, reason, &Patience::default())
}

fn router(code: u8) -> Who {
    Who::Icmp { from: [10, 0, 0, 1].into(), kind: 3, code }
}

#[test]
fn ends_of_a_connection_that_stood() {
    let soft = Soft { errno: EHOSTUNREACH, who: Who::Unknown };
    let table = [
        (ECONNRESET, State::Reset),
        (EPIPE, State::ResetAfterFin),
        (ETIMEDOUT, State::TimedOut { soft: None }),
        (ECONNABORTED, State::KilledLocally),
        (EHOSTUNREACH, State::TimedOut { soft: Some(soft) }),
        (ENETUNREACH, State::TimedOut { soft: Some(Soft { errno: ENETUNREACH, ..soft }) }),
        (EACCES, State::TimedOut { soft: Some(Soft { errno: EACCES, ..soft }) }),
        (ECONNREFUSED, State::TimedOut { soft: Some(Soft { errno: ECONNREFUSED, ..soft }) }),
        (ENOMEM, State::Failed { errno: ENOMEM }),
    ];
    for (errno, expected) in table {
        assert_eq!(told(failed(), &closed(), &reason(Some(errno))), expected, "{errno}");
    }
    let earlier = Reason { soft: Some(soft), ..reason(Some(ETIMEDOUT)) };
    assert_eq!(told(failed(), &closed(), &earlier), State::TimedOut { soft: Some(soft) }, "what was said earlier is not lost");
}

#[test]
fn ends_of_an_attempt() {
    let (refused, unreachable, prohibited) =
        (entry(ECONNREFUSED, 3, [10, 0, 0, 1]), entry(EHOSTUNREACH, 1, [10, 0, 0, 1]), entry(EHOSTUNREACH, 13, [10, 0, 0, 1]));
    let ours = entry(EHOSTUNREACH, 1, [10, 0, 0, 2]);
    let table = [
        (ECONNREFUSED, None, State::Refused { who: Who::Peer }),
        (ECONNREFUSED, Some(&refused), State::Refused { who: router(3) }),
        (ETIMEDOUT, None, State::TimedOut { soft: None }),
        (EHOSTUNREACH, Some(&unreachable), State::Unreachable { who: router(1) }),
        (EHOSTUNREACH, Some(&prohibited), State::Unreachable { who: router(13) }),
        (EHOSTUNREACH, Some(&ours), State::Unreachable { who: Who::OurHost }),
        (ENETUNREACH, None, State::Unreachable { who: Who::Unknown }),
        (EPROTO, None, State::Unreachable { who: Who::Unknown }),
        (EOPNOTSUPP, None, State::Unreachable { who: Who::Unknown }),
        (ENOPROTOOPT, None, State::Unreachable { who: Who::Unknown }),
        (EPERM, None, State::Unreachable { who: Who::Unknown }),
        (ECONNRESET, None, State::Reset),
    ];
    for (errno, said, expected) in table {
        assert_eq!(told(failed(), &closed(), &attempt(errno, said)), expected, "{errno} {said:?}");
    }
    let forgetful = Reason { keeps_who: false, ..attempt(ECONNREFUSED, None) };
    assert_eq!(told(failed(), &closed(), &forgetful), State::Refused { who: Who::Unknown }, "it may have been a router");
}

/// Without an error: whether our FIN was acknowledged tells an orderly end from an error that somebody else has read.
#[test]
fn ends_without_an_error() {
    let taken = State::Ended { pending: false };
    // Who opened, acknowledged bytes beyond 100 of data, and what is so.
    let table = [
        (Some(1), 102, State::ClosedInOrder),
        (Some(1), 101, taken),
        (Some(0), 101, State::ClosedInOrder),
        (Some(0), 100, taken),
        (None, 102, State::ClosedInOrder),
        (None, 101, taken),
        (Some(1), 40, taken),
    ];
    for (syn, acked, expected) in table {
        let tcp = TcpInfo { bytes_acked: Some(acked), ..closed() };
        assert_eq!(told(over(), &tcp, &Reason { syn, ..reason(None) }), expected, "{syn:?} {acked}");
        if syn.is_none() {
            assert_eq!(borrowed(over(), &tcp, &Patience::default()), expected, "{acked}");
        }
    }
    let resent = TcpInfo { bytes_sent: Some(180), bytes_retransmitted: Some(80), bytes_acked: Some(102), ..closed() };
    assert_eq!(told(over(), &resent, &reason(None)), State::ClosedInOrder, "what was sent twice is acknowledged once");
    let older = TcpInfo { bytes_sent: None, ..closed() };
    assert_eq!(told(over(), &older, &reason(None)), State::ClosedInOrder, "an older kernel does not count");
    assert_eq!(told(OUT | Events::HUP, &closed(), &reason(None)), State::NotConnected);
    assert_eq!(borrowed(OUT | Events::HUP, &closed(), &Patience::default()), State::NotConnected);
    assert_eq!(borrowed(failed(), &closed(), &Patience::default()), State::Ended { pending: true });
}

#[test]
fn connections_that_stand() {
    let shut = OUT | Events::IN | Events::RDHUP;
    let fresh = TcpInfo { last_ack_received: MS * 999, ..quiet() };
    let table = [
        ("fresh", OUT, fresh.clone(), State::Alive),
        ("no more", OUT, TcpInfo { last_ack_received: MS * 1000, ..quiet() }, State::Idle),
        ("data is a proof, too", OUT, TcpInfo { last_data_received: MS * 5, last_ack_received: MS * 5, ..quiet() }, State::Alive),
        ("our shutdown", shut, fresh.clone(), State::HalfClosedByUs { side: Side::Reading }),
        ("its FIN", shut, standing_in(TcpState::CloseWait), State::HalfClosedByPeer),
        ("our FIN", OUT, standing_in(TcpState::FinWait1), State::HalfClosedByUs { side: Side::Writing }),
        ("our FIN, acknowledged", OUT, standing_in(TcpState::FinWait2), State::HalfClosedByUs { side: Side::Writing }),
        ("both ours", shut | Events::HUP, standing_in(TcpState::FinWait2), State::HalfClosedByUs { side: Side::Both }),
        ("both", shut | Events::HUP, standing_in(TcpState::LastAck), State::Closing),
        ("both at once", shut | Events::HUP, standing_in(TcpState::Closing), State::Closing),
        ("after both", shut | Events::HUP, standing_in(TcpState::TimeWait), State::Closing),
        ("SYN", Events::default(), standing_in(TcpState::SynSent), State::Connecting { soft: None }),
        ("SYN of both", Events::default(), standing_in(TcpState::SynReceived), State::Connecting { soft: None }),
        ("a listener", Events::IN, standing_in(TcpState::Listen), State::Listening),
    ];
    for (what, events, tcp, expected) in table {
        assert_eq!(told(events, &tcp, &reason(None)), expected, "{what}");
        assert_eq!(borrowed(events, &tcp, &Patience::default()), expected, "{what}, borrowed");
    }
    let said = Soft { errno: EHOSTUNREACH, who: Who::Unknown };
    assert_eq!(told(OUT, &fresh, &reason(Some(EHOSTUNREACH))), State::Alive, "what a router says is no end");
    let connecting = told(Events::ERR, &standing_in(TcpState::SynSent), &reason(Some(EHOSTUNREACH)));
    assert_eq!(connecting, State::Connecting { soft: Some(said) });
}

/// From which figures on it is a stall.
#[test]
fn silence_after_a_question() {
    let asked = TcpInfo { unacked: 1, last_data_sent: MS * 100, ..quiet() };
    let stall = |silent| State::Stalled { silent, soft: None };
    let ten = MS * 10_000;
    let table = [
        ("just asked", asked.clone(), State::Idle),
        ("one lost", TcpInfo { retransmits: 1, ..asked.clone() }, State::Idle),
        ("two lost", TcpInfo { retransmits: 2, ..asked.clone() }, stall(ten)),
        ("one probe", TcpInfo { probes: 1, ..quiet() }, State::Idle),
        ("two probes", TcpInfo { probes: 2, ..quiet() }, stall(ten)),
        ("nothing asked", TcpInfo { retransmits: 2, ..quiet() }, State::Idle),
        ("overdue", TcpInfo { last_data_sent: MS * 1000, ..asked.clone() }, stall(ten)),
        ("not quite", TcpInfo { last_data_sent: MS * 999, ..asked.clone() }, State::Idle),
        ("slow path", TcpInfo { last_data_sent: MS * 1500, rto: MS * 800, ..asked.clone() }, State::Idle),
        ("acknowledged meanwhile", TcpInfo { last_data_sent: MS * 3000, last_ack_received: MS * 900, ..asked.clone() }, State::Alive),
        ("after the peer's FIN", TcpInfo { retransmits: 2, state: TcpState::CloseWait, ..asked.clone() }, stall(ten)),
        ("our FIN is lost", TcpInfo { retransmits: 2, state: TcpState::FinWait1, ..asked.clone() }, stall(ten)),
    ];
    for (what, tcp, expected) in table {
        assert_eq!(told(OUT, &tcp, &reason(None)), expected, "{what}");
    }
}

#[test]
fn bytes_that_wait_before_a_shut_window() {
    let shut = TcpInfo { not_sent: Some(30_000), send_window: Some(0), backoff: 3, ..quiet() };
    let older = TcpInfo { send_window: None, ..shut.clone() };
    let waits = State::PeerNotReading { waiting: 30_000 };
    let table = [
        ("shut", shut.clone(), waits),
        ("less than one segment", TcpInfo { send_window: Some(1447), ..shut.clone() }, waits),
        ("open", TcpInfo { send_window: Some(1448), ..shut.clone() }, State::Idle),
        ("nothing waits", TcpInfo { not_sent: Some(0), ..shut.clone() }, State::Idle),
        ("a few bytes fit", TcpInfo { not_sent: Some(10), send_window: Some(10), ..shut.clone() }, State::Idle),
        ("something is under way", TcpInfo { unacked: 1, last_data_sent: MS, ..shut.clone() }, State::Idle),
        (
            "shut since a moment ago",
            TcpInfo { last_data_sent: MS * 999, last_ack_received: MS, last_data_received: MS * 5, ..shut.clone() },
            State::Alive,
        ),
        ("unanswered, too", TcpInfo { probes: 2, ..shut.clone() }, State::Stalled { silent: MS * 10_000, soft: None }),
        ("an older kernel doubles its timer", older.clone(), waits),
        ("or does not", TcpInfo { backoff: 0, ..older }, State::Idle),
    ];
    for (what, tcp, expected) in table {
        assert_eq!(told(Events::default(), &tcp, &reason(None)), expected, "{what}");
    }
}

#[test]
fn errors_of_the_call_are_not_of_the_connection() {
    assert!([ECONNRESET, EPIPE, ETIMEDOUT, ECONNABORTED, EHOSTUNREACH, ECONNREFUSED, EPROTO].into_iter().all(is_of_the_connection));
    assert!(![EINVAL, EMFILE, ENOMEM].into_iter().any(is_of_the_connection));
}

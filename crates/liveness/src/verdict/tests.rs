//! What the pages of the manual do not show: the rules that every sentence keeps, retries, and errors.

use std::net::Ipv4Addr;

use allswell_os::errno::{ECONNREFUSED, ECONNRESET, EHOSTUNREACH, ENETUNREACH, EPIPE, ETIMEDOUT};

use super::*;
use crate::quiet::quiet;
use crate::state::Side;
use crate::who::{Soft, Who};

const ROUTER: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);

fn icmp(code: u8) -> Who {
    Who::Icmp { from: ROUTER.into(), kind: 3, code }
}

fn icmp6(code: u8) -> Who {
    Who::Icmp { from: "2001:db8::1".parse().unwrap(), kind: 1, code }
}

/// Of a connection on which so much was sent.
fn verdict(state: State, error: Option<i32>, bytes_sent: Option<u64>) -> Verdict {
    let tcp = Some(tcp_info::TcpInfo { bytes_sent, ..quiet() });
    let peer = "10.0.0.5:5432".parse().ok();
    let evidence = Evidence { peer, events: Events::default(), tcp, error, said: None, unread: 0, established: true };
    Verdict { state, proof: None, retry: Retry::of(state, &evidence), evidence: Box::new(evidence) }
}

#[test]
fn what_to_do_with_a_request() {
    use Retry::{NotYet, OnlyIfIdempotent, Pointless, Safe};
    let reset = Some(ECONNRESET);
    // Nothing was sent, something was, the kernel does not count.
    let table = [
        (State::NotConnected, None, [Safe; 3]),
        (State::Listening, None, [NotYet; 3]),
        (State::Connecting { soft: None }, None, [NotYet; 3]),
        (State::Alive, None, [NotYet; 3]),
        (State::Idle, None, [NotYet; 3]),
        (State::PeerNotReading { waiting: 9 }, None, [NotYet; 3]),
        (State::HalfClosedByUs { side: Side::Writing }, None, [NotYet; 3]),
        (State::HalfClosedByPeer, None, [Safe, OnlyIfIdempotent, OnlyIfIdempotent]),
        (State::Closing, None, [Safe, OnlyIfIdempotent, OnlyIfIdempotent]),
        (State::Stalled { silent: std::time::Duration::from_secs(3), soft: None }, None, [Safe, OnlyIfIdempotent, OnlyIfIdempotent]),
        (State::ClosedInOrder, None, [Safe, OnlyIfIdempotent, OnlyIfIdempotent]),
        (State::Reset, reset, [Safe, OnlyIfIdempotent, OnlyIfIdempotent]),
        (State::ResetAfterFin, Some(EPIPE), [Safe, OnlyIfIdempotent, OnlyIfIdempotent]),
        (State::TimedOut { soft: None }, Some(ETIMEDOUT), [Safe, OnlyIfIdempotent, OnlyIfIdempotent]),
        (State::KilledLocally, None, [Safe, OnlyIfIdempotent, OnlyIfIdempotent]),
        (State::Failed { errno: 105 }, Some(105), [Safe, OnlyIfIdempotent, OnlyIfIdempotent]),
        (State::Ended { pending: true }, None, [Safe, OnlyIfIdempotent, OnlyIfIdempotent]),
        (State::Ended { pending: false }, None, [Safe, OnlyIfIdempotent, OnlyIfIdempotent]),
        (State::LetGo, None, [Safe, OnlyIfIdempotent, OnlyIfIdempotent]),
        // What was sent before there was a connection left in the SYN (TCP Fast Open).
        (State::Refused { who: Who::Peer }, Some(ECONNREFUSED), [Safe, OnlyIfIdempotent, Safe]),
        (State::Refused { who: Who::Unknown }, Some(ECONNREFUSED), [Safe, OnlyIfIdempotent, Safe]),
        (State::Refused { who: icmp(3) }, Some(ECONNREFUSED), [Safe, OnlyIfIdempotent, Safe]),
        (State::Refused { who: Who::OurHost }, None, [Pointless; 3]),
        (State::Unreachable { who: icmp(1) }, Some(EHOSTUNREACH), [Safe, OnlyIfIdempotent, Safe]),
        (State::Unreachable { who: icmp(13) }, Some(EHOSTUNREACH), [Pointless; 3]),
        (State::Unreachable { who: icmp6(1) }, Some(EHOSTUNREACH), [Pointless; 3]),
        (State::Unreachable { who: Who::OurHost }, Some(ENETUNREACH), [Pointless; 3]),
        // A neighbour that is silent may come back by itself.
        (State::Unreachable { who: Who::OurHost }, Some(EHOSTUNREACH), [Safe, OnlyIfIdempotent, Safe]),
        (State::Unreachable { who: Who::Unknown }, Some(ENETUNREACH), [Safe, OnlyIfIdempotent, Safe]),
    ];
    for (state, error, expected) in table {
        assert_eq!([Some(0), Some(7), None].map(|sent| verdict(state, error, sent).retry), expected, "{state:?}");
        let (sentence, retry) = (verdict(state, error, None).to_string(), expected[0].to_string());
        assert!(
            sentence.ends_with(['.', '?']) && sentence.starts_with(|first: char| first.is_uppercase() || first.is_numeric()),
            "{sentence}"
        );
        // Written for people: no words of this code or of Rust's, no brackets within brackets, and no second full stop.
        for odd in ["Some(", "os error", "{", "..", "  ", "((", "))", ") ("] {
            assert!(!sentence.contains(odd), "{odd} in {sentence}");
        }
        assert!(!retry.is_empty());
    }
}

/// Sentences that no page shows: IPv6, and what is said without figures.
#[test]
fn further_sentences() {
    let soft = |who| Some(Soft { errno: EHOSTUNREACH, who });
    let silent = std::time::Duration::from_secs(3);
    let table = [
        (State::Unreachable { who: icmp6(1) }, Some(EHOSTUNREACH), "2001:db8::1 prohibits 10.0.0.5:5432 (ICMPv6 1/1): a firewall rule."),
        (
            State::Refused { who: icmp6(4) },
            Some(ECONNREFUSED),
            "2001:db8::1 (ICMPv6 1/4) refused 10.0.0.5:5432: nothing listens, or a firewall rejects.",
        ),
        (
            State::Refused { who: Who::OurHost },
            Some(ECONNREFUSED),
            "Our own host refused 10.0.0.5:5432: nothing listens, or a firewall rejects.",
        ),
        (
            State::Stalled { silent, soft: soft(Who::OurHost) },
            None,
            "Nothing came from 10.0.0.5:5432 for 3.0 s although it was asked: host off, path cut, or filtered. \
             Our own host said: No route to host.",
        ),
        (
            State::TimedOut { soft: soft(icmp(13)) },
            Some(EHOSTUNREACH),
            "10.0.0.5:5432 did not answer in time. 10.0.0.1 said (ICMP 3/13): No route to host.",
        ),
    ];
    for (state, error, expected) in table {
        let mut verdict = verdict(state, error, None);
        verdict.evidence.tcp = None;
        assert_eq!(verdict.to_string(), expected);
    }
    let mut nameless = verdict(State::Reset, Some(ECONNRESET), None);
    (nameless.evidence.peer, nameless.evidence.unread) = (None, 1);
    assert!(nameless.to_string().starts_with("The peer broke the connection off (RST)"), "{nameless}");
    assert!(nameless.to_string().ends_with(" Unread: 1 byte."), "{nameless}");
}

#[test]
fn an_end_by_an_error_is_an_error_and_nothing_else_is() {
    let reset = verdict(State::Reset, Some(ECONNRESET), None);
    let error = reset.to_io_error().unwrap();
    assert_eq!((error.kind(), error.to_string()), (io::ErrorKind::ConnectionReset, reset.to_string()));
    assert_eq!(error.get_ref().unwrap().downcast_ref::<Verdict>(), Some(&reset));
    assert_eq!(verdict(State::ResetAfterFin, Some(EPIPE), None).to_io_error().unwrap().kind(), io::ErrorKind::BrokenPipe);
    // A word against a connection that stands, and an end in order.
    assert!(verdict(State::Alive, Some(EHOSTUNREACH), None).to_io_error().is_none());
    assert!(verdict(State::ClosedInOrder, None, None).to_io_error().is_none());
}

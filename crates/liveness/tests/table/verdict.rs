//! What the library makes of a situation: before anything was read, after a read, and as a guest.

use std::io::Read;
use std::net::TcpStream;

use allswell_liveness::{Live, Side, Soft, State, Verdict, Who};

use crate::errno;
use crate::row::Row;

/// Asks first. What waits to be read is left, and counted.
pub(crate) fn before_reading(mut socket: &TcpStream) -> String {
    let verdict = Verdict::of(socket).unwrap();
    let read = socket.read(&mut [0; 64]).unwrap_or(0);
    assert_eq!(verdict.evidence.unread, read as u64, "{verdict:?}");
    word(verdict.state)
}

/// Reads first, as the owner of a stream does, which takes the error from the kernel; the library has to remember it.
pub(crate) fn after_reading(mut live: Live<TcpStream>) -> String {
    // What the read brings is not of interest here.
    let _ = live.read(&mut [0; 64]);
    word(live.handle().verdict().state)
}

/// A guest may not hear why a connection failed, as its owner would then not hear it any more.
pub(crate) fn differs_when_borrowed(row: &Row, state: State) -> Option<String> {
    let ended = row.cell("state") == "CLOSE" && row.cell("verdict") != "not_connected";
    let failed = ended && !row.cell("SO_ERROR").starts_with("OK");
    let right = if failed { state == State::Ended { pending: true } } else { row.cell("verdict").starts_with(state.name()) };
    (!right).then(|| format!("borrowed: the row says `{}`, it was {state:?}", row.cell("verdict")))
}

/// The state and what belongs to it, without ages and amounts.
fn word(state: State) -> String {
    let name = state.name();
    match state {
        State::Refused { who } | State::Unreachable { who } => format!("{name} by {}", spelt(who)),
        State::Connecting { soft: Some(soft) } | State::Stalled { soft: Some(soft), .. } | State::TimedOut { soft: Some(soft) } => {
            format!("{name}, {}", said(soft))
        }
        State::HalfClosedByUs { side: Side::Reading } => format!("{name} reading"),
        State::HalfClosedByUs { side: Side::Writing } => format!("{name} writing"),
        State::HalfClosedByUs { side: Side::Both } => format!("{name} both"),
        State::Failed { errno } => format!("{name} {}", errno::name(errno)),
        State::Ended { pending } => format!("{name} pending={pending}"),
        _ => name.to_owned(),
    }
}

fn said(soft: Soft) -> String {
    format!("{} by {}", errno::name(soft.errno), spelt(soft.who))
}

fn spelt(who: Who) -> String {
    match who {
        Who::Peer => "peer".to_owned(),
        Who::Icmp { from, kind, code } => format!("{from} {kind}/{code}"),
        Who::OurHost => "our host".to_owned(),
        Who::Unknown => "unknown".to_owned(),
    }
}

//! What is said of a BFD session, in one sentence each.

use std::io;
use std::time::Duration;

use allswell_link::bfd::happening::{Cause, Happening};
use allswell_link::bfd::packet::PORT;
use allswell_link::bfd::session::Session;
use allswell_link::bfd::state::State;
use allswell_model::link::LinkState;

use super::mouth::Trouble;

/// Of what happened, where packets were to come that often, and we ourselves were lately so late.
pub(super) fn of_happening(happening: &Happening, interval: Duration, late: Option<Duration>) -> String {
    match happening {
        Happening::Up { took } => format!("BFD is up after {}: both ends hear each other.", ms(*took)),
        Happening::Down { cause: Cause::Silent, silent } => {
            format!("The peer was silent for {}; a packet was due every {}.", ms(*silent), ms(interval))
        }
        Happening::Down { cause: cause @ Cause::PeerDown(_), .. } => {
            let ours = late.map_or_else(String::new, |late| format!(" We ourselves were {} late to send.", ms(late)));
            of_cause(*cause) + &ours
        }
        Happening::Down { cause, .. } => of_cause(*cause),
        Happening::SelfStalled { late } => {
            format!("We were {} late to look ourselves, so the peer has another {}.", ms(*late), ms(interval))
        }
    }
}

/// Of how a session is.
pub(super) fn of_state(state: LinkState, session: &Session, trouble: Option<Trouble>) -> String {
    match (state, trouble) {
        (LinkState::Up, _) => "Both ends hear each other.".to_owned(),
        (LinkState::SelfStalled, _) => "We were too late to look ourselves, so nothing is said of the peer.".to_owned(),
        (LinkState::Left, _) => of_cause(session.cause().unwrap_or(Cause::WePaused)),
        (_, Some(Trouble::NoCarrier(interface))) => format!("Our own interface {interface} has no carrier."),
        (_, Some(Trouble::Unsent(number))) => {
            format!("Our own packets do not leave: {}.", io::Error::from_raw_os_error(number))
        }
        (_, Some(Trouble::Refused)) => format!("The peer's kernel says that nobody listens on UDP port {PORT} there."),
        _ if session.state() == State::Init => "We hear the peer, and it does not hear us.".to_owned(),
        _ => session.cause().map_or_else(|| "Nothing was heard of the peer so far.".to_owned(), of_cause),
    }
}

fn of_cause(cause: Cause) -> String {
    match cause {
        Cause::Silent => "The peer is silent.".to_owned(),
        Cause::PeerDown(diagnostic) => format!("The peer says that the session is down: {}.", diagnostic.words()),
        Cause::PeerAdminDown => "The peer's operator holds the session down.".to_owned(),
        Cause::WePaused => "Our operator holds the session down.".to_owned(),
    }
}

/// As short as it is exact to a tenth of a millisecond.
fn ms(d: Duration) -> String {
    let tenths = d.as_micros() / 100;
    if tenths.is_multiple_of(10) { format!("{} ms", tenths / 10) } else { format!("{}.{} ms", tenths / 10, tenths % 10) }
}

#[cfg(test)]
mod tests;

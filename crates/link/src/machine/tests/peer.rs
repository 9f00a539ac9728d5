//! What a peer may say to an end, made by hand: all of it would pass the endpoint's checks.

use super::end::{End, address, terms};
use crate::dropped::Dropped;
use crate::ids::{Pair, SessionId};
use crate::machine::{Event, State};
use crate::session::Session;
use crate::time::{Moment, Stamp};
use crate::wire::{Farewell, Handshake, Probe};

/// The peer's boot, unless it begins anew.
pub(super) const BOOT: u64 = 77;

fn hello(end: &End, boot: u64, cookie: [u8; 16]) -> Handshake {
    Handshake { from: end.link.peer, to: end.us, boot, cookie, terms: terms() }
}

pub(super) fn syn(end: &End, id: u64) -> Event {
    Event::Syn { from: address(end.link.peer), id: SessionId(id) }
}

/// An answer to what is asked now; to nothing when nothing is.
pub(super) fn syn_ack(end: &End, theirs: u64) -> Event {
    let ours = match &end.link.state {
        State::Opening(attempt) | State::Down(attempt, _) => attempt.id,
        State::Up(standing) => standing.silence.inquiry.unwrap_or(SessionId(u64::MAX)),
        State::Closed => SessionId(u64::MAX),
    };
    Event::SynAck { pair: Pair { ours, theirs: SessionId(theirs) }, hello: hello(end, BOOT, [9; 16]) }
}

pub(super) fn syn_ack_of_another(end: &End) -> Event {
    Event::SynAck { pair: Pair { ours: SessionId(u64::MAX), theirs: SessionId(5) }, hello: hello(end, BOOT, [9; 16]) }
}

/// Takes what the end would offer, were it asked now for a session under this identity.
pub(super) fn ack(end: &End, now: Moment, (theirs, boot): (u64, u64)) -> Event {
    let from = address(end.link.peer);
    let claim = end.link.claim(from, SessionId(theirs));
    let ours = end.secrets.answer(&claim, now);
    let cookie = end.secrets.cookie(&claim, ours, now);
    Event::Ack { from, pair: Pair { ours, theirs: SessionId(theirs) }, hello: hello(end, boot, cookie) }
}

/// The same, with another cookie.
pub(super) fn forged_ack(end: &End, now: Moment) -> Event {
    let Event::Ack { from, pair, hello } = ack(end, now, (31, BOOT)) else { unreachable!() };
    Event::Ack { from, pair, hello: Handshake { cookie: [1; 16], ..hello } }
}

/// Takes a session that stands already, or that stood before.
pub(super) fn ack_of(end: &End, pair: Pair) -> Event {
    Event::Ack { from: address(end.link.peer), pair, hello: hello(end, BOOT, [9; 16]) }
}

pub(super) fn probe(pair: Pair, now: Moment, sequence: u64, farewell: Farewell) -> Event {
    let probe = Probe {
        sequence,
        heard_up_to: 0,
        heard_at: Stamp::UNKNOWN,
        received: 0,
        previous_sent: Stamp::UNKNOWN,
        duplicates: 0,
        reordered: 0,
        farewell,
        terms: terms(),
    };
    Event::Probe { pair, at: (now, Stamp(now.0)), probe }
}

/// A probe of the session that stands, of a peer that hears us; of none that there is, else.
pub(super) fn probe_now(end: &End, now: Moment, sequence: u64, farewell: Farewell) -> Event {
    let none = Pair { ours: SessionId(u64::MAX), theirs: SessionId(u64::MAX) };
    let mut event = probe(end.pair().unwrap_or(none), now, sequence, farewell);
    if let Event::Probe { probe, .. } = &mut event {
        probe.heard_up_to = end.link.session().map_or(0, Session::sent);
    }
    event
}

/// Brings an end that is switched on into a session that it asked for.
pub(super) fn stand(end: &mut End, now: Moment) -> Result<(), Dropped> {
    end.handle(now, syn_ack(end, 21))?;
    end.handle(now, probe_now(end, now, 0, Farewell::None))
}

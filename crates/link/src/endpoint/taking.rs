//! Whose packet it is, and whether it is what it says.

use super::{Arrival, Endpoint, Received};
use crate::dropped::Dropped;
use crate::ids::{Pair, SessionId};
use crate::machine::Event;
use crate::wire::{self, Handshake, Header, Kind, Probe};

impl Endpoint {
    pub(super) fn take<'a>(&mut self, arrival: &Arrival, bytes: &'a [u8]) -> Result<Received<'a>, Dropped> {
        let header = Header::read(bytes)?;
        match header.kind {
            Kind::Syn | Kind::SynAck | Kind::Ack => self.take_handshake(arrival, &header, bytes).map(|()| Received::Taken),
            Kind::Probe | Kind::Report => self.take_in_session(arrival, &header, bytes),
        }
    }

    fn take_handshake(&mut self, arrival: &Arrival, header: &Header, bytes: &[u8]) -> Result<(), Dropped> {
        let hello = Handshake::read(bytes, header);
        let index = self.slots.index_of(hello.from).ok_or(Dropped::UnknownPeer)?;
        if hello.to != self.identity.node {
            return Err(Dropped::NotForUs);
        }
        let slot = self.slots.get_mut(index).ok_or(Dropped::UnknownPeer)?;
        wire::verify(bytes, header, &slot.link.keys)?;
        if !hello.terms.are_sound() || header.from == SessionId::NONE {
            return Err(Dropped::Malformed);
        }
        let pair = Pair { ours: header.to, theirs: header.from };
        let event = match header.kind {
            Kind::Syn => {
                let bucket = if arrival.from == slot.link.address { &mut slot.at_home } else { &mut slot.elsewhere };
                if !bucket.take(arrival.at) {
                    return Err(Dropped::RateLimited);
                }
                Event::Syn { from: arrival.from, id: header.from }
            }
            Kind::SynAck => Event::SynAck { pair, hello },
            _ => Event::Ack { from: arrival.from, pair, hello },
        };
        self.handle(arrival.at, index, event)
    }

    fn take_in_session<'a>(&mut self, arrival: &Arrival, header: &Header, bytes: &'a [u8]) -> Result<Received<'a>, Dropped> {
        let index = self.slots.index_of_session(header.to).ok_or(Dropped::UnknownSession)?;
        let slot = self.slots.get_mut(index).ok_or(Dropped::UnknownSession)?;
        wire::verify(bytes, header, &slot.link.keys)?;
        let pair = Pair { ours: header.to, theirs: header.from };
        if !slot.link.pairs().contains(&Some(pair)) {
            return Err(Dropped::CrossSession);
        }
        if header.kind == Kind::Report {
            let (number, content) = wire::report(bytes);
            let peer = slot.link.peer;
            self.handle(arrival.at, index, Event::Report { pair, at: arrival.at, number })?;
            return Ok(Received::Report(peer, content));
        }
        let probe = Probe::read(bytes, header)?;
        let event = Event::Probe { pair, at: (arrival.at, arrival.stamp), probe };
        self.handle(arrival.at, index, event).map(|()| Received::Taken)
    }
}

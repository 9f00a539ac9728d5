//! One end, without the endpoint around it: so that it can be cloned, and be handed timers that somebody held.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use crate::chance::Chance;
use crate::cookie::Secrets;
use crate::dropped::Dropped;
use crate::happening::{Death, Happening};
use crate::ids::{Node, Pair};
use crate::key::{Key, KeyRing};
use crate::machine::{Event, Link, Shared, State};
use crate::outbox::Outbox;
use crate::terms::Terms;
use crate::time::{Moment, Stamp};
use crate::timer::Armed;
use crate::wire::{Handshake, Header, Kind, LENGTH, Probe};

pub(super) const MS: Duration = Duration::from_millis(1);

/// When it all begins: cookies of the slot before are of the past, too.
pub(super) const BEGIN: Moment = Moment(100_000_000_000);

/// Every 50 ms, three times: the detection time is 150 ms.
pub(super) fn terms() -> Terms {
    Terms::every(50 * MS, 3)
}

pub(super) fn address(node: Node) -> SocketAddr {
    let last = u8::try_from(node.0).unwrap();
    (Ipv4Addr::new(10, 0, 0, last), 8421).into()
}

pub(super) fn turned(pair: Pair) -> Pair {
    Pair { ours: pair.theirs, theirs: pair.ours }
}

#[derive(Clone)]
pub(super) struct End {
    pub(super) us: Node,
    pub(super) boot: u64,
    pub(super) link: Link,
    pub(super) secrets: Secrets,
    pub(super) out: Outbox,
    pub(super) may_ask: bool,
    chance: Chance,
}

impl End {
    /// Switched off.
    pub(super) fn new(us: Node, peer: Node, boot: u64) -> Self {
        let keys = KeyRing::new(vec![Key::new(1, b"a secret of the tests")]).between(us, peer);
        let mut seed = [7; 32];
        seed[..8].copy_from_slice(&us.0.to_be_bytes());
        seed[8..16].copy_from_slice(&boot.to_be_bytes());
        Self {
            us,
            boot,
            link: Link::new((peer, address(peer)), keys, terms()),
            secrets: Secrets::new(&seed),
            out: Outbox::default(),
            may_ask: true,
            chance: Chance::new(us.0 ^ (boot << 32)),
        }
    }

    pub(super) fn handle(&mut self, now: Moment, event: Event) -> Result<(), Dropped> {
        let Self { us, boot, link, secrets, out, may_ask, chance } = self;
        link.handle(&mut Shared { us: *us, boot: *boot, secrets, chance, out, may_ask: *may_ask }, now, event)
    }

    /// Takes in a packet as the endpoint does, except for the MAC.
    pub(super) fn receive(&mut self, now: Moment, bytes: &[u8]) -> Result<(), Dropped> {
        let header = Header::read(bytes)?;
        let pair = Pair { ours: header.to, theirs: header.from };
        let (hello, from) = (Handshake::read(bytes, &header), address(self.link.peer));
        let event = match header.kind {
            Kind::Syn => Event::Syn { from, id: header.from },
            Kind::SynAck => Event::SynAck { pair, hello },
            Kind::Ack => Event::Ack { from, pair, hello },
            _ if self.link.pairs().contains(&Some(pair)) => {
                Event::Probe { pair, at: (now, Stamp(now.0)), probe: Probe::read(bytes, &header)? }
            }
            _ => return Err(Dropped::UnknownSession),
        };
        self.handle(now, event)
    }

    /// The packets that want to leave.
    pub(super) fn packets(&mut self) -> Vec<[u8; LENGTH]> {
        self.out.packets.drain(..).map(|packet| packet.bytes).collect()
    }

    pub(super) fn told(&mut self) -> Vec<Happening> {
        self.out.happenings.drain(..).map(|(_, happening)| happening).collect()
    }

    /// Of what sessions died meanwhile.
    pub(super) fn deaths(&mut self) -> Vec<Death> {
        let death = |told| if let Happening::Ended { death, .. } = told { Some(death) } else { None };
        self.told().into_iter().filter_map(death).collect()
    }

    pub(super) fn first(&self) -> Option<Armed> {
        self.link.timers.first(|_| true)
    }

    pub(super) fn pair(&self) -> Option<Pair> {
        self.link.session().map(|session| session.pair)
    }

    /// Its state in few words.
    pub(super) fn is(&self) -> String {
        match &self.link.state {
            State::Closed => "closed".into(),
            State::Opening(_) => "opening".into(),
            State::Down(_, death) => format!("down({})", death.word()),
            State::Up(standing) => {
                let confirmed = if standing.session.is_confirmed() { "up" } else { "up-unconfirmed" };
                let stalled = if standing.stalled.is_some() { "-stalled" } else { "" };
                let draining = if standing.draining.is_some() { "-draining" } else { "" };
                format!("{confirmed}{stalled}{draining}")
            }
        }
    }
}

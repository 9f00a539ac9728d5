//! One link of ours: its sessions, its figures, how it is and since when.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use allswell_link::happening::{Death, Happening};
use allswell_link::ids::Pair;
use allswell_link::machine::Link;
use allswell_link::outbox::{Heard, SentProbe};
use allswell_link::time::{Moment, Stamp};
use allswell_model::link::{LinkCounts, LinkState, OwnLink, SessionRecord};
use allswell_model::{NodeId, ProbeResult, Timestamp};

use crate::settings::Peer;
use crate::stalls::Stalls;

/// Sessions that are remembered.
const SESSIONS: usize = 20;

/// Until a link has had this long to open, nothing is said of it.
const TIME_TO_OPEN: Duration = Duration::from_secs(3);

/// A moment by both clocks: that of results, and ours.
pub(crate) type Now = (Timestamp, Moment);

/// A link.
#[derive(Debug)]
pub(crate) struct Record {
    name: NodeId,
    location: Arc<str>,
    address: SocketAddr,
    state: LinkState,
    since: Timestamp,
    opened: Moment,
    sessions: VecDeque<SessionRecord>,
    death: Option<Death>,
    changed: bool,
    counts: LinkCounts,
}

impl Record {
    pub(crate) fn new(peer: &Peer, (now, moment): Now) -> Self {
        Self {
            name: peer.name.clone(),
            location: Arc::clone(&peer.location),
            address: peer.address,
            state: LinkState::Opening,
            since: now,
            opened: moment,
            sessions: VecDeque::with_capacity(SESSIONS + 1),
            death: None,
            changed: true,
            counts: LinkCounts::default(),
        }
    }

    /// The same with what the operator says of it now.
    pub(crate) fn with(mut self, peer: &Peer) -> Self {
        self.location = Arc::clone(&peer.location);
        self.address = peer.address;
        self
    }

    pub(crate) fn name(&self) -> &NodeId {
        &self.name
    }

    pub(crate) fn location(&self) -> Arc<str> {
        Arc::clone(&self.location)
    }

    pub(crate) fn sent(&mut self, _probe: &SentProbe, _at: Moment) {
        self.counts.sent += 1;
    }

    pub(crate) fn left(&mut self, _probe: &SentProbe, _stamp: Stamp) {}

    pub(crate) fn heard(&mut self, _heard: &Heard) {
        self.counts.received += 1;
    }

    pub(crate) fn normal(&self) -> Option<Duration> {
        None
    }

    /// Whether its state changed since this was last asked.
    pub(crate) fn changed(&mut self) -> bool {
        std::mem::take(&mut self.changed)
    }

    pub(crate) fn happened(&mut self, now: Now, happening: &Happening) {
        match *happening {
            Happening::Up { pair, initiated, took, .. } => {
                self.began(pair, initiated, (took, now.0));
                self.turn(LinkState::Up, now.0);
            }
            Happening::Ended { pair, death, .. } => {
                self.ended(pair, death, now.0);
                match death {
                    Death::Replaced => {}
                    Death::Left | Death::WeLeft => self.turn(LinkState::Left, now.0),
                    _ => self.turn(LinkState::Down, now.0),
                }
                if death != Death::Replaced {
                    self.death = Some(death);
                }
            }
            Happening::PeerStalled { .. } => self.turn(LinkState::PeerStalled, now.0),
            Happening::PeerBack { .. } => self.turn(LinkState::Up, now.0),
            Happening::SelfStalled { .. } => {}
        }
    }

    fn turn(&mut self, state: LinkState, now: Timestamp) {
        if self.state != state {
            self.state = state;
            self.since = now;
            self.changed = true;
        }
    }

    fn began(&mut self, pair: Pair, initiated: bool, (took, now): (Duration, Timestamp)) {
        let id = format!("{:?}:{:?}", pair.ours, pair.theirs);
        let up_after = (!took.is_zero()).then_some(took);
        self.sessions.push_front(SessionRecord { id, began: now, up_after, initiated, ended: None, cause: None, sentence: None });
        self.sessions.truncate(SESSIONS);
    }

    fn ended(&mut self, pair: Pair, death: Death, now: Timestamp) {
        let id = format!("{:?}:{:?}", pair.ours, pair.theirs);
        if let Some(session) = self.sessions.iter_mut().find(|session| session.id == id) {
            session.ended = Some(now);
            session.cause = Some(death.word());
        }
    }

    /// What is done once a second.
    pub(crate) fn second(&mut self, (now, moment): Now, _link: &Link, _stalls: &Stalls) {
        if self.state == LinkState::Opening && moment.since(self.opened) > TIME_TO_OPEN {
            self.turn(LinkState::Down, now);
        }
    }

    pub(crate) fn result(&mut self, _now: Now, _link: &Link, _stalls: &Stalls) -> Option<ProbeResult> {
        None
    }

    pub(crate) fn shown(&self, _now: Now, link: &Link, _stalls: &Stalls) -> OwnLink {
        let (interval, detection) = link.pace();
        OwnLink {
            peer: self.name.clone(),
            protocol: "link",
            address: self.address.to_string(),
            state: self.state,
            since: self.since,
            reason: String::new(),
            interval,
            multiplier: link.multiplier().into(),
            detection,
            rtt: None,
            rtt_all: None,
            jitter: None,
            loss_forward: None,
            loss_reverse: None,
            counts: self.counts,
            recent: Vec::new(),
            sessions: self.sessions.iter().cloned().collect(),
        }
    }
}

//! One link of ours: its sessions, its figures, how it is and since when.

mod blame;
mod result;
mod saying;
mod standing;
mod view;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use allswell_link::happening::{Death, Happening};
use allswell_link::ids::Pair;
use allswell_link::machine::Link;
use allswell_link::measure::Measures;
use allswell_link::measure::figures::Figures;
use allswell_link::measure::multiplier::Multiplier;
use allswell_link::outbox::{Heard, SentProbe};
use allswell_link::session::Session;
use allswell_link::time::{Moment, Stamp};
use allswell_model::link::{LinkState, SessionRecord};
use allswell_model::{NodeId, Timestamp};

use crate::own::Own;
use crate::plan::GRACE_SECONDS;
use crate::sentence;
use crate::settings::Peer;
use blame::Outside;
use saying::cause;

pub(crate) use result::of_session;
pub(crate) use view::Brief;

/// Sessions that are remembered.
const SESSIONS: usize = 20;

/// Clocks may be so far apart, and with them the moments at which two nodes begin to measure each other.
const CLOCKS_APART: Duration = Duration::from_secs(GRACE_SECONDS.unsigned_abs());

/// A link that loses this share of its packets is degraded, and so many of them: fewer are chance.
const LOSSY: f64 = 0.01;
const LOST_AT_LEAST: f64 = 2.5;

/// It is so no longer below this.
const LOSSLESS: f64 = 0.005;

/// The figures' window.
const WINDOW: Duration = Duration::from_secs(10);

/// A moment by both clocks: that of results, and ours.
pub(crate) type Now = (Timestamp, Moment);

/// What is said of a link's session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Base {
    /// None yet.
    Opening,
    Up,
    PeerStalled,
    Ended(Death),
    /// Not in the plan just now.
    Unmeasured,
}

/// A link.
#[derive(Debug)]
pub(crate) struct Record {
    name: NodeId,
    location: Arc<str>,
    address: SocketAddr,
    base: Base,
    state: LinkState,
    since: Timestamp,
    opened: Moment,
    /// When the peer was last heard in a session.
    heard: Option<Moment>,
    sessions: VecDeque<SessionRecord>,
    /// How many there were.
    count: u64,
    late: Option<(Moment, Duration)>,
    /// We did not run for longer than the peer waits: it may have given us up.
    stalled: Option<Moment>,
    changed: bool,
    measures: Measures,
    figures: Option<Figures>,
    /// What the operator wants of it at least.
    least: u8,
    multiplier: Multiplier,
    lossy: bool,
    /// What keeps our packets here, and when that was last seen.
    own: Option<(Own, Moment)>,
    /// When the kernel was last asked for the way.
    looked: Moment,
    /// Since when there is no session.
    without: Moment,
    /// What the peer's kernel and its packets tell while there is no session.
    outside: Outside,
    /// Not only this peer's process is silent, but all are.
    deaf: bool,
}

impl Record {
    pub(crate) fn new(peer: &Peer, (now, moment): Now, multiplier: u8) -> Self {
        Self {
            name: peer.name.clone(),
            location: Arc::clone(&peer.location),
            address: peer.address,
            base: Base::Opening,
            state: LinkState::Opening,
            since: now,
            opened: moment,
            heard: None,
            sessions: VecDeque::with_capacity(SESSIONS + 1),
            count: 0,
            late: None,
            stalled: None,
            changed: true,
            measures: Measures::new(),
            figures: None,
            least: multiplier,
            multiplier: Multiplier::new(multiplier),
            lossy: false,
            own: None,
            looked: Moment::default(),
            without: moment,
            outside: Outside::default(),
            deaf: false,
        }
    }

    /// Whether the processes of all peers are silent while their kernels answer. That is held against none of them.
    pub(crate) fn we_are_deaf(&mut self, deaf: bool) {
        self.changed |= self.deaf != deaf;
        self.deaf = deaf;
    }

    /// Takes over what the operator says of it now.
    pub(crate) fn renew(&mut self, peer: &Peer, multiplier: u8) {
        self.location = Arc::clone(&peer.location);
        self.address = peer.address;
        if self.least != multiplier {
            (self.least, self.multiplier) = (multiplier, Multiplier::new(multiplier));
        }
    }

    pub(crate) fn multiplier(&self) -> u8 {
        self.multiplier.current()
    }

    pub(crate) fn name(&self) -> &NodeId {
        &self.name
    }

    pub(crate) fn sent(&mut self, probe: &SentProbe, at: Moment) {
        self.measures.sent(probe, at);
    }

    pub(crate) fn left(&mut self, probe: &SentProbe, stamp: Stamp) {
        self.measures.sent_stamp(probe, stamp);
    }

    pub(crate) fn heard(&mut self, heard: &Heard) {
        self.heard = Some(self.heard.map_or(heard.at, |before| before.max(heard.at)));
        self.measures.heard(heard);
    }

    fn stands(&mut self) {
        self.base = Base::Up;
        self.outside = Outside::default();
        self.own = None;
    }

    /// The peer was heard in the session that stands. Says whether that was waited for.
    pub(crate) fn confirmed(&mut self, now: impl FnOnce() -> Now) -> bool {
        let is_news = self.base == Base::Ended(Death::Unconfirmed);
        if is_news {
            self.stands();
            self.settle(now());
        }
        is_news
    }

    /// We did not run for longer than peers wait.
    pub(crate) fn we_stalled(&mut self, moment: Moment, late: Duration) {
        self.late_by(moment, late);
        self.stalled = Some(moment);
    }

    /// We were late for it. What came meanwhile is read in turns, so the same stall is noted more than once: its longest counts.
    fn late_by(&mut self, moment: Moment, late: Duration) {
        let noted = self.late.filter(|(at, _)| moment.since(*at) <= late).map(|(_, noted)| noted);
        self.late = Some((moment, noted.map_or(late, |noted| noted.max(late))));
    }

    /// Whether its state changed since this was last asked.
    pub(crate) fn changed(&mut self) -> bool {
        std::mem::take(&mut self.changed)
    }

    /// It is in the plan, or no longer. Where a link takes turns, the peer's clock may say that it is not its turn yet.
    pub(crate) fn measured(&mut self, measured: bool, takes_turns: bool, now: Now) {
        match (self.base, measured) {
            (Base::Unmeasured, true) => {
                self.base = Base::Opening;
                self.opened = now.1;
            }
            (Base::Unmeasured, false) | (_, true) => {}
            (_, false) => self.base = Base::Unmeasured,
        }
        if takes_turns && self.base == Base::Opening {
            self.opened = now.1 + CLOCKS_APART;
        }
        self.settle(now);
    }

    pub(crate) fn happened(&mut self, now: Now, happening: &Happening, (link, unsent): (&Link, Option<i32>)) {
        match *happening {
            Happening::Up { pair, initiated, took, .. } => {
                self.began(pair, initiated, (took, now.0));
                // A session before it died before the peer was heard in it; so may this one, and the next.
                let is_sure = self.base != Base::Ended(Death::Unconfirmed) || link.session().is_some_and(Session::is_confirmed);
                if is_sure {
                    // Its part of the handshake was heard just now.
                    self.heard = Some(now.1);
                    self.stands();
                }
            }
            Happening::Ended { pair, death, silent } => {
                if death != Death::Unconfirmed {
                    self.outside = Outside::after(death, now.1);
                }
                // One that took another's place has said that it is up already, or is about to.
                if death != Death::Replaced && self.base != Base::Unmeasured {
                    self.base = Base::Ended(death);
                    self.without = now.1;
                    self.look(now.1, unsent);
                }
                self.ended(pair, (death, silent), (now, link));
            }
            Happening::PeerStalled { .. } => self.base = Base::PeerStalled,
            Happening::PeerBack { .. } => self.base = Base::Up,
            Happening::SelfStalled { late } => self.late_by(now.1, late),
        }
        self.settle(now);
    }

    fn began(&mut self, pair: Pair, initiated: bool, (took, now): (Duration, Timestamp)) {
        let up_after = (!took.is_zero()).then_some(took);
        self.count += 1;
        self.sessions.push_front(SessionRecord { id: id(pair), began: now, up_after, initiated, ended: None, cause: None, sentence: None });
        self.sessions.truncate(SESSIONS);
    }

    fn ended(&mut self, pair: Pair, (death, silent): (Death, Duration), (now, link): (Now, &Link)) {
        let address = self.address.to_string();
        let figures = sentence::Figures { silence: Some(silent), ..self.told(&address, now.1, link) };
        let sentence = sentence::of_end(cause(death), &figures);
        let is_silence = matches!(death, Death::Silent | Death::SilentUnasked | Death::HearsNothing | Death::Unconfirmed);
        let own = self.own.as_ref().filter(|_| is_silence).map(|(own, _)| own.sentence(self.name.as_str(), &address));
        let id = id(pair);
        if let Some(session) = self.sessions.iter_mut().find(|session| session.id == id) {
            session.ended = Some(now.0);
            session.cause = Some(own.as_ref().map_or(death, |_| Death::LinkDown).word());
            session.sentence = Some(own.unwrap_or(sentence));
        }
    }

    /// What is done once a second: figures, and what follows from them. It says which multiplier the losses call for.
    pub(crate) fn second(&mut self, now: Now, (link, unsent): (&Link, Option<i32>)) -> u8 {
        let (interval, _) = link.pace();
        let figures = self.measures.figures(now.1);
        let worst = figures.loss_forward.unwrap_or(0.0).max(figures.loss_reverse.unwrap_or(0.0));
        let sent = WINDOW.as_secs_f64() / interval.as_secs_f64().max(0.001);
        self.lossy = if self.lossy { worst >= LOSSLESS } else { worst >= LOSSY && worst * sent >= LOST_AT_LEAST };
        self.figures = Some(figures);
        self.look(now.1, unsent);
        self.settle(now);
        let lost = self.measures.lost_reverse(now.1);
        self.multiplier.update(now.1, allswell_link::measure::multiplier::cautious(lost), interval)
    }
}

fn id(pair: Pair) -> String {
    format!("{:?}:{:?}", pair.ours, pair.theirs)
}

#[cfg(test)]
mod tests;

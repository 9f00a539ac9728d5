//! Sessions and packets for tests, and two sessions on one wire whose time is made up.

use std::num::{NonZeroU8, NonZeroU32};
use std::time::Duration;

use crate::bfd::happening::Happening;
use crate::bfd::pace::Pace;
use crate::bfd::packet::{HOP_LIMIT, Micros, Packet};
use crate::bfd::session::Session;
use crate::bfd::state::{Diagnostic, State};
use crate::time::Moment;

pub(crate) const OURS: u32 = 0x1122_3344;
pub(crate) const THEIRS: u32 = 0x5566_7788;

pub(crate) fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// So many milliseconds after a beginning that is not zero.
pub(crate) fn at(after_ms: u64) -> Moment {
    Moment(1_000_000_000_000) + ms(after_ms)
}

pub(crate) fn pace(every: Duration, multiplier: u8) -> Pace {
    Pace { sends: every, hears: every, multiplier: NonZeroU8::new(multiplier).unwrap() }
}

pub(crate) fn session(every: Duration, multiplier: u8) -> Session {
    Session::new(NonZeroU32::new(OURS).unwrap(), pace(every, multiplier), 7, at(0))
}

/// What a peer of 50 ms and 3 intervals says to a session of ours.
pub(crate) fn says(state: State) -> Packet {
    Packet {
        diagnostic: Diagnostic::None,
        state,
        poll: false,
        is_final: false,
        independent: false,
        authentication: None,
        demand: false,
        multiplier: 3,
        mine: THEIRS,
        yours: OURS,
        desired_tx: Micros(50_000),
        required_rx: Micros(50_000),
        required_echo_rx: Micros(0),
    }
}

/// Everything that is to be sent now.
pub(crate) fn sent(session: &mut Session, now: Moment) -> Vec<Packet> {
    std::iter::from_fn(|| session.poll_transmit(now)).map(|bytes| Packet::read(&bytes).unwrap()).collect()
}

pub(crate) fn happened(session: &mut Session) -> Vec<Happening> {
    std::iter::from_fn(|| session.poll_happening()).collect()
}

pub(crate) fn hear(session: &mut Session, now: Moment, packet: Packet) {
    session.handle_packet(now, &packet, HOP_LIMIT).unwrap();
}

/// A session of 50 ms, up since `at(0)`, that was confirmed in all it told; nothing is left to be sent.
pub(crate) fn up() -> Session {
    let mut session = session(ms(50), 3);
    hear(&mut session, at(0), says(State::Init));
    sent(&mut session, at(0));
    hear(&mut session, at(0), Packet { is_final: true, ..says(State::Up) });
    assert_eq!((session.state(), session.is_polling()), (State::Up, false));
    assert_eq!(happened(&mut session), [Happening::Up { took: Duration::ZERO }]);
    session
}

/// Two sessions, and what is under way between them.
pub(crate) struct Wire {
    pub(crate) ends: [Session; 2],
    pub(crate) now: Moment,
    pub(crate) delay: Duration,
    /// Whether what end 0, or 1, sends arrives.
    pub(crate) carries: [bool; 2],
    /// All that was sent: when, by whom.
    pub(crate) log: Vec<(Moment, usize, Packet)>,
    under_way: Vec<(Moment, usize, Packet)>,
}

impl Wire {
    pub(crate) fn new(paces: [Pace; 2], delay: Duration) -> Self {
        let end = |id: u32, pace| Session::new(NonZeroU32::new(id).unwrap(), pace, id.into(), at(0));
        let ends = [end(OURS, paces[0]), end(THEIRS, paces[1])];
        let mut wire = Self { ends, now: at(0), delay, carries: [true; 2], log: Vec::new(), under_way: Vec::new() };
        wire.flush();
        wire
    }

    /// Sends what is due.
    pub(crate) fn flush(&mut self) {
        for (from, end) in self.ends.iter_mut().enumerate() {
            for packet in sent(end, self.now) {
                self.log.push((self.now, from, packet));
                if self.carries[from] {
                    self.under_way.push((self.now + self.delay, 1 - from, packet));
                }
            }
        }
    }

    /// Goes to the next moment at which something happens; false when that is later than `until`.
    pub(crate) fn step(&mut self, until: Moment) -> bool {
        let arrivals = self.under_way.iter().map(|(at, ..)| *at);
        let Some(next) = arrivals.chain(self.ends.iter().filter_map(Session::next_timeout)).min() else { return false };
        if next > until {
            self.now = until;
            return false;
        }
        self.now = next;
        let (here, later) = self.under_way.iter().partition(|(at, ..)| *at <= next);
        self.under_way = later;
        let here: Vec<_> = here;
        for (_, to, packet) in here {
            let _ = self.ends[to].handle_packet(next, &packet, HOP_LIMIT);
        }
        self.ends.iter_mut().for_each(|end| end.handle_timeout(next));
        self.flush();
        true
    }

    pub(crate) fn run(&mut self, until: Moment) {
        while self.step(until) {}
    }

    pub(crate) fn states(&self) -> [State; 2] {
        [self.ends[0].state(), self.ends[1].state()]
    }
}

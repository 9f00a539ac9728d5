//! One end of one session. It is handed the time and packets, and hands out packets and happenings; it keeps no socket and reads no clock.

use std::num::NonZeroU32;
use std::time::Duration;

use crate::bfd::happening::{Cause, Happening, Queue};
use crate::bfd::pace::Pace;
use crate::bfd::remote::Remote;
use crate::bfd::state::{Diagnostic, State};
use crate::bfd::terms::Terms;
use crate::bfd::timers::{Timer, Timers};
use crate::bfd::transition::{self, Input};
use crate::chance::Chance;
use crate::time::Moment;

mod hear;
mod send;
mod silence;

/// What is to be sent as soon as it is asked for.
#[derive(Debug, Clone, Copy, Default)]
struct Due {
    /// The answer to a Poll.
    answer: bool,
    /// A packet of its own, since what it says has changed.
    change: bool,
    /// The periodic one.
    periodic: bool,
}

/// One end of a session.
///
/// After each of `handle_packet`, `handle_timeout`, `set_pace`, `pause` and `resume`: [`Self::poll_transmit`] until it has nothing, then
/// [`Self::poll_happening`] until it has nothing; then wait until [`Self::next_timeout`]. Before [`Self::handle_timeout`] all packets that
/// came already are to be handed in, so that nobody is judged by what lies unread.
#[derive(Debug)]
pub struct Session {
    discriminator: NonZeroU32,
    pace: Pace,
    state: State,
    diagnostic: Diagnostic,
    cause: Option<Cause>,
    remote: Remote,
    terms: Terms,
    timers: Timers,
    chance: Chance,
    due: Due,
    /// When it was made, let go or last up.
    since: Moment,
    /// When the last packet left that was no mere answer.
    sent: Moment,
    /// The interval by which [`Timer::Transmit`] was armed; `None` while there are no periodic packets.
    paced: Option<Duration>,
    /// When the peer was last heard.
    heard: Option<Moment>,
    /// Whether we were late in this silence already.
    excused: bool,
    happenings: Queue,
}

impl Session {
    /// Down, with its first packet due at once. The discriminator is the driver's to choose: at random, and of no other session of this
    /// host. The seed decides the jitter: the same seed and the same inputs make the same bytes at the same moments.
    #[must_use]
    pub fn new(discriminator: NonZeroU32, pace: Pace, seed: u64, now: Moment) -> Self {
        Self {
            discriminator,
            pace,
            state: State::Down,
            diagnostic: Diagnostic::None,
            cause: None,
            remote: Remote::UNHEARD,
            terms: Terms::new(pace.slow_tx(), pace.required_rx()),
            timers: Timers::default(),
            chance: Chance::new(seed),
            due: Due { change: true, ..Due::default() },
            since: now,
            sent: now,
            paced: None,
            heard: None,
            excused: false,
            happenings: Queue::default(),
        }
    }

    /// The operator wishes otherwise. A session that is up stays up: the peer is asked before anything that it counts on changes.
    pub fn set_pace(&mut self, now: Moment, pace: Pace) {
        let multiplies = self.pace.multiplier != pace.multiplier;
        self.pace = pace;
        let tells = self.tell_terms();
        self.due.change |= tells || multiplies;
        self.rearm_detect();
        self.repace(now);
    }

    /// Our operator holds the session down. The peer is told, and goes on being told (RFC 5880, 6.8.16): it may begin anew meanwhile.
    pub fn pause(&mut self, now: Moment) {
        self.timers.cancel(Timer::Detect);
        self.excused = false;
        self.step(now, Input::Pause);
        self.repace(now);
    }

    /// And lets it go. Nothing is left of what was known of the peer.
    pub fn resume(&mut self, now: Moment) {
        if self.state == State::AdminDown {
            (self.since, self.cause, self.excused) = (now, None, false);
            self.step(now, Input::Resume);
            self.remote = Remote::UNHEARD;
            self.repace(now);
        }
    }

    /// When [`Self::handle_timeout`] has something to do; `None` when nothing is awaited.
    #[must_use]
    pub fn next_timeout(&self) -> Option<Moment> {
        self.timers.first(|_| true).map(|armed| armed.at)
    }

    /// When the peer will have been silent for its detection time.
    #[must_use]
    pub fn next_alarm(&self) -> Option<Moment> {
        self.timers.armed(Timer::Detect).map(|armed| armed.at)
    }

    /// Lets fire what is due by now, each timer at most once. The later one calls, the later it happens; nothing happens early.
    pub fn handle_timeout(&mut self, now: Moment) {
        self.handle_timeout_knowing(now, now);
    }

    /// The same, where only the packets that came until `known` have been handed in: the peer is judged as of then, and no later.
    pub fn handle_timeout_knowing(&mut self, now: Moment, known: Moment) {
        let known = known.min(now);
        for (timer, by) in [(Timer::Detect, known), (Timer::Transmit, now)] {
            let Some(armed) = self.timers.armed(timer).filter(|armed| armed.at <= by) else { continue };
            if self.timers.take(armed) {
                match timer {
                    Timer::Transmit => self.due.periodic = true,
                    Timer::Detect => self.detect(now, known.since(armed.at)),
                }
            }
        }
    }

    /// What happened, the oldest first.
    pub fn poll_happening(&mut self) -> Option<Happening> {
        self.happenings.pop()
    }

    /// By which the peer knows it.
    #[must_use]
    pub fn discriminator(&self) -> NonZeroU32 {
        self.discriminator
    }

    /// How it is.
    #[must_use]
    pub fn state(&self) -> State {
        self.state
    }

    /// Why it is not up; `None` when it is, or was not since it was made or let go.
    #[must_use]
    pub fn cause(&self) -> Option<Cause> {
        self.cause
    }

    /// What the peer last said.
    #[must_use]
    pub fn remote(&self) -> &Remote {
        &self.remote
    }

    /// When the peer was last heard.
    #[must_use]
    pub fn heard(&self) -> Option<Moment> {
        self.heard
    }

    /// Whether we were too late ourselves to judge this silence, and the peer has one more interval.
    #[must_use]
    pub fn is_excused(&self) -> bool {
        self.excused
    }

    /// Whether the peer is asked to confirm what we told it, and has not answered.
    #[must_use]
    pub fn is_polling(&self) -> bool {
        self.terms.is_polling()
    }

    /// Goes where the input leads, if anywhere.
    fn step(&mut self, now: Moment, input: Input) {
        let Some((to, diagnostic)) = transition::next(self.state, input) else { return };
        let from = std::mem::replace(&mut self.state, to);
        self.diagnostic = diagnostic.unwrap_or(self.diagnostic);
        self.due.change = true;
        if to == State::Up {
            self.cause = None;
            self.happenings.push(Happening::Up { took: now.since(self.since) });
        } else if let Some(cause) = self.cause_of(input) {
            self.cause = Some(cause);
            if from == State::Up {
                self.since = now;
                let silent = self.heard.map_or(Duration::ZERO, |heard| now.since(heard));
                self.happenings.push(Happening::Down { cause, silent });
            }
        }
        self.tell_terms();
    }

    fn cause_of(&self, input: Input) -> Option<Cause> {
        match input {
            Input::Silence => Some(Cause::Silent),
            Input::Pause => Some(Cause::WePaused),
            Input::Heard(State::AdminDown) => Some(Cause::PeerAdminDown),
            // From up alone does this lead down.
            Input::Heard(State::Down) if self.state == State::Down => Some(Cause::PeerDown(self.remote.diagnostic)),
            Input::Heard(_) | Input::Resume => None,
        }
    }

    fn tell_terms(&mut self) -> bool {
        let is_up = self.state == State::Up;
        let desired_tx = if is_up { self.pace.desired_tx() } else { self.pace.slow_tx() };
        self.terms.tell(desired_tx, self.pace.required_rx(), is_up)
    }
}

#[cfg(test)]
mod tests;

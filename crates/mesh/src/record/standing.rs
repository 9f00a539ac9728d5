//! How a link is, as follows from all that is known of it.

use std::time::Duration;

use allswell_link::happening::Death;
use allswell_link::time::Moment;
use allswell_model::link::LinkState;

use super::{Base, Now, Record};

/// Until a link has had this long to open, nothing is said of it.
pub(super) const TIME_TO_OPEN: Duration = Duration::from_secs(3);

/// For so long after a stall of our own nothing is said of peers that were not heard meanwhile.
const STALL_TELLS_FOR: Duration = Duration::from_secs(2);

impl Record {
    /// By how much we were too late ourselves to judge it, where that was just now.
    pub(crate) fn late(&self, moment: Moment) -> Option<Duration> {
        self.late.filter(|(at, _)| self.tells(*at, moment)).map(|(_, late)| late)
    }

    /// Whether a stall of ours at that moment may be why the peer is silent now. One that was heard after it had not given us up.
    fn tells(&self, at: Moment, moment: Moment) -> bool {
        moment.since(at) <= STALL_TELLS_FOR && self.heard.is_none_or(|heard| heard <= at)
    }

    pub(crate) fn state(&self) -> LinkState {
        self.state
    }

    /// What follows from all that is known.
    pub(super) fn settle(&mut self, (now, moment): Now) {
        let stalled = self.late(moment).is_some();
        let given_up = self.stalled.is_some_and(|at| self.tells(at, moment));
        let state = match self.base {
            Base::Unmeasured => LinkState::Unmeasured,
            _ if self.has_wrong_key(moment) => LinkState::Down,
            Base::Opening if moment.since(self.opened) <= TIME_TO_OPEN => LinkState::Opening,
            Base::Opening | Base::Ended(Death::Silent | Death::SilentUnasked | Death::Unconfirmed | Death::Refused)
                if self.is_mute(moment) && !given_up =>
            {
                LinkState::PeerStalled
            }
            Base::Opening => LinkState::Down,
            Base::Ended(Death::Left | Death::WeLeft) => LinkState::Left,
            // A peer that gave us up meanwhile is silent in the session that it left; it takes a moment to find each other again.
            Base::Ended(Death::Silent | Death::SilentUnasked | Death::HearsNothing | Death::Unconfirmed) if given_up => {
                LinkState::SelfStalled
            }
            Base::Ended(_) => LinkState::Down,
            // The kernel answers: whether it was the peer that did not run or we, is decided by whether we did.
            Base::PeerStalled if stalled => LinkState::SelfStalled,
            Base::PeerStalled => LinkState::PeerStalled,
            Base::Up if self.is_degraded() => LinkState::Degraded,
            Base::Up => LinkState::Up,
        };
        if self.state != state {
            self.state = state;
            self.since = now;
            self.changed = true;
        }
    }

    fn is_degraded(&self) -> bool {
        self.lossy || self.figures.as_ref().and_then(|figures| figures.shift).is_some_and(|shift| shift.is_rise())
    }
}

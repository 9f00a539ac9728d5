//! Our own lateness: how often this thread ran later than it should have, and by how much.

use std::time::Duration;

use allswell_link::time::Moment;

/// Less is a busy moment and harms no judgement: half of the shortest interval that peers use.
const NOTEWORTHY: Duration = Duration::from_millis(5);

/// What is known of our own stalls.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Stalls {
    /// How often.
    pub(crate) count: u64,
    /// The longest.
    pub(crate) longest: Duration,
}

impl Stalls {
    /// We should have run at `due` and do so now.
    pub(crate) fn ran(&mut self, now: Moment, due: Moment) {
        let late = now.since(due);
        if late >= NOTEWORTHY {
            self.count += 1;
            self.longest = self.longest.max(late);
        }
    }
}

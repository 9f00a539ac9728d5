//! From a packet's stamp to a moment of ours: stamps are of the wall clock, silence is measured by the other.

use allswell_link::time::Moment;
use allswell_os::clock;

/// Both clocks at one moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clocks {
    wall_ns: u64,
    monotonic_ns: u64,
}

/// A stamp that lies further back was made before the wall clock was set.
const OLDEST_NS: u64 = 10_000_000_000;

impl Clocks {
    pub(crate) fn read() -> Self {
        let (wall_ns, monotonic_ns) = clock::both_nanos();
        Self { wall_ns, monotonic_ns }
    }

    /// When they were read, by ours.
    pub(crate) fn now(&self) -> Moment {
        Moment(self.monotonic_ns)
    }

    /// When a packet with this stamp came, by our clock: never later than now. A stamp that cannot be is not believed.
    pub(crate) fn moment(&self, stamp_ns: u64) -> Moment {
        let age = self.wall_ns.checked_sub(stamp_ns).filter(|age| stamp_ns != 0 && *age < OLDEST_NS).unwrap_or(0);
        Moment(self.monotonic_ns.saturating_sub(age))
    }
}

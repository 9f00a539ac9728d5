//! Which figures notice a dead peer in a given time. Pure.

use std::time::Duration;

use allswell_os::keepalive as os;

use crate::keepalive::conditions::Conditions;
use crate::keepalive::timers;
use crate::keepalive::unachievable::Unachievable;

/// As many probes may be lost, less one; more make no connection safer that lost three in a row.
const PROBES: u64 = 3;

/// The idle time is about half of all, the probes share the rest.
const INTERVAL_PART: u64 = 6;

/// One second idle, one until the only probe counts as unanswered.
const LEAST_PROBING_MS: u64 = 2_000;

/// Figures that fit the kernel's ranges.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) idle: Duration,
    pub(crate) interval: Duration,
    pub(crate) count: u32,
    pub(crate) user_timeout: Duration,
}

/// Figures by which a dead peer is noticed within this time, late timers included.
pub(crate) fn within(within: Duration, conditions: &Conditions) -> Result<Plan, Unachievable> {
    let room_ms = timers::room_ms(within);
    let before_ms = millis_up(timers::first_retransmission(conditions.rto));
    let least_ms = LEAST_PROBING_MS.max(before_ms.saturating_add(1));
    if room_ms < least_ms {
        return Err(Unachievable { asked: within, smallest: timers::least_with_room(least_ms) });
    }
    let (idle_s, interval_s, count) = probing(room_ms / 1_000);
    // Just as long as the probes take, so that it changes nothing while idle; less when data in flight has no room for it.
    let probing_ms = (idle_s + interval_s * count) * 1_000;
    let user_timeout_ms = probing_ms.min(room_ms - before_ms).clamp(1, *os::USER_TIMEOUT_MS.end());
    Ok(Plan {
        idle: Duration::from_secs(idle_s),
        interval: Duration::from_secs(interval_s),
        count: u32::try_from(count).unwrap_or(1),
        user_timeout: Duration::from_millis(user_timeout_ms),
    })
}

/// A user time-out that leaves a peer alone for so long; none where the retransmissions of Linux would give up as early.
pub(crate) fn patient(now: Duration, at_least: Duration) -> Option<Duration> {
    let usual = Conditions::default();
    let by_itself = timers::retransmissions_end(usual.rto, usual.longest_rto, usual.retries.unwrap_or(u8::MAX));
    let wanted = Duration::from_millis(millis_up(at_least)).max(now);
    (wanted == now || wanted < by_itself).then_some(wanted)
}

/// Idle and interval in seconds, and the count, of probes that end after at most so many seconds, which are at least two.
fn probing(seconds: u64) -> (u64, u64, u64) {
    let interval = (seconds / INTERVAL_PART).clamp(1, *os::INTERVAL_SECONDS.end());
    let count = (seconds.saturating_sub(1) / interval).clamp(1, PROBES);
    let idle = seconds.saturating_sub(interval * count).clamp(1, *os::IDLE_SECONDS.end());
    (idle, interval, count)
}

fn millis_up(span: Duration) -> u64 {
    u64::try_from(span.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX)
}

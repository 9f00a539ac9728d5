//! The arithmetic of the kernel's timers (`net/ipv4/tcp_timer.c`, `kernel/time/timer.c`). Pure.

use std::iter;
use std::time::Duration;

/// `TCP_RTO_MIN`, by which the kernel reckons what its retries are worth, whatever the connection's own time-out is.
const RTO_MIN: Duration = Duration::from_millis(200);

/// No timer is shorter than a tick of the kernel, whatever it is said to be.
const TICK: Duration = Duration::from_millis(1);

/// From the first wheel on, of 63 ticks, a timer's end is rounded up to eight ticks, and so on by eights: at worst it is this fraction late.
const LATE: (u32, u32) = (8, 63);

/// Of the many timers of a retransmission each is a little late. Together they are at least this fraction late, which decides
/// whether the try that would nominally come just before the limit is the last.
const LATE_TOGETHER: u32 = 50;

/// When the timers that end nominally after this long have ended for sure.
pub(crate) fn latest(nominal: Duration) -> Duration {
    let (late, of) = LATE;
    nominal.saturating_add((nominal / of).saturating_add(Duration::from_nanos(1)).saturating_mul(late))
}

/// How many nominal milliseconds end for sure within this time. A millisecond of it is left over, for what [`latest`] rounds up.
pub(crate) fn room_ms(within: Duration) -> u64 {
    let (late, of) = LATE;
    let room = within.as_millis().saturating_sub(1) * u128::from(of) / u128::from(of + late);
    u64::try_from(room).unwrap_or(u64::MAX)
}

/// The least time that has room for so many nominal milliseconds: [`room_ms`] turned round.
pub(crate) fn least_with_room(nominal_ms: u64) -> Duration {
    let (late, of) = LATE;
    let within = (u128::from(nominal_ms) * u128::from(of + late)).div_ceil(u128::from(of)) + 1;
    Duration::from_millis(u64::try_from(within).unwrap_or(u64::MAX))
}

/// How many probes are sent until the user time-out ends the connection: it is looked at only when a probe is due and another has been sent.
pub(crate) fn probes_until(limit: Duration, idle: Duration, interval: Duration) -> u32 {
    let beyond = limit.saturating_sub(idle).as_nanos().div_ceil(interval.max(TICK).as_nanos());
    u32::try_from(beyond).unwrap_or(u32::MAX).max(1)
}

/// When data is sent again for the first time that counts: the tail loss probe comes before it and does not.
/// With more than one segment in flight it may come one time-out sooner.
pub(crate) fn first_retransmission(rto: Duration) -> Duration {
    rto.saturating_mul(2)
}

/// When retransmitting ends by itself: at the first retransmission which finds that as much time has passed since the first as the retries are worth.
pub(crate) fn retransmissions_end(rto: Duration, longest: Duration, retries: u8) -> Duration {
    let worth = sum(waits(RTO_MIN, longest).take(usize::from(retries) + 1));
    let mut passed = Duration::ZERO;
    for wait in waits(rto, longest).skip(1) {
        passed = passed.saturating_add(wait);
        if passed.saturating_add(passed / LATE_TOGETHER) >= worth {
            break;
        }
    }
    first_retransmission(rto).saturating_add(passed)
}

/// When the probes of a shut window end, none being answered: they are counted, and their pauses double for as long as the window is shut. At least when
/// the peer dies together with its window, at most when it dies long after.
pub(crate) fn window_probes_end(rto: Duration, longest: Duration, retries: u8) -> (Duration, Duration) {
    let probes = usize::from(retries) + 1;
    let at_least = sum(waits(rto, longest).take(probes));
    (at_least, longest.max(TICK).saturating_mul(u32::from(retries) + 1))
}

/// The pauses between tries: each twice the one before, up to the longest.
fn waits(first: Duration, longest: Duration) -> impl Iterator<Item = Duration> {
    let longest = longest.max(TICK);
    iter::successors(Some(first.clamp(TICK, longest)), move |wait| Some(wait.saturating_mul(2).min(longest)))
}

fn sum(waits: impl Iterator<Item = Duration>) -> Duration {
    waits.fold(Duration::ZERO, Duration::saturating_add)
}

#[cfg(test)]
mod tests;

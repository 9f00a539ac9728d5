//! When an alert that was not taken is tried again, and when no more. Pure: a time comes in, a time goes out.

use std::time::Duration;

use allswell_model::{AlertKey, Pending, Timestamp};

use crate::channel::Refusal;

/// After the first failure.
const FIRST: Duration = Duration::from_secs(1);
/// However often it failed.
const AT_MOST: Duration = Duration::from_secs(5 * 60);
/// A permanent refusal is a wrong URL or a revoked key at 3 am: it must not lose the alert, but asking each second annoys a provider
/// that has answered clearly.
const FIRST_WHEN_REFUSED: Duration = Duration::from_secs(30);
/// However often it was refused.
const AT_MOST_WHEN_REFUSED: Duration = Duration::from_secs(15 * 60);

/// The longest that a `Retry-After` is heeded, and so the longest that an alert ever waits for its turn.
pub const LONGEST_WAIT: Duration = Duration::from_secs(60 * 60);
/// An alert older than this is not tried again: by then somebody has looked at the page.
pub const GIVE_UP_AFTER: Duration = Duration::from_secs(24 * 60 * 60);
/// But never before so many attempts, which take a quarter of an hour: the program may have stood still for a day.
pub const FAIR_ATTEMPTS: u32 = 10;

/// When to try again after a failure at `now`; `None`: no more. `pending` is as it was before the attempt.
pub(crate) fn next(pending: &Pending, refusal: &Refusal, now: Timestamp) -> Option<Timestamp> {
    let attempts = pending.attempts.saturating_add(1);
    if attempts >= FAIR_ATTEMPTS && now.since(pending.alert.decided) >= GIVE_UP_AFTER {
        return None;
    }
    let (first, at_most) = if refusal.permanent { (FIRST_WHEN_REFUSED, AT_MOST_WHEN_REFUSED) } else { (FIRST, AT_MOST) };
    let wait = spread(doubled(first, attempts).min(at_most), &pending.alert.key, attempts);
    let asked = refusal.retry_after.unwrap_or_default().min(LONGEST_WAIT);
    Some(now + wait.max(asked))
}

fn doubled(first: Duration, attempts: u32) -> Duration {
    // Thirty doublings of a second are decades.
    first.saturating_mul(1 << attempts.saturating_sub(1).min(30))
}

/// Up to a fifth shorter or longer, so that alerts decided at once are not all tried again at once; the same for the same attempt.
fn spread(wait: Duration, key: &AlertKey, attempts: u32) -> Duration {
    let seed = key
        .as_str()
        .bytes()
        .chain(attempts.to_le_bytes())
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    // The upper half of FNV's bits is the better mixed one.
    let thousandths = u32::try_from((seed >> 32) % 401).unwrap_or_default() + 800;
    wait.saturating_mul(thousandths) / 1000
}

#[cfg(test)]
mod tests;

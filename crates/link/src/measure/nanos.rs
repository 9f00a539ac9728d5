//! Nanoseconds in the short form in which single round trips are kept, seven digits in 32 bits, and back.

use std::time::Duration;

/// In the short form.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "seven digits are enough")]
pub(crate) fn short(nanos: u64) -> f32 {
    nanos as f32
}

/// As a time.
#[must_use]
pub(crate) fn duration(nanos: f32) -> Duration {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast to u64 saturates, and no time is negative")]
    let nanos = nanos as u64;
    Duration::from_nanos(nanos)
}

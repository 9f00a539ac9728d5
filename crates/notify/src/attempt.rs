//! One attempt to send one alert: ended by its deadline at the latest, whatever the channel does.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use allswell_model::quantity::spoken;
use allswell_model::{Attempted, Pending, Sent, Timestamp};
use futures_util::FutureExt;
use tokio::time::timeout;

use crate::backoff;
use crate::channel::{Channel, Letter, Refusal};

/// A channel watches its own time, and tells more than "too late"; this much later it is not waited for any longer.
const LENIENCE: Duration = Duration::from_secs(1);

/// Sends once.
pub(crate) async fn send(channel: Arc<dyn Channel>, letter: Letter) -> Result<String, Refusal> {
    let limit = channel.timeout() + LENIENCE;
    let sending = AssertUnwindSafe(async { channel.send(&letter).await }).catch_unwind();
    match timeout(limit, sending).await {
        Ok(Ok(ended)) => ended,
        Ok(Err(_)) => Err(Refusal::passing("A bug of ours ended the attempt; the log has more.")),
        Err(_) => Err(Refusal::passing(format!("Not taken within {}.", spoken(limit)))),
    }
}

/// What is noted of an attempt that ended at `now`.
pub(crate) fn noted(pending: &Pending, ended: &Result<String, Refusal>, now: Timestamp) -> Attempted {
    let (ended, detail) = match ended {
        Ok(said) => (Sent::Delivered, said.clone()),
        Err(refusal) => match backoff::next(pending, refusal, now) {
            Some(due) => (Sent::Again(due), refusal.sentence.clone()),
            None => {
                let attempts = pending.attempts.saturating_add(1);
                (Sent::GivenUp, format!("Given up after {attempts} attempts. {}", refusal.sentence))
            }
        },
    };
    Attempted { key: pending.alert.key.clone(), at: now, ended, detail }
}

#[cfg(test)]
mod tests;

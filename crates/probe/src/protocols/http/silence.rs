//! The deadline came: what each stage was waiting for, and what the kernel knows of the one who kept us waiting.

use std::time::Duration;

use allswell_model::{DownCause, Stage};

use crate::attempt::Attempt;
use crate::blame::Blame;
use crate::ending::spot;
use crate::failure::Failure;
use crate::protocols::http::amount::amount;
use crate::protocols::http::trip::Trip;
use allswell_model::quantity::spoken;

/// The sentence of the stage that the deadline found.
pub(super) fn failure(attempt: &Attempt, trip: &Trip) -> Failure {
    let stage = attempt.stage();
    if let Some(failure) = our_own(attempt, trip) {
        return failure;
    }
    let at = spot(trip.peer);
    let waited = spoken(attempt.in_stage());
    let reason = if stage == Stage::SEND {
        format!("{at} takes no more of the request for {waited}: the application does not read.")
    } else if stage == Stage::FIRST_BYTE {
        no_head(attempt, trip, &at)
    } else if stage == Stage::TRANSFER && trip.length.is_some() {
        format!("{at} sent {} in {waited}, then the deadline of {} came.", amount(trip.body, trip.length), spoken(attempt.timeout()))
    } else if stage == Stage::TRANSFER {
        format!("{at} sent {} in {waited} without an end: it drips, or streams for ever.", amount(trip.body, None))
    } else {
        format!("No answer from {at} for {waited} ({stage}; deadline {}).", spoken(attempt.timeout()))
    };
    Failure::down(stage, DownCause::TIMED_OUT, reason)
}

/// What we sent found no next hop: before the target is blamed, our own neighbourhood is looked at.
fn our_own(attempt: &Attempt, trip: &Trip) -> Option<Failure> {
    trip.line.as_ref()?.info().filter(|info| info.unacked > 0)?;
    let via = &attempt.network.via;
    Blame { stage: attempt.stage(), peer: trip.peer, took: attempt.in_stage(), via }.missing_neighbour()
}

fn no_head(attempt: &Attempt, trip: &Trip, at: &str) -> String {
    let in_stage = attempt.in_stage();
    let waited = spoken(in_stage);
    let received = trip.watch.as_ref().map_or(0, |watch| watch.received());
    if received > 0 {
        return format!("{at} sent {received} bytes in {waited}, but no whole head of a reply.");
    }
    match trip.line.as_ref().and_then(|line| line.info()) {
        Some(info) if info.unacked > 0 || info.not_sent.unwrap_or(0) > 0 => {
            format!(
                "{at} accepted the connection, but never acknowledged the request ({waited}, {} retransmissions): the path broke.",
                info.total_retrans
            )
        }
        Some(info) => {
            let silent = info.last_ack_received.min(in_stage);
            let acknowledged = in_stage.saturating_sub(silent).max(Duration::from_micros(100));
            format!("Request acknowledged in {}, then no byte for {}: the application hangs.", spoken(acknowledged), spoken(silent))
        }
        None => format!("No byte of a reply from {at} for {waited}."),
    }
}

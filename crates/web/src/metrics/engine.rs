//! What the engine, the store and the pages count of themselves.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering::Relaxed;

use allswell_model::Status;
use allswell_store::Board;

use super::list;
use super::targets::seconds;
use super::text::{Text, figure};
use crate::control::{Alerts, Counters, Heartbeat};
use crate::guard::Verified;

/// Which program this is.
pub(super) fn build(out: &mut Text, version: &str) {
    out.family(&list::BUILD);
    out.sample(&list::BUILD, &[version], 1.0);
}

/// The engine's counters.
pub(super) fn counters(out: &mut Text, counters: &Counters) {
    for (metric, count) in [
        (list::TURNS_DUE, counters.due),
        (list::STARTED, counters.started),
        (list::LATE, counters.late),
        (list::SKIPPED, counters.skipped),
        (list::COLLAPSED, counters.collapsed),
        (list::DROPPED, counters.dropped),
        (list::NOT_STORED, counters.not_stored),
        (list::IN_FLIGHT, counters.in_flight),
        (list::QUEUE, counters.queue_depth),
    ] {
        out.single(&metric, figure(count));
    }
    out.single(&list::LAG, counters.lag_p99.as_secs_f64());
}

/// Whether the watch itself is well.
pub(super) fn health(out: &mut Text, well: bool) {
    out.single(&list::HEALTHY, figure(u64::from(well)));
}

/// Who listens, and who wanted to come in.
pub(super) fn callers(out: &mut Text, clients: usize, verified: &Verified) {
    out.single(&list::STREAM, figure(clients as u64));
    out.family(&list::PASSWORDS);
    for (outcome, count) in [("right", &verified.right), ("wrong", &verified.wrong), ("refused", &verified.refused)] {
        out.sample(&list::PASSWORDS, &[outcome], figure(count.load(Relaxed)));
    }
}

/// What became of the alerts.
pub(super) fn alerts(out: &mut Text, alerts: &Alerts) {
    out.family(&list::ALERTS_DELIVERED);
    alerts.channels.iter().for_each(|(name, did)| out.sample(&list::ALERTS_DELIVERED, &[name.as_str()], figure(did.delivered)));
    out.family(&list::ALERTS_FAILED);
    alerts.channels.iter().for_each(|(name, did)| out.sample(&list::ALERTS_FAILED, &[name.as_str()], figure(did.failed)));
    out.family(&list::ALERTS_GIVEN_UP);
    alerts.channels.iter().for_each(|(name, did)| out.sample(&list::ALERTS_GIVEN_UP, &[name.as_str()], figure(did.given_up)));
    out.single(&list::ALERTS_WAITING, figure(alerts.waiting));
    if let Some(Heartbeat { sent, failed, last_ok }) = alerts.heartbeat {
        out.single(&list::HEARTBEAT_SENT, figure(sent));
        out.single(&list::HEARTBEAT_FAILED, figure(failed));
        if let Some(at) = last_ok {
            out.single(&list::HEARTBEAT_LAST, seconds(at));
        }
    }
}

/// The incidents that last.
pub(super) fn incidents(out: &mut Text, board: &Board) {
    let mut open: BTreeMap<Status, u64> = [Status::Down, Status::Degraded, Status::Unknown].map(|status| (status, 0)).into();
    board.incidents.values().for_each(|incident| *open.entry(incident.status).or_default() += 1);
    out.family(&list::INCIDENTS);
    for (status, count) in open {
        out.sample(&list::INCIDENTS, &[status.word()], figure(count));
    }
}

/// What was written, and what it takes.
pub(super) fn store(out: &mut Text, board: &Board, bytes: u64) {
    for (metric, kept, not_kept) in [
        (list::STORE_RESULTS, board.kept.results, board.not_kept.results),
        (list::STORE_EVENTS, board.kept.events, board.not_kept.events),
        (list::STORE_INCIDENTS, board.kept.incidents, board.not_kept.incidents),
        (list::STORE_ALERTS, board.kept.alerts, board.not_kept.alerts),
    ] {
        out.family(&metric);
        out.sample(&metric, &["true"], figure(kept));
        out.sample(&metric, &["false"], figure(not_kept));
    }
    out.single(&list::STORE_WRITABLE, figure(u64::from(board.unwritable.is_none())));
    out.single(&list::STORE_BYTES, figure(bytes));
}

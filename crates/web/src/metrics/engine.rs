//! What the engine, the store and the pages count of themselves.

use allswell_store::Board;

use super::text::{Text, Type, figure};
use crate::control::Counters;

/// Which program this is.
pub(super) fn build(out: &mut Text, version: &str) {
    out.family("allswell_build_info", Type::Gauge, "The program's version; always 1.");
    out.sample("allswell_build_info", &[("version", version)], 1.0);
}

/// The engine's counters.
pub(super) fn counters(out: &mut Text, counters: &Counters) {
    let grown = [
        ("allswell_turns_due_total", "Turns that came due.", counters.due),
        ("allswell_probes_started_total", "Probes that were started.", counters.started),
        ("allswell_probes_late_total", "Probes that started noticeably after they were due.", counters.late),
        ("allswell_turns_skipped_total", "Turns passed over because the target's last probe still ran.", counters.skipped),
        ("allswell_turns_collapsed_total", "Overdue turns that were made one.", counters.collapsed),
        ("allswell_results_dropped_total", "Results from other sources that found no place in the queue.", counters.dropped),
        ("allswell_results_not_stored_total", "Results that the store did not take.", counters.not_stored),
    ];
    for (name, help, count) in grown {
        out.single(name, Type::Counter, help, figure(count));
    }
    out.single("allswell_probes_in_flight", Type::Gauge, "Probes that run now.", figure(counters.in_flight));
    out.single("allswell_queue_depth", Type::Gauge, "Results that wait to be judged and stored.", figure(counters.queue_depth));
    let help = "99 of 100 probes started no later than this after they were due.";
    out.single("allswell_start_lag_p99_seconds", Type::Gauge, help, counters.lag_p99.as_secs_f64());
}

/// Whether the watch itself is well.
pub(super) fn health(out: &mut Text, well: bool) {
    out.single("allswell_healthy", Type::Gauge, "1 when the watch itself is well, else 0; /healthz says why.", figure(u64::from(well)));
}

/// Who listens.
pub(super) fn stream_clients(out: &mut Text, clients: usize) {
    out.single("allswell_stream_clients", Type::Gauge, "Clients of the event stream.", figure(clients as u64));
}

/// What was written.
pub(super) fn store(out: &mut Text, board: &Board) {
    let counts = [
        ("allswell_store_results_total", "Results by whether they were written.", board.kept.results, board.not_kept.results),
        ("allswell_store_events_total", "Events by whether they were written.", board.kept.events, board.not_kept.events),
    ];
    for (name, help, kept, not_kept) in counts {
        out.family(name, Type::Counter, help);
        out.sample(name, &[("kept", "true")], figure(kept));
        out.sample(name, &[("kept", "false")], figure(not_kept));
    }
    let help = "1 when the last write to the store succeeded, else 0.";
    out.single("allswell_store_writable", Type::Gauge, help, figure(u64::from(board.unwritable.is_none())));
}

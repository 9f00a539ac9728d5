//! Every metric that is served: what `/metrics` says of it, and the reference page. Nothing is served that is not declared here.

use super::metric::{Kind, Metric};

macro_rules! metrics {
    ($($id:ident: $kind:ident $name:literal [$($label:literal)*] $unit:literal, $help:literal;)*) => {
        $(pub(super) const $id: Metric = Metric { name: $name, kind: Kind::$kind, labels: &[$($label),*], unit: $unit, help: $help };)*

        /// All of them, in the order in which they are served.
        pub static METRICS: &[Metric] = &[$($id),*];
    };
}

metrics! {
    BUILD: Gauge "allswell_build_info" ["version"] "", "The program's version; always 1.";
    TURNS_DUE: Counter "allswell_turns_due_total" [] "turns", "Turns that came due.";
    STARTED: Counter "allswell_probes_started_total" [] "probes", "Probes that were started.";
    LATE: Counter "allswell_probes_late_total" [] "probes", "Probes that started noticeably after they were due.";
    SKIPPED: Counter "allswell_turns_skipped_total" [] "turns", "Turns passed over because the target's last probe still ran.";
    COLLAPSED: Counter "allswell_turns_collapsed_total" [] "turns", "Overdue turns that were made one.";
    DROPPED: Counter "allswell_results_dropped_total" [] "results", "Results from other sources that found no place in the queue.";
    NOT_STORED: Counter "allswell_results_not_stored_total" [] "results", "Results that the store did not take.";
    IN_FLIGHT: Gauge "allswell_probes_in_flight" [] "probes", "Probes that run now.";
    QUEUE: Gauge "allswell_queue_depth" [] "results", "Results that wait to be judged and stored.";
    LAG: Gauge "allswell_start_lag_p99_seconds" [] "seconds", "99 of 100 probes started no later than this after they were due.";
    HEALTHY: Gauge "allswell_healthy" [] "", "1 when the watch itself is well, else 0; /healthz says why.";
    STREAM: Gauge "allswell_stream_clients" [] "clients", "Clients of the event stream.";
    PASSWORDS: Counter "allswell_password_checks_total" ["outcome"] "passwords",
        "Passwords shown to the page by what came of them: right, wrong, or refused unseen because too many were wrong.";
    ALERTS_DELIVERED: Counter "allswell_alerts_delivered_total" ["channel"] "alerts", "Alerts that the other side took.";
    ALERTS_FAILED: Counter "allswell_alerts_failed_total" ["channel"] "attempts", "Attempts to send an alert that failed; most are repeated.";
    ALERTS_GIVEN_UP: Counter "allswell_alerts_given_up_total" ["channel"] "alerts", "Alerts that nobody took and that are not sent again.";
    ALERTS_WAITING: Gauge "allswell_alerts_waiting" [] "alerts", "Alerts that wait to be delivered.";
    HEARTBEAT_SENT: Counter "allswell_heartbeat_sent_total" [] "heartbeats", "Heartbeats that the other side took; only where one is configured.";
    HEARTBEAT_FAILED: Counter "allswell_heartbeat_failed_total" [] "heartbeats", "Heartbeats that it did not take.";
    HEARTBEAT_LAST: Gauge "allswell_heartbeat_last_success_timestamp_seconds" [] "seconds since 1970", "When it last took one.";
    INCIDENTS: Gauge "allswell_incidents_open" ["status"] "incidents", "Incidents that last, by the status of their targets.";
    STORE_RESULTS: Counter "allswell_store_results_total" ["kept"] "results", "Results by whether they were written.";
    STORE_EVENTS: Counter "allswell_store_events_total" ["kept"] "events", "Events by whether they were written.";
    STORE_INCIDENTS: Counter "allswell_store_incidents_total" ["kept"] "incidents", "Incidents, counted each time they changed, by whether they were written.";
    STORE_ALERTS: Counter "allswell_store_alerts_total" ["kept"] "alerts", "Alerts and what became of them, by whether they were written.";
    STORE_WRITABLE: Gauge "allswell_store_writable" [] "", "1 when the last write to the store succeeded, else 0.";
    STORE_BYTES: Gauge "allswell_store_bytes" [] "bytes", "What the store takes on the disk.";
    TARGETS: Gauge "allswell_targets" ["status"] "targets", "Targets by status.";
    STATUS: Gauge "allswell_target_status" ["target" "group" "protocol"] "",
        "Status: 0 paused or not watched yet, 1 up, 2 degraded, 3 unknown, 4 down.";
    SINCE: Gauge "allswell_target_status_since_timestamp_seconds" ["target" "group" "protocol"] "seconds since 1970",
        "When the status became what it is.";
    DURATION: Gauge "allswell_target_last_duration_seconds" ["target" "group" "protocol"] "seconds", "How long the last probe took, whole.";
    RTT: Gauge "allswell_target_last_rtt_seconds" ["target" "group" "protocol"] "seconds", "The last probe's round trip.";
    PROBED: Gauge "allswell_target_last_probe_timestamp_seconds" ["target" "group" "protocol"] "seconds since 1970",
        "When the last probe began.";
    EXPIRY: Gauge "allswell_target_certificate_expiry_timestamp_seconds" ["target" "group" "protocol"] "seconds since 1970",
        "When the earliest certificate of the chain expires.";
    RESULTS: Counter "allswell_target_results_total" ["target" "group" "protocol" "outcome" "stage" "cause"] "results",
        "Results by outcome, stage and cause; the last two are empty when up.";
    DURATIONS: Histogram "allswell_probe_duration_seconds" ["protocol" "group"] "seconds",
        "How long probes took, whole, by protocol and group.";
    LINK_STATE: Gauge "allswell_link_state" ["peer" "protocol"] "",
        "State of a link of this node: 0 opening, left or not measured, 1 up, 2 degraded, 3 a process at either end stalled, 4 down.";
    LINK_SINCE: Gauge "allswell_link_state_since_timestamp_seconds" ["peer" "protocol"] "seconds since 1970",
        "When the state became what it is.";
    LINK_RTT: Gauge "allswell_link_rtt_seconds" ["peer" "protocol" "quantile"] "seconds",
        "Round trips of the last ten seconds: their quantiles 0.5, 0.9 and 0.99.";
    LINK_LOSS: Gauge "allswell_link_loss_ratio" ["peer" "protocol" "direction"] "share",
        "Share of packets lost in the last ten seconds, 0 to 1; forward is from this node to the peer, reverse is back.";
    LINK_JITTER: Gauge "allswell_link_jitter_seconds" ["peer" "protocol"] "seconds", "Interarrival jitter of RFC 3550.";
    LINK_SENT: Counter "allswell_link_probes_sent_total" ["peer" "protocol"] "packets", "Probes that were sent.";
    LINK_RECEIVED: Counter "allswell_link_probes_received_total" ["peer" "protocol"] "packets", "Probes that were heard, each once.";
    LINK_LOST: Counter "allswell_link_probes_lost_total" ["peer" "protocol" "direction"] "packets",
        "Probes that were lost: forward are ours that the peer did not hear, reverse are the peer's that we did not.";
    LINK_REORDERED: Counter "allswell_link_probes_reordered_total" ["peer" "protocol"] "packets", "Probes heard after a later one (RFC 4737).";
    LINK_DUPLICATES: Counter "allswell_link_probes_duplicates_total" ["peer" "protocol"] "packets", "Probes heard more than once.";
    LINK_DROPPED: Counter "allswell_link_dropped_packets_total" ["reason"] "packets", "Packets to the links' port that were dropped, by reason.";
    LINK_FINDINGS: Gauge "allswell_link_findings" ["kind"] "findings", "What all links together amount to just now, by kind.";
}

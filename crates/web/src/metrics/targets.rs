//! What is known of each target, and of each protocol and group.

use allswell_model::{Measurements, Timestamp, Value};
use allswell_store::{Board, Histogram, Row, Series};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::text::{Text, Type, figure};
use crate::look::{Counts, Look};

/// The measurement that holds until when a certificate is valid.
const EXPIRES: &str = "certificate_expires";

/// A look as a figure, the worst the highest: what an alert compares with.
fn code(look: Look) -> f64 {
    figure(match look {
        Look::Paused | Look::NotWatched => 0,
        Look::Up => 1,
        Look::Degraded => 2,
        Look::Unknown => 3,
        Look::Down => 4,
    })
}

/// All families that come from the board's rows.
pub(super) fn write(out: &mut Text, board: &Board) {
    counts(out, board);
    let help = "Status: 0 paused or not watched yet, 1 up, 2 degraded, 3 unknown, 4 down.";
    gauge(out, board, ("allswell_target_status", help), |row| Some(code(Look::of(row.status, &row.marks))));
    let help = "When the status became what it is.";
    gauge(out, board, ("allswell_target_status_since_timestamp_seconds", help), |row| Some(seconds(row.since)));
    let help = "How long the last probe took, whole.";
    gauge(out, board, ("allswell_target_last_duration_seconds", help), |row| Some(row.last.as_ref()?.duration.as_secs_f64()));
    let help = "The last probe's round trip.";
    gauge(out, board, ("allswell_target_last_rtt_seconds", help), |row| Some(row.last.as_ref()?.rtt?.as_secs_f64()));
    let help = "When the last probe began.";
    gauge(out, board, ("allswell_target_last_probe_timestamp_seconds", help), |row| Some(seconds(row.last.as_ref()?.started)));
    let help = "When the earliest certificate of the chain expires.";
    gauge(out, board, ("allswell_target_certificate_expiry_timestamp_seconds", help), |row| expiry(&row.last.as_ref()?.measurements));
    outcomes(out, board);
    histograms(out, board);
}

fn counts(out: &mut Text, board: &Board) {
    let mut counts = Counts::default();
    board.rows().for_each(|row| counts.add(Look::of(row.status, &row.marks)));
    out.family("allswell_targets", Type::Gauge, "Targets by status.");
    for look in Look::ALL {
        out.sample("allswell_targets", &[("status", look.code())], figure(counts.of(look) as u64));
    }
}

fn gauge(out: &mut Text, board: &Board, (name, help): (&str, &str), value: impl Fn(&Row) -> Option<f64>) {
    out.family(name, Type::Gauge, help);
    for row in board.rows() {
        if let Some(value) = value(row) {
            out.sample(name, &labels(row), value);
        }
    }
}

fn labels(row: &Row) -> [(&str, &str); 3] {
    [("target", row.target.id.as_str()), ("group", &row.target.name.group), ("protocol", row.target.protocol)]
}

fn outcomes(out: &mut Text, board: &Board) {
    let name = "allswell_target_results_total";
    out.family(name, Type::Counter, "Results by outcome, stage and cause; the last two are empty when up.");
    for row in board.rows() {
        let [target, group, protocol] = labels(row);
        for (outcome, count) in row.outcomes.iter() {
            let stage = outcome.stage().map_or("", |stage| stage.as_str());
            let cause = outcome.cause().unwrap_or("");
            let labels = [target, group, protocol, ("outcome", outcome.word()), ("stage", stage), ("cause", cause)];
            out.sample(name, &labels, figure(count));
        }
    }
}

fn histograms(out: &mut Text, board: &Board) {
    out.family("allswell_probe_duration_seconds", Type::Histogram, "How long probes took, whole, by protocol and group.");
    for (series, histogram) in board.histograms() {
        one(out, series, histogram);
    }
}

fn one(out: &mut Text, series: &Series, histogram: &Histogram) {
    let labels = [("protocol", series.protocol), ("group", &*series.group)];
    for (bound, count) in histogram.cumulative() {
        let bound = bound.as_secs_f64().to_string();
        out.sample("allswell_probe_duration_seconds_bucket", &[labels[0], labels[1], ("le", &bound)], figure(count));
    }
    out.sample("allswell_probe_duration_seconds_bucket", &[labels[0], labels[1], ("le", "+Inf")], figure(histogram.count()));
    out.sample("allswell_probe_duration_seconds_sum", &labels, histogram.sum().as_secs_f64());
    out.sample("allswell_probe_duration_seconds_count", &labels, figure(histogram.count()));
}

#[expect(clippy::cast_precision_loss, reason = "2^53 microseconds are 285 years after 1970")]
fn seconds(at: Timestamp) -> f64 {
    at.0 as f64 / 1e6
}

/// The expiry as a protocol gives it: seconds since the epoch, or a date of RFC 3339.
fn expiry(measurements: &Measurements) -> Option<f64> {
    match measurements.iter().find(|(name, _)| name == EXPIRES)? {
        (_, Value::Number(seconds)) => Some(*seconds),
        (_, Value::Integer(seconds)) => Some(seconds_of(*seconds)),
        (_, Value::Text(date)) => Some(seconds_of(OffsetDateTime::parse(date, &Rfc3339).ok()?.unix_timestamp())),
        _ => None,
    }
}

#[expect(clippy::cast_precision_loss, reason = "a year of 16 digits is no expiry")]
fn seconds_of(whole: i64) -> f64 {
    whole as f64
}

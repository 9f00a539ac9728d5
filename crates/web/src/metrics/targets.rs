//! What is known of each target, and of each protocol and group.

use allswell_model::{Measurements, Timestamp, Value};
use allswell_store::{Board, Row};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::list;
use super::metric::Metric;
use super::text::{Text, figure};
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
    gauge(out, board, &list::STATUS, |row| Some(code(Look::of(row.status, &row.marks))));
    gauge(out, board, &list::SINCE, |row| Some(seconds(row.since)));
    gauge(out, board, &list::DURATION, |row| Some(row.last.as_ref()?.duration.as_secs_f64()));
    gauge(out, board, &list::RTT, |row| Some(row.last.as_ref()?.rtt?.as_secs_f64()));
    gauge(out, board, &list::PROBED, |row| Some(seconds(row.last.as_ref()?.started)));
    gauge(out, board, &list::EXPIRY, |row| expiry(&row.last.as_ref()?.measurements));
    outcomes(out, board);
    out.family(&list::DURATIONS);
    for (series, histogram) in board.histograms() {
        out.histogram(&list::DURATIONS, &[series.protocol, &series.group], histogram);
    }
}

fn counts(out: &mut Text, board: &Board) {
    let mut counts = Counts::default();
    board.rows().for_each(|row| counts.add(Look::of(row.status, &row.marks)));
    out.family(&list::TARGETS);
    for look in Look::ALL {
        out.sample(&list::TARGETS, &[look.code()], figure(counts.of(look) as u64));
    }
}

fn gauge(out: &mut Text, board: &Board, metric: &Metric, value: impl Fn(&Row) -> Option<f64>) {
    out.family(metric);
    for row in board.rows() {
        if let Some(value) = value(row) {
            out.sample(metric, &labels(row), value);
        }
    }
}

fn labels(row: &Row) -> [&str; 3] {
    [row.target.id.as_str(), &row.target.name.group, row.target.protocol]
}

fn outcomes(out: &mut Text, board: &Board) {
    out.family(&list::RESULTS);
    for row in board.rows() {
        let [target, group, protocol] = labels(row);
        for (outcome, count) in row.outcomes.iter() {
            let stage = outcome.stage().map_or("", |stage| stage.as_str());
            let values = [target, group, protocol, outcome.word(), stage, outcome.cause().unwrap_or("")];
            out.sample(&list::RESULTS, &values, figure(count));
        }
    }
}

/// A point in time as the format has it.
#[expect(clippy::cast_precision_loss, reason = "2^53 microseconds are 285 years after 1970")]
pub(super) fn seconds(at: Timestamp) -> f64 {
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

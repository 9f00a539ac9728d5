//! What is exported as rows of named fields: the API's own names, and each moment after RFC 3339 as well.

use std::time::Duration;

use allswell_model::{Event, Timestamp};
use allswell_store::{Kept, Rolled, Span};
use serde_json::{Map, Value, json};

use super::moment;

/// The columns of results. What the API nests under `result` lies flat; `addresses` and `degraded` are under the last.
pub(crate) const RESULTS: &[&str] = &[
    "at",
    "at_us",
    "node",
    "location",
    "boot",
    "seq",
    "target",
    "outcome",
    "stage",
    "cause",
    "reason",
    "address",
    "said_by",
    "rtt_ms",
    "duration_ms",
    "whole",
    "stages_ms",
    "measurements",
    "details",
];

/// The columns of events; what only one kind of event has is under the last.
pub(crate) const EVENTS: &[&str] =
    &["at", "at_us", "node", "location", "boot", "seq", "event", "target", "from", "to", "stage", "cause", "reason", "said_by", "details"];

/// The columns of minutes, hours and days.
pub(crate) const ROLLUPS: &[&str] = &[
    "begin",
    "begin_us",
    "span",
    "target",
    "results_up",
    "results_degraded",
    "results_down",
    "results_unknown",
    "up_ms",
    "degraded_ms",
    "down_ms",
    "unknown_ms",
    "paused_ms",
    "coverage",
    "uptime",
    "rtt_count",
    "rtt_p50_ms",
    "rtt_p90_ms",
    "rtt_p99_ms",
];

/// What can be written as a row.
pub(crate) trait Row {
    /// Its fields, in the order of the columns.
    fn fields(&self) -> Map<String, Value>;
}

impl Row for Kept {
    fn fields(&self) -> Map<String, Value> {
        let mut fields = begun("at", self.stamp.at);
        fields.extend(object(json!(self.stamp)));
        let mut result = object(json!(self.result));
        // When the probe began is the stamp's time, which stands there already.
        result.shift_remove("started_us");
        fields.extend(result);
        fields.insert("whole".to_owned(), self.whole.into());
        fields
    }
}

impl Row for Event {
    fn fields(&self) -> Map<String, Value> {
        let mut fields = begun("at", self.stamp.at);
        fields.extend(object(json!(self)));
        fields
    }
}

impl Row for Rolled {
    fn fields(&self) -> Map<String, Value> {
        let mut fields = begun("begin", self.begin);
        let (counts, time, rtt) = (&self.rollup.counts, &self.rollup.time, &self.rollup.rtt);
        let quantile = |share| rtt.quantile(share).map(milliseconds);
        fields.extend(object(json!({
            "begin_us": self.begin,
            "span": span(self.span),
            "target": self.target,
            "results_up": counts.up,
            "results_degraded": counts.degraded,
            "results_down": counts.down,
            "results_unknown": counts.unknown,
            "up_ms": time.up_ms,
            "degraded_ms": time.degraded_ms,
            "down_ms": time.down_ms,
            "unknown_ms": time.unknown_ms,
            "paused_ms": time.paused_ms,
            "coverage": time.coverage(),
            "uptime": time.uptime(),
            "rtt_count": rtt.count(),
            "rtt_p50_ms": quantile(0.5),
            "rtt_p90_ms": quantile(0.9),
            "rtt_p99_ms": quantile(0.99),
        })));
        fields
    }
}

fn span(span: Span) -> &'static str {
    match span {
        Span::Minute => "minute",
        Span::Hour => "hour",
        Span::Day => "day",
    }
}

fn begun(name: &str, at: Timestamp) -> Map<String, Value> {
    Map::from_iter([(name.to_owned(), moment::shown(at).into())])
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// As the API writes them: with the microsecond as last digit.
#[expect(clippy::cast_precision_loss, reason = "2^53 microseconds are 285 years")]
fn milliseconds(span: Duration) -> f64 {
    span.as_micros() as f64 / 1000.0
}

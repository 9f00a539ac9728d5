//! What a metric is, and how the reference page tells of it.

use std::fmt::Write as _;

use super::list::METRICS;

/// A metric as it is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metric {
    /// Its name in Prometheus.
    pub name: &'static str,
    /// What its figures do.
    pub kind: Kind,
    /// The names of its labels, in their order; a histogram's buckets have `le` as well.
    pub labels: &'static [&'static str],
    /// What one of it is; empty for codes and switches.
    pub unit: &'static str,
    /// What it says, in one sentence.
    pub help: &'static str,
}

/// What kind of figures a metric holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Only ever grows, until the program starts anew.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Counts by upper bound, with sum and count.
    Histogram,
}

impl Kind {
    /// As Prometheus calls it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// The reference page of all metrics, as Markdown.
#[must_use]
pub fn metrics_reference() -> String {
    let mut page = "# Metrics\n\n\
        `/metrics` serves these in Prometheus' text format. Counters begin at 0 when the program starts; the series of a target go when it is\n\
        no longer watched. Where `access` is configured, a viewer's credentials are needed.\n\n\
        | metric | kind | unit | labels | what it says |\n|---|---|---|---|---|\n"
        .to_owned();
    for metric in METRICS {
        let labels: Vec<String> = metric.labels.iter().map(|label| format!("`{label}`")).collect();
        let Metric { name, kind, unit, help, .. } = metric;
        // Writing to a String cannot fail.
        let _ = writeln!(page, "| `{name}` | {} | {unit} | {} | {help} |", kind.word(), labels.join(", "));
    }
    page
}

#[cfg(test)]
mod tests;

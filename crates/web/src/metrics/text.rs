//! Prometheus' text format: families with their help and type, samples with escaped labels.

use std::fmt::Write as _;

use allswell_store::Histogram;

use super::metric::Metric;

/// The content type of the format.
pub(crate) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// A document under construction.
#[derive(Debug, Default)]
pub(crate) struct Text(String);

impl Text {
    /// Begins a family: all its samples must follow before the next one begins.
    pub(crate) fn family(&mut self, metric: &Metric) {
        let Metric { name, kind, help, .. } = metric;
        let _ = writeln!(self.0, "# HELP {name} {}", help.replace('\\', "\\\\").replace('\n', "\\n"));
        let _ = writeln!(self.0, "# TYPE {name} {}", kind.word());
    }

    /// One sample, with the values of the metric's labels in their order.
    pub(crate) fn sample(&mut self, metric: &Metric, values: &[&str], value: f64) {
        debug_assert_eq!(metric.labels.len(), values.len(), "{}", metric.name);
        self.line(metric.name, metric.labels.iter().copied().zip(values.iter().copied()), value);
    }

    /// A family of one sample without labels.
    pub(crate) fn single(&mut self, metric: &Metric, value: f64) {
        self.family(metric);
        self.sample(metric, &[], value);
    }

    /// The samples of one histogram.
    pub(crate) fn histogram(&mut self, metric: &Metric, values: &[&str], histogram: &Histogram) {
        let name = metric.name;
        let labels = || metric.labels.iter().copied().zip(values.iter().copied());
        let bucket = format!("{name}_bucket");
        for (bound, count) in histogram.cumulative() {
            let bound = bound.as_secs_f64().to_string();
            self.line(&bucket, labels().chain([("le", bound.as_str())]), figure(count));
        }
        self.line(&bucket, labels().chain([("le", "+Inf")]), figure(histogram.count()));
        self.line(&format!("{name}_sum"), labels(), histogram.sum().as_secs_f64());
        self.line(&format!("{name}_count"), labels(), figure(histogram.count()));
    }

    fn line<'l>(&mut self, name: &str, labels: impl Iterator<Item = (&'l str, &'l str)>, value: f64) {
        self.0.push_str(name);
        let mut before = '{';
        for (label, value) in labels {
            self.0.push(before);
            self.0.push_str(label);
            self.0.push_str("=\"");
            escape(&mut self.0, value);
            self.0.push('"');
            before = ',';
        }
        if before == ',' {
            self.0.push('}');
        }
        // Writing to a String cannot fail.
        let _ = writeln!(self.0, " {value}");
    }

    /// The document.
    pub(crate) fn finish(self) -> String {
        self.0
    }
}

/// The format's three escapes in a label's value.
fn escape(out: &mut String, value: &str) {
    for c in value.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            c => out.push(c),
        }
    }
}

/// A count as a sample's value. Beyond 2^53 the last digits go.
#[expect(clippy::cast_precision_loss, reason = "the format has no integers; 2^53 probes take 285 years at a million a second")]
pub(crate) fn figure(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests;

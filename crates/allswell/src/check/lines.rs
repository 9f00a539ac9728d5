//! A result as a line for people.

use allswell_model::{Outcome, ProbeResult};

use crate::config::visible;
use crate::paint::Paint;

/// Longer URLs stick out rather than push all others aside.
const URL_WIDTH: usize = 48;
/// The longest outcome, `unknown`.
const WORD_WIDTH: usize = 7;

/// How the lines of one check are laid out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lines {
    width: usize,
    paint: Paint,
}

impl Lines {
    pub(crate) fn new(urls: &[&str], paint: Paint) -> Self {
        let widths = urls.iter().map(|url| url.chars().count()).filter(|width| *width <= URL_WIDTH);
        Self { width: widths.max().unwrap_or(0), paint }
    }

    /// The result's line, and one more for each address where several were tried.
    pub(crate) fn of(self, result: &ProbeResult) -> String {
        let mut text = self.line("", &result.outcome, result.target.as_str(), &result.reason);
        for sub in &result.sub_results {
            text.push_str(&self.line("  ", &sub.outcome, &sub.address, &sub.reason));
        }
        text
    }

    fn line(self, indent: &str, outcome: &Outcome, what: &str, reason: &str) -> String {
        let word = self.paint.outcome(outcome, &format!("{:WORD_WIDTH$}", outcome.word()));
        let width = self.width.saturating_sub(indent.len());
        let words = match (outcome.stage(), outcome.cause()) {
            (Some(stage), Some(cause)) => self.paint.faint(&format!(" [{stage} {cause}]")),
            _ => String::new(),
        };
        format!("{indent}{word}  {:width$}  {}{words}\n", visible(what), visible(reason))
    }
}

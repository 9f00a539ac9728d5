//! Findings for people, one line each with its remedies below, and for machines, one JSON object a line.

use serde_json::{Value, json};

use super::finding::{Finding, Level, Remedy};
use crate::config::visible;
use crate::paint::Paint;

/// The longest word of a level.
const WORD_WIDTH: usize = "trouble".len();
/// The longest topic.
const TOPIC_WIDTH: usize = "configuration".len();
/// The longest place of a remedy, with its colon.
const PLACE_WIDTH: usize = "allswell.yaml:".len();

/// A finding as people read it.
pub(crate) fn text(finding: &Finding, paint: Paint) -> String {
    let word = format!("{:WORD_WIDTH$}", finding.level.word());
    let word = match finding.level {
        Level::Ok => paint.good(&word),
        Level::Note => paint.warning(&word),
        Level::Trouble => paint.bad(&word),
    };
    let mut text = format!("{word}  {:TOPIC_WIDTH$}  {}\n", finding.topic, visible(&finding.says));
    finding.remedies.iter().for_each(|remedy| text.push_str(&below(remedy, paint)));
    text
}

fn below(remedy: &Remedy, paint: Paint) -> String {
    let place = format!("{:PLACE_WIDTH$}", format!("{}:", remedy.place.word()));
    let indent = " ".repeat(WORD_WIDTH + 2 + TOPIC_WIDTH + 2);
    format!("{indent}{} {}\n", paint.faint(&place), visible(&remedy.text))
}

/// A finding as machines read it.
pub(crate) fn json(finding: &Finding) -> String {
    let remedies: Vec<Value> = finding.remedies.iter().map(|remedy| json!({ "where": remedy.place.word(), "do": remedy.text })).collect();
    let object = json!({
        "topic": finding.topic,
        "level": finding.level.word(),
        "says": finding.says,
        "remedies": remedies,
        "figures": finding.figures,
    });
    format!("{object}\n")
}

/// The last line: how many of what.
pub(crate) fn summary(findings: &[Finding], paint: Paint) -> String {
    let count = |level| findings.iter().filter(|finding| finding.level == level).count();
    let notes = match count(Level::Note) {
        0 => "nothing to note".to_owned(),
        1 => "1 note".to_owned(),
        n => format!("{n} notes"),
    };
    match count(Level::Trouble) {
        0 => format!("{} ({notes})\n", paint.bold("Nothing is in the way")),
        1 => format!("{} ({notes})\n", paint.bold("1 trouble is in the way")),
        n => format!("{} ({notes})\n", paint.bold(&format!("{n} troubles are in the way"))),
    }
}

//! `allswell link peers`: what is wrong between the nodes, and a line for each link of the node that is asked.

use std::io;

use serde_json::{Value, json};

use super::figures::{self, NOTHING, age, milliseconds, share};
use super::page::Page;
use super::told::{Own, Told};
use super::{Refused, Whom, watch};
use crate::config::visible;
use crate::exit::Exit;
use crate::out;
use crate::paint::Paint;

const EXAMPLES: &str = "\
Examples:
  allswell link peers
  allswell link peers --page https://watch.example.com --token \"$TOKEN\"
  allswell link peers --json | jq -r '.own[] | select(.state != \"up\") | .peer'

Exit codes: 0 no link is down, 1 some are, 2 of some nothing can be said and none is down, 64 misuse, 69 nobody can be asked.";

/// Say what is wrong between the nodes, and print a line for each link of the node that is asked
///
/// Below a link that is not up stands why.
///
/// Its states: `up`; `degraded`: packets are lost, or late; `peer_stalled`: the peer's kernel answers, its process does not;
/// `self_stalled`: our own process was too late to judge; `opening`: too soon to say; `left`: the peer said goodbye; `down`;
/// `unmeasured`: not in the plan just now.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    whom: Whom,

    /// Print one JSON object instead: node, at_us, findings, own
    #[arg(long)]
    json: bool,
}

/// Asks once, prints.
pub(crate) fn run(arguments: &Arguments) -> Exit {
    let told = Page::find(&arguments.whom).and_then(|page| watch::once(async move { page.ask().await }));
    match told {
        Err(refused) => refused.tell(),
        Ok((value, told)) => {
            let text = if arguments.json { format!("{}\n", object(&value)) } else { report(&told, Paint::for_stream(&io::stdout())) };
            out::deliver(&text).err().unwrap_or_else(|| exit(&told))
        }
    }
}

/// As the API says it, without what others measure.
fn object(value: &Value) -> Value {
    let part = |key: &str| value.get(key).cloned().unwrap_or_default();
    json!({ "node": part("node"), "at_us": part("at_us"), "findings": part("findings"), "own": part("own") })
}

fn exit(told: &Told) -> Exit {
    let any = |states: &[&str]| told.own.iter().any(|link| states.contains(&link.state.as_str()));
    match (any(&["down"]), any(&["self_stalled", "opening", "unmeasured"])) {
        (true, _) => Exit::Down,
        (false, true) => Exit::Unknown,
        (false, false) => Exit::Fine,
    }
}

/// The findings, the worst first, then the table.
fn report(told: &Told, paint: Paint) -> String {
    let mut text = String::new();
    for finding in &told.findings {
        text.push_str(&format!("{}\n", paint.bad(&visible(&finding.sentence))));
    }
    if !told.findings.is_empty() {
        text.push('\n');
    }
    if told.own.is_empty() {
        text.push_str(&format!("{} measures no links just now.\n", visible(&told.node)));
        return text;
    }
    text.push_str(&table(told, paint));
    text
}

const HEAD: [&str; 10] = ["peer", "address", "state", "since", "rtt p50", "rtt p99", "lost there", "lost back", "sessions", "last end"];

/// Where the state stands, which is coloured.
const STATE: usize = 2;

fn table(told: &Told, paint: Paint) -> String {
    let rows: Vec<[String; 10]> = told.own.iter().map(|link| row(link, told.at_us)).collect();
    let mut widths = HEAD.map(str::len);
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |cells: &[String; 10], paint_state: &dyn Fn(&str) -> String| {
        let padded = cells.iter().zip(widths).enumerate().map(|(column, (cell, width))| {
            let padded = format!("{cell:<width$}");
            if column == STATE { paint_state(&padded) } else { padded }
        });
        format!("{}\n", padded.collect::<Vec<_>>().join("  ").trim_end())
    };
    let head = paint.faint(line(&HEAD.map(str::to_owned), &str::to_owned).trim_end());
    let rows = rows.iter().zip(&told.own).map(|(row, link)| {
        let row = line(row, &|text| figures::coloured(paint, &link.state, text));
        row + &why(link).map(|why| format!("  {why}\n")).unwrap_or_default()
    });
    std::iter::once(format!("{head}\n")).chain(rows).collect()
}

/// Why a link is not as it should be, which stands below its line.
fn why(link: &Own) -> Option<String> {
    let is_wrong = !matches!(link.state.as_str(), "up" | "unmeasured");
    is_wrong.then(|| visible(&link.reason))
}

fn row(link: &Own, now_us: i64) -> [String; 10] {
    let end = link.last_end();
    let cause = end.and_then(|session| session.cause.as_deref().or(session.sentence.as_deref()));
    let ago = end.and_then(|session| session.ended_us).map(|ended| format!(", {} ago", age(ended, now_us))).unwrap_or_default();
    [
        visible(&link.peer),
        visible(&link.address),
        visible(&link.state),
        age(link.since_us, now_us),
        milliseconds(link.rtt.map(|rtt| rtt.p50_ms)),
        milliseconds(link.rtt.map(|rtt| rtt.p99_ms)),
        share(link.loss_forward),
        share(link.loss_reverse),
        link.sessions.len().to_string(),
        cause.map_or_else(|| NOTHING.to_owned(), |cause| format!("{}{ago}", visible(cause))),
    ]
}

/// The link to a peer.
///
/// # Errors
/// There is none.
pub(crate) fn find<'a>(told: &'a Told, peer: &str) -> Result<&'a Own, Refused> {
    let known = || told.own.iter().map(|link| link.peer.as_str());
    told.own.iter().find(|link| link.peer == peer).ok_or_else(|| {
        let hint = match allswell_probe::nearest(peer, known()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if told.own.is_empty() => "it measures none just now".to_owned(),
            None => format!("its links go to {}", known().map(visible).collect::<Vec<_>>().join(", ")),
        };
        Refused::Misuse(vec![format!("no link of {} goes to `{}`: {hint}", visible(&told.node), visible(peer))])
    })
}

#[cfg(test)]
mod tests;

//! `allswell config check`: every mistake of a configuration, or that it has none.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::config::{self, Configuration, Report};
use crate::exit::Exit;
use crate::out;

/// Tell every mistake of a configuration and of all that it includes
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Print one JSON object: fine, targets, groups, channels, notes, mistakes
    #[arg(long)]
    json: bool,
    /// The configuration; unset: ./allswell.yaml
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  allswell config check && systemctl reload allswell
  allswell config check --json /etc/allswell.yaml | jq -r '.mistakes[].message'

Exit codes: 0 it is fine, 64 it has mistakes.";

/// Reads the file, and says how it is.
pub(crate) fn run(arguments: &Arguments) -> Exit {
    let read = config::read_file(&super::file(arguments.file.as_ref()));
    if arguments.json {
        let (object, exit) = read.map_or_else(|report| (mistakes(&report), Exit::Misuse), |read| (counts(&read), Exit::Fine));
        return out::deliver(&format!("{object}\n")).err().unwrap_or(exit);
    }
    match read {
        Ok(read) => {
            read.warnings.iter().for_each(|warning| out::complain(&format!("Note: {warning}\n")));
            out::deliver(&format!("{}: fine\n", summary(&read))).err().unwrap_or(Exit::Fine)
        }
        Err(report) => super::refuse(&report),
    }
}

/// `3 targets, 2 groups, 1 channel`
fn summary(read: &Configuration) -> String {
    let counted = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    let targets = counted(read.targets.len(), "target");
    format!("{targets}, {}, {}", counted(read.groups(), "group"), counted(read.channels.len(), "channel"))
}

fn counts(read: &Configuration) -> Value {
    json!({
        "fine": true,
        "targets": read.targets.len(),
        "groups": read.groups(),
        "channels": read.channels.len(),
        "notes": read.warnings,
        "mistakes": [],
    })
}

/// Line and column are null where a mistake is about a whole file.
fn mistakes(report: &Report) -> Value {
    let one = |mistake: &config::Mistake| {
        let place = Some(mistake.at).filter(|at| at.line > 0);
        json!({
            "file": report.file(mistake),
            "line": place.map(|at| at.line),
            "column": place.map(|at| at.column),
            "message": mistake.message,
            "hint": mistake.hint,
        })
    };
    json!({ "fine": false, "mistakes": report.mistakes().iter().map(one).collect::<Vec<_>>() })
}

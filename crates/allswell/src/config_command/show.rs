//! `allswell config show`: every key as it holds in the end, and where it comes from.

use std::path::PathBuf;

use serde_json::Value;

use crate::cli;
use crate::config::{self, Effective, Explained};
use crate::exit::Exit;
use crate::out;

/// Show every key of every target as it holds in the end, with its place
///
/// What `include`, `each`, groups and `defaults` come to is written out, each key with the file and line that it comes from, or
/// `by default`. Secrets are hidden. Without hidden secrets the whole is a configuration that means the same.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Print JSON: the files, and each key with its `value` and where it is `from`
    #[arg(long)]
    json: bool,
    /// The configuration; unset: ./allswell.yaml
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Only this target, by its id or its name; unset: all, and the keys of the file itself
    #[arg(value_name = "TARGET")]
    target: Option<String>,
}

const EXAMPLES: &str = "\
Examples:
  allswell config show
  allswell config show /etc/allswell.yaml prod/db/tcp://db1:5432
  allswell config show --json | jq '.targets[] | {id, every: .keys.every}'

Exit codes: 0 shown, 64 it has mistakes, or there is no such target.";

/// Reads the file, and shows it.
pub(crate) fn run(arguments: &Arguments) -> Exit {
    let explained = match config::explain_file(&super::file(arguments.file.as_ref())) {
        Ok((_, explained)) => explained,
        Err(report) => return super::refuse(&report),
    };
    let text = match &arguments.target {
        None if arguments.json => lines(&config::json_of_all(&explained)),
        None => config::yaml_of_all(&explained),
        Some(asked) => match find(&explained, asked) {
            Ok(target) if arguments.json => lines(&config::json_of(target)),
            Ok(target) => config::yaml_of(target),
            Err(mistake) => return cli::misuse(&[mistake]),
        },
    };
    out::deliver(&text).err().unwrap_or(Exit::Fine)
}

fn lines(value: &Value) -> String {
    format!("{value:#}\n")
}

fn find<'a>(explained: &'a Explained, asked: &str) -> Result<&'a Effective, String> {
    let targets = || explained.targets.iter();
    let found = targets().find(|target| target.id.as_str() == asked).or_else(|| targets().find(|target| target.name == asked));
    found.ok_or_else(|| {
        let names = targets().flat_map(|target| [target.id.as_str(), target.name.as_str()]);
        let hint = allswell_probe::nearest(asked, names).map(|near| format!("; did you mean {near}?")).unwrap_or_default();
        format!("the configuration has no target {asked}{hint}")
    })
}

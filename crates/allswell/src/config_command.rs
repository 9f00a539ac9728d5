//! `allswell config`: what a configuration says, and what holds in the end. Nothing is probed.

mod check;
mod show;

use std::path::PathBuf;

use crate::config::Report;
use crate::exit::Exit;
use crate::out;
use crate::paint::Paint;

/// Check a configuration, or show what holds in the end
///
/// Nothing is probed, and nothing that runs is changed.
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  allswell config check
  allswell config check --json /etc/allswell.yaml
  allswell config show /etc/allswell.yaml prod/db/tcp://db1:5432";

#[derive(Debug, clap::Subcommand)]
enum Command {
    Check(check::Arguments),
    Show(show::Arguments),
}

/// Checks or shows.
pub(crate) fn run(arguments: &Arguments) -> Exit {
    match &arguments.command {
        Command::Check(arguments) => check::run(arguments),
        Command::Show(arguments) => show::run(arguments),
    }
}

/// The file that was named, else the one that `run` would pick up.
fn file(named: Option<&PathBuf>) -> PathBuf {
    named.cloned().unwrap_or_else(|| PathBuf::from("allswell.yaml"))
}

/// Tells all mistakes to people.
fn refuse(report: &Report) -> Exit {
    out::complain(&report.render(Paint::for_stream(&std::io::stderr())));
    Exit::Misuse
}

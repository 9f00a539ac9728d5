//! The command line. A subcommand is one variant here and one file with its arguments and its `run`.

use std::ffi::OsString;

use clap::{Parser, Subcommand};

use crate::exit::Exit;
use crate::out;
use crate::{backup, check, config_command, discover, doctor, export, hash, link, protocols, reference, run};

const EXAMPLES: &str = "\
Examples:
  allswell run
  allswell check https://api.example.com/health tcp://db1:5432 icmp://10.0.0.1
  allswell check --json --timeout 2s dns://10.0.0.2/api.example.com
  allswell doctor
  allswell link peers
  allswell export events --since 24h --format csv
  allswell protocols http

Exit codes: 0 fine or all up, 1 some down (doctor: something is in the way), 2 some unknown and
none down, 64 misuse, 69 the store or the port is not to be had, 70 a bug of Allswell's own,
74 what was asked for cannot be written.";

/// Tells whether machines and services can reach each other, how well, and when not, why.
#[derive(Debug, Parser)]
#[command(name = "allswell", version, after_help = EXAMPLES, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(run::Arguments),
    Check(check::Arguments),
    Config(config_command::Arguments),
    Discover(discover::Arguments),
    Doctor(doctor::Arguments),
    Link(link::Arguments),
    Export(export::Arguments),
    Backup(backup::Arguments),
    Hash(hash::Arguments),
    Protocols(protocols::Arguments),
    Reference(reference::Arguments),
}

/// Does what the arguments say.
pub(crate) fn run(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    match Cli::try_parse_from(arguments) {
        Ok(cli) => match cli.command {
            Command::Run(arguments) => run::run(&arguments),
            Command::Check(arguments) => check::run(&arguments),
            Command::Config(arguments) => config_command::run(&arguments),
            Command::Discover(arguments) => discover::run(&arguments),
            Command::Doctor(arguments) => doctor::run(&arguments),
            Command::Link(arguments) => link::run(&arguments),
            Command::Export(arguments) => export::run(&arguments),
            Command::Backup(arguments) => backup::run(&arguments),
            Command::Hash(arguments) => hash::run(&arguments),
            Command::Protocols(arguments) => protocols::run(&arguments),
            Command::Reference(arguments) => reference::run(&arguments),
        },
        Err(refused) => refuse(&refused),
    }
}

/// Help and version are asked for and go to stdout; all else is misuse.
fn refuse(refused: &clap::Error) -> Exit {
    // Nothing can be done about a stream that is closed.
    let _ = refused.print();
    if refused.use_stderr() { Exit::Misuse } else { Exit::Fine }
}

/// Tells a misuse in the manner of the argument parser.
pub(crate) fn misuse(mistakes: &[String]) -> Exit {
    let text: String = mistakes.iter().map(|mistake| format!("error: {mistake}\n")).collect();
    out::complain(&text);
    Exit::Misuse
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent() {
        super::Cli::command().debug_assert();
    }
}

//! `allswell link`: how the links of the running program are, asked of its page.

mod figures;
mod page;
mod peers;
mod spark;
mod told;
mod watch;

use std::path::PathBuf;

use crate::exit::Exit;
use crate::out;

/// Show how the links to other nodes are, as a table or live
///
/// The program that runs is asked by its page: the one of ./allswell.yaml where that exists, else the usual one.
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Peers(peers::Arguments),
    Watch(watch::Arguments),
}

/// Whom to ask.
#[derive(Debug, clap::Args)]
pub(crate) struct Whom {
    /// The page of the program to ask; unset: the configuration's, else http://127.0.0.1:8420
    #[arg(long, value_name = "URL")]
    page: Option<String>,

    /// A token that the page knows; unset: $ALLSWELL_TOKEN
    #[arg(long, value_name = "TOKEN")]
    token: Option<String>,

    /// The configuration that is run; unset: ./allswell.yaml where it exists
    #[arg(short, long, value_name = "FILE", conflicts_with = "page")]
    config: Option<PathBuf>,
}

/// Why nothing can be shown.
#[derive(Debug)]
pub(crate) enum Refused {
    /// What was asked for makes no sense: each mistake, as it is to be shown.
    Misuse(Vec<String>),
    /// The program cannot be asked, or measures no links: one sentence without a full stop.
    Unavailable(String),
}

impl Refused {
    fn tell(&self) -> Exit {
        match self {
            Self::Misuse(mistakes) => crate::cli::misuse(mistakes),
            Self::Unavailable(why) => {
                out::complain(&format!("error: {why}\n"));
                Exit::Unavailable
            }
        }
    }
}

/// Does what the arguments say.
pub(crate) fn run(arguments: &Arguments) -> Exit {
    match &arguments.command {
        Command::Peers(arguments) => peers::run(arguments),
        Command::Watch(arguments) => watch::run(arguments),
    }
}

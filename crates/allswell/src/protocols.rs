//! `allswell protocols`: what can be probed, and what can be set and expected of it.

mod text;

use allswell_probe::{Declaration, PROTOCOLS, nearest};

use crate::cli;
use crate::exit::Exit;
use crate::{out, reference};

const EXAMPLES: &str = "\
Examples:
  allswell protocols
  allswell protocols http dns
  allswell protocols --markdown > docs/reference/protocols.md";

/// List the protocols with their settings, fields and examples
///
/// Settings are what `--set` and the configuration take; fields are what expectations may name.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Only these protocols
    #[arg(value_name = "NAME")]
    names: Vec<String>,

    /// Print the reference page instead
    #[arg(long, conflicts_with = "names")]
    markdown: bool,
}

/// Prints what was asked for.
pub(crate) fn run(arguments: &Arguments) -> Exit {
    if arguments.markdown {
        return out::deliver(&reference::protocols()).err().unwrap_or(Exit::Fine);
    }
    match chosen(&arguments.names) {
        Ok(chosen) => out::deliver(&text::list(&chosen)).err().unwrap_or(Exit::Fine),
        Err(mistakes) => cli::misuse(&mistakes),
    }
}

fn declarations() -> impl Iterator<Item = &'static Declaration> {
    PROTOCOLS.iter().map(|protocol| protocol.declaration())
}

/// A protocol is found by its name or by one of its schemes.
fn chosen(names: &[String]) -> Result<Vec<&'static Declaration>, Vec<String>> {
    if names.is_empty() {
        return Ok(declarations().collect());
    }
    let mut mistakes = Vec::new();
    let mut chosen: Vec<&'static Declaration> = Vec::new();
    for name in names {
        let found = declarations().find(|one| one.name == name || one.schemes.iter().any(|scheme| scheme.name == name));
        match found {
            Some(declaration) => chosen.push(declaration),
            None => mistakes.push(unknown(name)),
        }
    }
    if mistakes.is_empty() { Ok(chosen) } else { Err(mistakes) }
}

fn unknown(name: &str) -> String {
    let known: Vec<&str> = declarations().map(|declaration| declaration.name).collect();
    match nearest(name, known.iter().copied()) {
        Some(near) => format!("no protocol is called `{name}`: did you mean `{near}`?"),
        None => format!("no protocol is called `{name}`: known are {}", known.join(", ")),
    }
}

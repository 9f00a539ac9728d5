//! `allswell check`: probes once, side by side, and says what came of it.

mod asked;
mod lines;
mod live;
mod probing;
mod sets;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use allswell_engine::Plan;
use allswell_model::{Outcome, ProbeResult};

use crate::cli;
use crate::exit::Exit;
use crate::out;
use crate::paint::Paint;

use lines::Lines;
use live::Live;

const EXAMPLES: &str = "\
Examples:
  allswell check https://api.example.com/health
  allswell check icmp://10.0.0.1 tcp://10.0.0.1:22 --timeout 1s
  allswell check tcp://db1:5432 --set hold=50ms --set addresses=all
  allswell check https://api.example.com --expect 'status == 200' --expect 'certificate_days > 14'
  allswell check --json dns://10.0.0.2/api.example.com | jq .measurements

`allswell protocols` lists what --set and --expect may name.
Exit codes: 0 all up, 1 some down, 2 some unknown and none down, 64 misuse,
74 the results cannot be written, 130 interrupted.";

/// Probe targets once, side by side, and print a line for each
///
/// One line for each target, in the order given: its outcome, its URL, and one sentence that says why.
/// `up`: it answered as expected. `down`: the target, or the network on the way to it, is at fault.
/// `unknown`: we are (no descriptors, no route, a dead resolver, ...), and nothing can be said of the target.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// What to probe; its scheme says how: tcp://host:port, https://host/path, icmp://host, dns://resolver/name
    #[arg(value_name = "URL", required = true)]
    urls: Vec<String>,

    /// Print one JSON object a line instead: outcome, stage, cause, reason, address, said_by, rtt_ms, stages_ms, measurements
    #[arg(long)]
    json: bool,

    /// One deadline over a whole probe, from resolving to the last byte
    #[arg(long, value_name = "DURATION", default_value = "5s", allow_hyphen_values = true)]
    timeout: String,

    /// A setting of the protocol or of the network, such as hold=50ms or source=10.0.0.7; applied to each target that knows it
    #[arg(long = "set", value_name = "KEY=VALUE", allow_hyphen_values = true)]
    sets: Vec<String>,

    /// What must hold of the result, else it is down; CEL over the names that --json prints
    #[arg(long = "expect", value_name = "CEL", allow_hyphen_values = true)]
    expectations: Vec<String>,
}

/// Checks what was asked for, probes, prints.
pub(crate) fn run(arguments: &Arguments) -> Exit {
    let asked = match asked::read(arguments) {
        Ok(asked) => asked,
        Err(mistakes) => return cli::misuse(&mistakes),
    };
    let urls: Vec<&str> = asked.plans.iter().map(|plan| plan.target.url.as_str()).collect();
    let lines = Lines::new(&urls, Paint::for_stream(&io::stdout()));
    let mut live = Live::new(&urls);
    let mut outcomes = Vec::new();
    let ended = probing::each(&asked, &mut |news| match news {
        probing::News::Waiting(pending) => {
            live.show(pending);
            Ok(())
        }
        probing::News::Result(result) => {
            live.clear();
            out::deliver(&if arguments.json { json(&result) } else { lines.of(&result) })?;
            outcomes.push(result.outcome);
            Ok(())
        }
    });
    live.clear();
    ended.err().unwrap_or_else(|| exit(&outcomes))
}

/// Probes each of these once, side by side, for other commands: results in the order given, as far as they came.
///
/// # Errors
/// All that is wrong with the URLs.
pub(crate) fn once(urls: &[String], timeout: Duration) -> Result<Vec<ProbeResult>, String> {
    let arguments = Arguments {
        urls: urls.to_vec(),
        json: false,
        timeout: format!("{}ms", timeout.as_millis()),
        sets: Vec::new(),
        expectations: Vec::new(),
    };
    let asked = asked::read(&arguments).map_err(|mistakes| mistakes.join("; "))?;
    let mut results = Vec::new();
    let ended = probing::each(&asked, &mut |news| {
        if let probing::News::Result(result) = news {
            results.push(*result);
        }
        Ok(())
    });
    ended.map(|()| results).map_err(|_| "interrupted".to_owned())
}

fn json(result: &ProbeResult) -> String {
    // Texts and numbers always serialize; what is not finite stands as null.
    serde_json::to_string(result).map(|line| line + "\n").unwrap_or_default()
}

/// Down outweighs unknown, unknown outweighs up.
fn exit(outcomes: &[Outcome]) -> Exit {
    if outcomes.iter().any(|outcome| matches!(outcome, Outcome::Down { .. })) {
        Exit::Down
    } else if outcomes.iter().any(|outcome| matches!(outcome, Outcome::Unknown { .. })) {
        Exit::Unknown
    } else {
        Exit::Fine
    }
}

#[cfg(test)]
mod tests;

/// Probes one target with a runtime of its own; the result as `--json` prints it, without the line's end.
///
/// # Errors
/// The system gives no runtime.
pub(crate) fn alone(plan: &Arc<Plan>) -> io::Result<String> {
    probing::alone(plan).map(|result| json(&result).trim_end().to_owned())
}

//! `allswell doctor`: what this host allows, what is in the way, and the remedy for each.
//!
//! Nothing is sent beyond this host unless `--ask` is given, and nothing is changed.

mod capabilities;
mod cgroup;
mod clock;
mod descriptors;
mod finding;
mod icmp;
mod kernel;
mod lines;
mod network;
mod page;
mod proc;
mod resolvers;
mod running;
mod store;
mod subject;
mod trust;

use std::io;
use std::path::PathBuf;

use crate::exit::Exit;
use crate::out;
use crate::paint::Paint;

use cgroup::Groups;
use finding::{Finding, Level};
use network::Ipv6;
use subject::Subject;

const EXAMPLES: &str = "\
Examples:
  allswell doctor
  allswell doctor --config /etc/allswell/allswell.yaml
  systemd-run --pty -p DynamicUser=yes -p StateDirectory=allswell allswell doctor
  kubectl exec daemonset/allswell -- allswell doctor --json | jq 'select(.level == \"trouble\")'

Ask as the user and in the container that watches: what is allowed differs between them.
Exit codes: 0 nothing is in the way, 1 something is, 64 misuse, 74 the report cannot be written.";

/// Say what this host allows, what is in the way, and the remedy for each
///
/// One line for each finding. `ok`: as it should be. `note`: worth knowing, nothing is in the way. `trouble`: in the way of
/// what the configuration asks for. Below stands what to do, to be copied as it is; each of several remedies is enough.
/// Looks at this host and sends nothing beyond it, unless --ask is given; changes nothing.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The configuration that would be run; unset: ./allswell.yaml where it exists
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// The file or folder of the history; unset: as `allswell run` would choose it
    #[arg(long, value_name = "PATH")]
    store: Option<PathBuf>,

    /// Ask the resolvers in use as well, each for the name servers of the root; nothing else is ever sent
    #[arg(long)]
    ask: bool,

    /// Print one JSON object a line instead: topic, level, says, remedies, figures
    #[arg(long)]
    json: bool,
}

/// Examines, prints.
pub(crate) fn run(arguments: &Arguments) -> Exit {
    let findings = examine(arguments);
    let paint = Paint::for_stream(&io::stdout());
    let report: String = match arguments.json {
        true => findings.iter().map(lines::json).collect(),
        false => findings.iter().map(|finding| lines::text(finding, paint)).chain([lines::summary(&findings, paint)]).collect(),
    };
    match out::deliver(&report) {
        Err(exit) => exit,
        Ok(()) if findings.iter().any(|finding| finding.level == Level::Trouble) => Exit::Down,
        Ok(()) => Exit::Fine,
    }
}

/// All findings, in the order in which somebody who starts the program meets what they are about.
fn examine(arguments: &Arguments) -> Vec<Finding> {
    let begun = allswell_os::clock::read();
    let (subject, configuration) = Subject::read(arguments.config.as_deref(), arguments.store.as_deref());
    let container = kernel::container();
    let ipv6 = Ipv6::look();
    let groups = Groups::of("self").allowed();
    let mut findings = configuration;
    findings.push(page::finding(subject.listen, container.is_some()));
    findings.extend(page::protection(&subject));
    findings.extend(store::findings(&subject));
    findings.extend(icmp::findings(ipv6 != Ipv6::None));
    findings.extend(capabilities::findings());
    findings.extend(descriptors::findings(subject.targets));
    findings.extend(descriptors::ports());
    findings.extend(resolvers::findings(arguments.ask));
    findings.push(ipv6.finding());
    findings.extend(network::conntrack());
    findings.push(trust::finding());
    findings.push(cgroup::say_memory(&groups, cgroup::available(), subject.targets));
    findings.push(cgroup::say_processors(&groups));
    findings.extend(kernel::findings(container.as_deref()));
    // Last, so that the clocks ran for as long as all else took.
    findings.extend(clock::findings(&begun));
    findings
}

#[cfg(test)]
mod tests;

//! How many descriptors there may be, and how many targets they carry.

use std::fs;

use allswell_os::limits::{self, Descriptors};

use super::finding::{Finding, Where};
use super::proc;
use super::subject::grouped;

const TOPIC: &str = "descriptors";

/// What the program itself has open: its store, its threads' queues, its listening socket, browsers and their streams.
const OWN: u64 = 100;

/// A limit that is raised is raised to this at least.
const RAISED: u64 = 65_536;

pub(crate) fn findings(targets: Option<usize>) -> Vec<Finding> {
    match limits::descriptors() {
        Ok(found) => {
            let mut findings = vec![say(found, targets)];
            findings.extend(whole_host());
            findings
        }
        Err(error) => vec![Finding::trouble(TOPIC, format!("They cannot be counted ({error}): is /proc mounted?"))],
    }
}

/// A target has one probe under way at most, and a probe one descriptor at a time, or one for each address that it tries at once.
pub(crate) fn say(found: Descriptors, targets: Option<usize>) -> Finding {
    let Descriptors { soft, hard, open } = found;
    let carries = hard.saturating_sub(OWN);
    let raises = if soft < hard { " (allswell raises the soft limit to the hard one itself)" } else { "" };
    let (shown_soft, shown_hard) = (shown(soft), shown(hard));
    let limit = format!("soft {shown_soft}, hard {shown_hard}, {open} open now{raises}");
    let finding = match targets.map(|targets| targets as u64) {
        Some(targets) if targets > carries => Finding::trouble(
            TOPIC,
            format!(
                "{} targets need more than there may be: {limit}; about {} can be under way at once.",
                grouped(targets),
                grouped(carries)
            ),
        ),
        None if carries < 10 => Finding::trouble(TOPIC, format!("Too few for the program itself: {limit}.")),
        None if carries < 700 => {
            Finding::note(TOPIC, format!("Few: {limit}; they carry about {} targets that are under way at once.", grouped(carries)))
        }
        _ if hard == u64::MAX => return figures(Finding::ok(TOPIC, format!("No limit: {limit}.")), found),
        _ => {
            let says = format!("They carry about {} targets, should all be under way at once: {limit}.", grouped(carries));
            return figures(Finding::ok(TOPIC, says), found);
        }
    };
    let wanted = targets.map_or(RAISED, |targets| (targets as u64 + OWN).next_power_of_two().max(RAISED));
    let finding = finding
        .remedy(Where::Systemd, format!("LimitNOFILE={wanted}"))
        .remedy(Where::Root, format!("prlimit --nofile={wanted}:{wanted} --pid $$  # in the shell that starts it"));
    figures(finding, found)
}

fn figures(finding: Finding, found: Descriptors) -> Finding {
    finding.figure("soft", found.soft).figure("hard", found.hard).figure("open", found.open)
}

fn shown(limit: u64) -> String {
    if limit == u64::MAX { "unlimited".to_owned() } else { grouped(limit) }
}

/// All processes of the host share one table; nothing is said while it is far from full.
fn whole_host() -> Option<Finding> {
    let text = fs::read_to_string("/proc/sys/fs/file-nr").ok()?;
    let words: Vec<u64> = text.split_ascii_whitespace().filter_map(|word| word.parse().ok()).collect();
    let [used, _, most] = *words.as_slice() else { return None };
    let full = used.saturating_mul(10) > most.saturating_mul(9);
    let says = format!("The host as a whole has {} of {} in use: soon nobody can open one.", grouped(used), grouped(most));
    full.then(|| Finding::trouble(TOPIC, says).remedy(Where::Root, format!("sysctl -w fs.file-max={}", most.saturating_mul(4))))
}

/// Ports that connections leave from are shared out by the kernel for each destination.
pub(crate) fn ports() -> Vec<Finding> {
    const RANGE: &str = "/proc/sys/net/ipv4/ip_local_port_range";
    let Some((first, last)) = proc::pair(RANGE) else { return Vec::new() };
    vec![say_ports(first, last)]
}

/// A port rests for 60 s after a connection that we closed, towards the address and port that it led to.
const REST_S: u64 = 60;

pub(crate) fn say_ports(first: u64, last: u64) -> Finding {
    let count = (last + 1).saturating_sub(first);
    let rate = count / REST_S;
    let says = format!("{} local ports ({first} to {last}): about {rate} connections a second to one address and port.", grouped(count));
    let finding = match count {
        0..1_000 => Finding::trouble("ports", says),
        1_000..10_000 => Finding::note("ports", says),
        _ => return Finding::ok("ports", says).figure("first", first).figure("last", last),
    };
    finding.remedy(Where::Root, "sysctl -w net.ipv4.ip_local_port_range=\"15000 60999\"").figure("first", first).figure("last", last)
}

//! By whom names are resolved, and what makes that slow. They are asked only when `--ask` is given.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use allswell_model::{Outcome, ProbeResult};

use super::finding::{Finding, Where};
use super::icmp::list;
use super::page::somebody_listens;
use crate::check;

const TOPIC: &str = "resolvers";

const FILE: &str = "/etc/resolv.conf";

/// For one answer of a resolver that is asked.
const PATIENCE: Duration = Duration::from_secs(2);

pub(crate) fn findings(ask: bool) -> Vec<Finding> {
    let bytes = std::fs::read(FILE);
    let mut findings = say(bytes.as_deref().ok(), somebody_listens(53));
    if ask {
        findings.extend(asked(&allswell_probe::system_resolvers()));
    }
    findings
}

/// What the file says. `local` tells whether something listens at port 53 here, which is asked where the file names nobody.
pub(crate) fn say(file: Option<&[u8]>, local: bool) -> Vec<Finding> {
    let Some(bytes) = file else {
        let says = format!("{FILE} cannot be read: names are not resolved, only {} and literal addresses work.", hosts());
        return vec![Finding::trouble(TOPIC, says).remedy(Where::Root, "echo 'nameserver 192.0.2.53' > /etc/resolv.conf  # yours instead")];
    };
    let (read, mistakes) = resolv_conf::Config::parse_with_errors(bytes);
    let servers: Vec<String> = read.nameservers.iter().map(ToString::to_string).collect();
    let mut findings = vec![who(&servers, local)];
    if !mistakes.is_empty() {
        let says = format!(
            "{} of {FILE} not understood and skipped.",
            if mistakes.len() == 1 { "1 line is".to_owned() } else { format!("{} lines are", mistakes.len()) }
        );
        findings.push(Finding::note(TOPIC, says).remedy(Where::User, "man 5 resolv.conf"));
    }
    let search: Vec<&str> = read.get_last_search_or_domain().map(String::as_str).collect();
    findings.extend(detours(&search, read.ndots));
    findings
}

fn hosts() -> &'static str {
    if Path::new("/etc/hosts").exists() { "/etc/hosts" } else { "nothing" }
}

fn who(servers: &[String], local: bool) -> Finding {
    match servers {
        [] if local => Finding::ok(TOPIC, format!("{FILE} names none: the one that listens on this host is asked.")),
        [] => {
            let says = format!("{FILE} names none and nothing listens at 127.0.0.1:53: targets with names stay unknown.");
            Finding::trouble(TOPIC, says).remedy(Where::Root, "echo 'nameserver 192.0.2.53' > /etc/resolv.conf  # yours instead")
        }
        [one] => Finding::ok(TOPIC, format!("{one} alone is asked: names hang on it.")),
        several => {
            Finding::ok(TOPIC, format!("{} are asked, in this order.", list(&several.iter().map(String::as_str).collect::<Vec<_>>())))
        }
    }
    .figure("servers", servers.to_vec())
}

/// A name with fewer dots than `ndots` is looked for under each domain of the search list first.
fn detours(search: &[&str], ndots: u32) -> Option<Finding> {
    if search.is_empty() || ndots < 2 {
        return None;
    }
    let says = format!(
        "A name with fewer than {ndots} dots is first looked for in {}: {} questions instead of 1 for each address family.",
        list(search),
        search.len() + 1
    );
    let finding = Finding::note(TOPIC, says)
        .remedy(Where::Configuration, "url: https://api.example.com./health  # a dot at the end asks for just this name")
        .remedy(Where::Kubernetes, "dnsConfig: { options: [{ name: ndots, value: \"1\" }] }  # of the pod");
    Some(finding.figure("ndots", ndots).figure("search", search.to_vec()))
}

/// The root's name servers are asked for, which tells nobody what we look for.
fn asked(servers: &[SocketAddr]) -> Vec<Finding> {
    let urls: Vec<String> = servers.iter().map(|server| format!("dns://{server}/.?type=NS")).collect();
    match check::once(&urls, PATIENCE) {
        Ok(results) => servers.iter().zip(&results).map(|(server, result)| answer(server, result)).collect(),
        Err(why) => vec![Finding::trouble(TOPIC, format!("They could not be asked: {why}."))],
    }
}

pub(crate) fn answer(server: &SocketAddr, result: &ProbeResult) -> Finding {
    let took = result.rtt.map(|rtt| format!(" in {:.1} ms", rtt.as_secs_f64() * 1e3)).unwrap_or_default();
    match &result.outcome {
        Outcome::Up => Finding::ok(TOPIC, format!("{server} answers{took}.")),
        _ => Finding::trouble(TOPIC, format!("{server} does not answer as it should: {}", result.reason))
            .remedy(Where::User, format!("allswell check 'dns://{server}/.?type=NS'")),
    }
    .figure("server", server.to_string())
    .figure("outcome", result.outcome.word())
}

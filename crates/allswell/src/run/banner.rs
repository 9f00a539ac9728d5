//! What `run` prints when it starts: what is watched, where the page is, where the history is kept.

use std::path::Path;
use std::sync::Arc;

use allswell_engine::Plan;
use allswell_model::Origin;

use super::links::Linked;
use super::pages::Pages;
use super::source::Source;
use crate::out;

/// More targets than this are counted, not listed.
const LISTED: usize = 12;

fn say(line: &str) {
    out::say(&format!("{line}\n"));
}

fn counted(targets: usize) -> String {
    if targets == 1 { "1 target".to_owned() } else { format!("{targets} targets") }
}

pub(super) fn print(source: &Source, plans: &[Arc<Plan>], (store, links): (&Path, &Linked), pages: &Pages) {
    say(&format!("allswell {}", env!("CARGO_PKG_VERSION")));
    let asked = plans.iter().filter(|plan| plan.target.origin == Origin::Api).count();
    let told = links.told();
    let named = plans.len() - asked;
    let watched = if named == 0 && told.is_some() { "links alone".to_owned() } else { counted(named) };
    say(&format!("Watching {watched}: {}.", source.told()));
    if asked > 0 {
        say(&format!("And {} that came over the API.", counted(asked)));
    }
    for plan in plans.iter().take(LISTED) {
        let target = &plan.target;
        let every = allswell_probe::shown_duration(target.policy.every);
        say(&format!("  {:<40} {} every {every}", target.name.to_string(), target.url));
    }
    if plans.len() > LISTED {
        say(&format!("  and {} more", plans.len() - LISTED));
    }
    if let Some(told) = told {
        say(&format!("Links:   {told}"));
    }
    for line in source.notes() {
        say(&line);
    }
    say(&format!("Page:    {}", pages.url()));
    if let Some(line) = over_ssh(std::env::var("SSH_CONNECTION").ok().as_deref(), pages) {
        say(&line);
    }
    say(&format!("History: {}", store.display()));
}

/// On a remote host the page is reached through the connection that is there already.
fn over_ssh(connection: Option<&str>, pages: &Pages) -> Option<String> {
    let here = connection?.split_whitespace().nth(2)?;
    let port = pages.address().port();
    pages.address().ip().is_loopback().then(|| format!("         from your machine: ssh -L {port}:{} {here}", pages.address()))
}

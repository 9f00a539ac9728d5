//! From the arguments of `check` to plans, or to everything that is wrong with them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use allswell_engine::{Place, Plan, PlanMistake, Wanted};
use allswell_model::{NAME_LIMIT, Origin, Policy, Target, TargetId, TargetName};
use allswell_probe::{Declaration, Locator, protocol_of_scheme};

use super::Arguments;
use super::sets::Sets;
use crate::config;

/// What is to be probed.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) plans: Vec<Arc<Plan>>,
    pub(crate) timeout: Duration,
}

/// Reads the arguments.
///
/// # Errors
/// All mistakes at once, each a sentence without a full stop, none twice.
pub(crate) fn read(arguments: &Arguments) -> Result<Asked, Vec<String>> {
    let mut mistakes = Vec::new();
    let timeout = config::timeout(&arguments.timeout).map_err(|why| mistakes.push(format!("--timeout: {why}"))).unwrap_or_default();
    let sets = Sets::read(&arguments.sets, &mut mistakes);
    let protocols: Vec<&'static Declaration> = arguments.urls.iter().filter_map(|url| declaration(url)).collect();
    sets.note_unknown(&protocols, &mut mistakes);
    let plans = arguments.urls.iter().filter_map(|url| plan(url, arguments, (&sets, timeout), &mut mistakes)).collect();
    if mistakes.is_empty() { Ok(Asked { plans, timeout }) } else { Err(without_twins(mistakes)) }
}

/// The protocol of a URL, where its scheme tells one.
fn declaration(url: &str) -> Option<&'static Declaration> {
    let (scheme, _) = url.split_once("://")?;
    protocol_of_scheme(&scheme.to_ascii_lowercase()).map(|(protocol, _)| protocol.declaration())
}

fn plan(url: &str, arguments: &Arguments, (sets, timeout): (&Sets, Duration), mistakes: &mut Vec<String>) -> Option<Arc<Plan>> {
    let target = target(url, timeout).map_err(|why| mistakes.push(why)).ok()?;
    let wanted = Wanted {
        url: url.to_owned(),
        settings: declaration(url).map(|declaration| sets.of(declaration.settings)).unwrap_or_default(),
        network: sets.of_network(),
        shown: Vec::new(),
        denied: None,
        expect: arguments.expectations.clone(),
        warn: Vec::new(),
    };
    let plan = Plan::new(target, wanted);
    plan.map_err(|wrong| mistakes.extend(wrong.iter().map(|mistake| sentence(mistake, url, arguments)))).ok()
}

/// A target that is called as its URL is shown.
fn target(url: &str, timeout: Duration) -> Result<Target, String> {
    let shown = Locator::parse(url).map_or_else(|_| "target".to_owned(), |locator| locator.shown());
    let called = shortened(&shown);
    let id = TargetId::new(&called).map_err(|why| format!("{url}: {why}"))?;
    let name = TargetName::new("", &called).map_err(|why| format!("{url}: {why}"))?;
    let policy = Policy { timeout, ..Policy::default() };
    let labels = BTreeMap::new();
    Ok(Target {
        id,
        name,
        url: shown,
        protocol: "",
        repeat: String::new(),
        labels,
        policy,
        alerting: allswell_model::Alerting::default(),
        runbook: None,
        origin: Origin::Argument,
    })
}

/// A long URL is probed as it is, and called by its beginning.
fn shortened(url: &str) -> String {
    if url.len() <= NAME_LIMIT {
        return url.to_owned();
    }
    let end = (0..=NAME_LIMIT - '…'.len_utf8()).rev().find(|end| url.is_char_boundary(*end)).unwrap_or(0);
    format!("{}…", url.get(..end).unwrap_or_default())
}

fn sentence(mistake: &PlanMistake, url: &str, arguments: &Arguments) -> String {
    let of_several = if arguments.urls.len() > 1 { format!(" (so for {url})") } else { String::new() };
    let hint = mistake.hint.as_ref().map(|hint| format!(": {hint}")).unwrap_or_default();
    let message = &mistake.message;
    match &mistake.place {
        Place::Url => format!("{message}{hint}"),
        Place::Setting(_) | Place::Network(_) => format!("--set: {message}{hint}"),
        Place::Expect(index, column) | Place::Warn(index, column) => {
            let source = arguments.expectations.get(*index).map(String::as_str).unwrap_or_default();
            let at = column.map(|column| format!(", column {column}")).unwrap_or_default();
            format!("--expect '{source}'{at}: {message}{of_several}{hint}")
        }
    }
}

fn without_twins(mistakes: Vec<String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for mistake in mistakes {
        if !kept.contains(&mistake) {
            kept.push(mistake);
        }
    }
    kept
}

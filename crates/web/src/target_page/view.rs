//! One target as its page shows it.

use allswell_model::{Origin, Timestamp};

use super::certificate::{self, Certificate};
use super::value;
use crate::facts::Facts;
use crate::filter::Filter;
use crate::look::Look;
use crate::moment::Moment;
use crate::spark::{self, Spark};
use crate::text;

/// One target, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct View {
    pub(super) look: Look,
    pub(super) name: String,
    pub(super) group: Option<Link>,
    pub(super) url: String,
    pub(super) protocol: &'static str,
    pub(super) reason: String,
    pub(super) marks: Vec<&'static str>,
    pub(super) since: Moment,
    /// A link only where a browser would go somewhere.
    pub(super) runbook: Option<Link>,
    pub(super) heard: Option<Moment>,
    pub(super) address: Option<String>,
    pub(super) said_by: Option<String>,
    pub(super) rtt: Option<String>,
    pub(super) measurements: Vec<(String, String)>,
    pub(super) certificate: Option<Certificate>,
    pub(super) labels: Vec<(String, String)>,
    pub(super) timing: String,
    pub(super) origin: String,
    pub(super) repeat: String,
    pub(super) spark: Spark,
}

/// Some text, and where it leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) text: String,
    pub(super) href: Option<String>,
}

impl View {
    /// The target as it stands now.
    pub(super) fn of(facts: &Facts<'_>, now: Timestamp) -> Self {
        let (target, last) = (facts.target, facts.last);
        let group = &target.name.group;
        let named = |pairs: &std::collections::BTreeMap<String, String>| pairs.iter().map(|(k, v)| (k.clone(), v.clone())).collect();
        let measurements = last.map(|last| last.measurements.iter().filter(|(name, _)| !name.starts_with(certificate::PREFIX)));
        let measurements = measurements.map(|all| all.map(|(name, value)| (value::called(name), value::said(value))).collect());
        Self {
            look: facts.look,
            name: target.name.name.to_string(),
            group: (!group.is_empty()).then(|| Link { text: group.to_string(), href: Some(Filter::of_group(group).href()) }),
            url: target.url.clone(),
            protocol: target.protocol,
            reason: facts.reason().into_owned(),
            marks: facts.shown_marks(),
            since: Moment::of(facts.since, now),
            runbook: target.runbook.as_deref().map(runbook),
            heard: last.map(|last| Moment::of(last.started, now)),
            address: last.and_then(|last| last.address.clone()),
            said_by: last.and_then(|last| last.said_by.clone()),
            rtt: last.and_then(|last| last.rtt).map(text::took),
            measurements: measurements.unwrap_or_default(),
            certificate: last.and_then(|last| certificate::of(last, now)),
            labels: named(&target.labels),
            timing: timing(target),
            origin: origin(&target.origin),
            repeat: target.repeat.clone(),
            spark: spark::draw(facts.turns(), target.policy.every, now),
        }
    }

    /// `down: api.example.com`, for the tab.
    pub(super) fn called(&self) -> String {
        format!("{}: {}", self.look.word(), self.name)
    }
}

fn timing(target: &allswell_model::Target) -> String {
    let policy = &target.policy;
    let (every, timeout) = (text::set(policy.every), text::set(policy.timeout));
    format!("every {every}, timeout {timeout}, down after {}, up after {}", policy.down_after, policy.up_after)
}

fn origin(origin: &Origin) -> String {
    match origin {
        Origin::File { path, line } => format!("{path}, line {line}"),
        Origin::Argument => "the command line".to_owned(),
        Origin::Discovered => "found on this host".to_owned(),
        Origin::Api => "the API".to_owned(),
    }
}

/// `javascript:` and its like are shown, never followed.
fn runbook(text: &str) -> Link {
    let leads =
        ["https://", "http://"].iter().any(|scheme| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)));
    Link { text: text.to_owned(), href: leads.then(|| text.to_owned()) }
}

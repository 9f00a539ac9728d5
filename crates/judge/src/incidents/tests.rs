//! Nights as tables: when, what happens, and what is told then.

mod crashes;
mod ending;
mod joining;
mod late;
mod mass;
mod model;
mod order;
mod pace;
mod reload;
mod restart;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use allswell_model::{Affected, Alert, Alerting, ChannelName, EventBody, Mark, Origin, Policy, Status, TargetName};

use super::*;

const SECOND: i64 = 1_000_000;

fn at(seconds: i64) -> Timestamp {
    Timestamp(1_700_000_000 * SECOND + seconds * SECOND)
}

fn id(name: &str) -> TargetId {
    TargetId::new(name).unwrap()
}

fn node() -> NodeId {
    NodeId::new("fra-1").unwrap()
}

fn status(word: &str) -> Status {
    Status::ALL.into_iter().find(|status| status.word() == word).unwrap_or_else(|| panic!("no status {word}"))
}

/// `oncall,mail down,unknown 3600 5`: by which ways, of what, how often again and after how long, both in seconds. `-` for nobody, and for
/// once.
fn alerting(words: &str) -> Alerting {
    let mut words = words.split(' ');
    let channels = words.next().unwrap_or("oncall").split(',').filter(|name| *name != "-");
    let on = words.next().unwrap_or("down,unknown").split(',').map(status);
    let mut seconds = || words.next().filter(|word| *word != "-").map(|seconds| Duration::from_secs(seconds.parse().unwrap()));
    let (remind, after) = (seconds(), seconds().unwrap_or_default());
    Alerting { channels: channels.map(|name| ChannelName::new(name).unwrap()).collect(), on: on.collect(), remind, after }
}

fn target(name: &str, alerting: Alerting) -> Target {
    Target {
        id: id(name),
        name: TargetName::new("", name).unwrap(),
        url: format!("tcp://{name}:80"),
        protocol: "tcp",
        repeat: String::new(),
        labels: BTreeMap::new(),
        policy: Policy::default(),
        alerting,
        runbook: None,
        origin: Origin::Argument,
    }
}

fn transition(name: &str, (from, to): (Status, Status), cause: Option<&str>, now: Timestamp) -> Transition {
    Transition {
        target: id(name),
        at: now,
        since: now,
        from,
        to,
        marks: BTreeSet::new(),
        stage: cause.map(|_| "connect".to_owned()),
        cause: cause.map(str::to_owned),
        reason: cause.map_or_else(|| "well".to_owned(), |cause| format!("reason of {cause}.")),
        said_by: None,
    }
}

/// A night in which the test says what happens.
struct Night {
    incidents: Incidents,
    now: i64,
    targets: BTreeMap<TargetId, (Target, Status)>,
    /// In the order in which they were first told of.
    seen: Vec<IncidentId>,
    /// All that was ever stored.
    stored: BTreeMap<IncidentId, Incident>,
    events: Vec<EventBody>,
}

impl Night {
    fn new() -> Self {
        Self::with(Incidents::new(node(), "eu".into(), Vec::new()))
    }

    fn with(incidents: Incidents) -> Self {
        Self { incidents, now: 0, targets: BTreeMap::new(), seen: Vec::new(), stored: BTreeMap::new(), events: Vec::new() }
    }

    /// These are watched, and up.
    fn of(names: &str, asks: &str) -> Self {
        let mut night = Self::new();
        names.split(' ').for_each(|name| night.watch(name, asks));
        night
    }

    fn watch(&mut self, name: &str, asks: &str) {
        let status = self.targets.get(&id(name)).map_or(Status::Up, |(_, status)| *status);
        self.watch_as(name, asks, status);
    }

    fn watch_as(&mut self, name: &str, asks: &str, status: Status) {
        let target = target(name, alerting(asks));
        let stood = Stood { status, since: at(self.now), marks: &BTreeSet::new(), incident: None, decided: None };
        self.incidents.watch(&target, stood, at(self.now));
        self.targets.insert(id(name), (target, status));
    }

    fn turn(&mut self, name: &str, to: Status, cause: Option<&str>) {
        let (_, from) = self.targets.get_mut(&id(name)).unwrap_or_else(|| panic!("nobody watches {name}"));
        let transition = transition(name, (std::mem::replace(from, to), to), cause, at(self.now));
        self.incidents.turned(&transition, at(self.now));
    }

    fn told_by(&mut self, name: &str, other: Option<&str>) {
        let telling = Telling { by: other.map(|other| NodeId::new(other).unwrap()), reason: None };
        self.incidents.telling(&id(name), telling, at(self.now));
    }

    /// `a down refused`, `a up`, `forget a`, `a asks oncall down`, `a told_by ams-1`, `a told_by -`; several with `;` between.
    fn happens(&mut self, what: &str) {
        for words in what.split(';').map(str::trim).filter(|words| !words.is_empty()) {
            let (first, rest) = words.split_once(' ').unwrap_or((words, ""));
            match (first, rest.split_once(' ').unwrap_or((rest, ""))) {
                ("forget", (name, _)) => {
                    self.incidents.forget(&id(name), at(self.now));
                    self.targets.remove(&id(name));
                }
                (name, ("asks", asks)) => self.watch(name, asks),
                (name, ("told_by", other)) => self.told_by(name, (other != "-").then_some(other)),
                (name, (word, cause)) => self.turn(name, status(word), (!cause.is_empty()).then_some(cause)),
            }
        }
    }

    fn settle(&mut self) -> Decided {
        let decided = self.incidents.settle(at(self.now));
        for alert in &decided.alerts {
            if !self.seen.contains(&alert.incident) {
                self.seen.push(alert.incident);
            }
        }
        self.stored.extend(decided.incidents.iter().map(|incident| (incident.id, incident.clone())));
        self.events.extend(decided.events.iter().cloned());
        decided
    }

    /// What is told now: `firing 1 oncall 2 a b` is the first incident's alert by oncall of two targets, a and b.
    fn told(&mut self) -> String {
        let decided = self.settle();
        decided.alerts.iter().map(|alert| self.word(alert)).collect::<Vec<_>>().join("; ")
    }

    fn word(&self, alert: &Alert) -> String {
        let nth = self.seen.iter().position(|seen| *seen == alert.incident).unwrap() + 1;
        let mut word = format!("{} {nth} {} {}", alert.kind.word(), alert.channel, alert.total);
        alert.targets.iter().for_each(|affected| write!(word, " {}", affected.target).unwrap());
        word
    }

    /// Each row: when (in seconds), what happens, what is told then.
    fn runs(&mut self, table: &[(i64, &str, &str)]) {
        for (seconds, what, expected) in table {
            self.now = *seconds;
            self.happens(what);
            assert_eq!(self.told(), *expected, "at {seconds}: {what:?}");
        }
    }

    /// When something is due, in seconds of this night.
    fn due(&self) -> Option<i64> {
        self.incidents.next_deadline().map(|due| (due.0 - at(0).0) / SECOND)
    }

    fn incident(&self, nth: usize) -> &Incident {
        &self.stored[&self.seen[nth - 1]]
    }
}

#[test]
fn a_target_goes_down_and_comes_back() {
    let mut night = Night::of("a", "oncall");
    night.runs(&[
        (0, "", ""),
        (1, "a down refused", "firing 1 oncall 1 a"),
        (2, "", ""),
        (200, "", ""),
        (300, "a up", "resolved 1 oncall 1 a"),
        (301, "", ""),
    ]);
    let incident = night.incident(1);
    assert_eq!((incident.id, incident.began, incident.ended), (IncidentId(at(1).0), at(1), Some(at(300))));
    assert_eq!((incident.status, incident.stage.as_deref(), incident.cause.as_deref()), (Status::Down, Some("connect"), Some("refused")));
    assert_eq!((incident.reason.as_str(), &incident.first, incident.targets, incident.most), ("reason of refused.", &id("a"), 0, 1));
    assert_eq!((incident.alerts, incident.told), (2, Some(at(300))));
    let (incident, target) = (incident.id, id("a"));
    let began =
        EventBody::IncidentBegan { incident, target: target.clone(), status: Status::Down, reason: "reason of refused.".to_owned() };
    assert_eq!(night.events, [began, EventBody::IncidentEnded { incident, target, for_ms: 299_000, targets: 1 }]);
    assert_eq!((night.incidents.of(&id("a")), night.due()), (None, None));
}

#[test]
fn an_alert_says_all_of_it() {
    let mut night = Night::new();
    let mut described = target("api", alerting("oncall,mail"));
    described.name = TargetName::new("edge", "api").unwrap();
    described.labels = BTreeMap::from([("team".to_owned(), "web".to_owned())]);
    described.runbook = Some("https://wiki.example.com/api".to_owned());
    let stood = Stood { status: Status::Up, since: at(0), marks: &BTreeSet::new(), incident: None, decided: None };
    night.incidents.watch(&described, stood, at(0));
    let because = transition("api", (Status::Up, Status::Down), Some("refused"), at(5));
    night.incidents.turned(&Transition { since: at(3), said_by: Some("10.0.0.1".to_owned()), ..because }, at(5));
    night.now = 6;
    let decided = night.settle();
    let [oncall, mail] = &decided.alerts[..] else { panic!("{decided:?}") };
    assert_eq!((oncall.channel.as_str(), oncall.number, oncall.key.as_str()), ("oncall", 0, "fra-1-1700000005000000-0-firing-oncall"));
    assert_eq!((mail.channel.as_str(), mail.number, mail.key.as_str()), ("mail", 1, "fra-1-1700000005000000-1-firing-mail"));
    assert_eq!((oncall.decided, oncall.began, oncall.ended, &oncall.location[..]), (at(6), at(5), None, "eu"));
    assert_eq!((&oncall.node, oncall.status, &oncall.first, oncall.total), (&node(), Status::Down, &id("api"), 1));
    assert_eq!((oncall.stage.as_deref(), oncall.cause.as_deref()), (Some("connect"), Some("refused")));
    assert_eq!(oncall.summary, "api in edge is down: reason of refused.");
    assert_eq!(oncall.targets, [Affected::of(&described, Status::Down, at(3), "reason of refused.")]);
    assert_eq!((mail.summary.as_str(), &mail.targets), (oncall.summary.as_str(), &oncall.targets));
    assert_eq!(decided.incidents[0].said_by.as_deref(), Some("10.0.0.1"));
    assert_eq!((decided.moved, night.incidents.of(&id("api"))), (vec![id("api")], Some(oncall.incident)));
}

#[test]
fn who_asks_for_nothing_is_told_nothing() {
    let mut night = Night::of("a", "-");
    night.runs(&[(1, "a down refused", ""), (500, "", ""), (501, "a up", "")]);
    assert!(night.events.is_empty() && night.stored.is_empty());
    assert_eq!(night.due(), None);
}

#[test]
fn nothing_is_decided_of_who_is_not_watched() {
    let mut night = Night::of("a", "oncall");
    let stranger = transition("b", (Status::Up, Status::Down), Some("refused"), at(1));
    night.incidents.turned(&stranger, at(1));
    night.incidents.forget(&id("b"), at(1));
    assert!(night.settle().is_empty());
    assert_eq!(night.incidents.of(&id("b")), None);
}

#[test]
fn trouble_that_is_over_before_it_is_told_wakes_nobody_and_is_kept() {
    let mut night = Night::of("a b", "oncall");
    night.now = 1;
    night.happens("a down refused; a up");
    let decided = night.settle();
    assert_eq!((decided.alerts.len(), decided.events.len(), decided.moved), (0, 2, vec![id("a")]));
    let [incident] = &decided.incidents[..] else { panic!("{:?}", decided.incidents) };
    assert_eq!((incident.ended, incident.told, incident.alerts, incident.most), (Some(at(1)), None, 0, 1));
}

//! Where the targets come from: a configuration, the command line, or this host itself.

use std::net::SocketAddr;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use allswell_engine::{Plan, Wanted};
use allswell_model::{Origin, Policy, Target, TargetName};
use allswell_probe::Locator;

use super::Arguments;
use super::trouble::Trouble;
use crate::config::{self, Configuration, Watched};
use crate::discover::{self, Found};

/// Picked up in the working folder when nothing else is asked for.
const DEFAULT_FILE: &str = "allswell.yaml";

/// Keys that take effect when the program starts, and not before.
const AT_START: [&str; 7] = ["listen", "allowed_hosts", "public_url", "node", "store", "retention", "tls"];

/// Discovered targets are probed this often.
const DISCOVERED_EVERY: Duration = Duration::from_secs(60);

/// What was read.
#[derive(Debug)]
pub(super) struct Read {
    configuration: Configuration,
    /// A file names the targets.
    is_file: bool,
}

impl Deref for Read {
    type Target = Configuration;
    fn deref(&self) -> &Configuration {
        &self.configuration
    }
}

/// Where the targets come from, and what it looked like when last read.
#[derive(Debug)]
pub(super) struct Source {
    file: Option<PathBuf>,
    /// The file was asked for; the default one may be missing.
    required: bool,
    urls: Vec<String>,
    watched: Watched,
    found: Option<Found>,
    warnings: Vec<String>,
}

impl Source {
    pub(super) fn of(options: &Arguments) -> Result<Self, Trouble> {
        if options.config.is_some() && !options.urls.is_empty() {
            return Err(Trouble::Mistakes(vec!["Name targets on the command line or in a configuration, not both.".into()]));
        }
        let required = options.config.is_some();
        let file = options.config.clone().or_else(|| options.urls.is_empty().then(|| PathBuf::from(DEFAULT_FILE)));
        let watched = Watched::default();
        Ok(Self { file, required, urls: options.urls.clone(), watched, found: None, warnings: Vec::new() })
    }

    /// Reads the configuration, where there is one.
    pub(super) fn read(&mut self) -> Result<Read, Trouble> {
        let Some(file) = self.file.clone() else { return Ok(Read::unconfigured()) };
        if !self.required && !file.exists() {
            self.watched = Watched::of(&file);
            return Ok(Read::unconfigured());
        }
        match config::read_file(&file) {
            Ok(configuration) => {
                self.watched = configuration.watched.clone();
                self.warnings.clone_from(&configuration.warnings);
                Ok(Read { configuration, is_file: true })
            }
            Err(report) => {
                // What was wrong is told once; it is read again when one of these files changes.
                self.watched = report.watched().clone();
                Err(Trouble::Mistakes(vec![report.to_string()]))
            }
        }
    }

    /// What is to be watched. Discovery looks around on this host only when nothing was named.
    pub(super) fn plans(&mut self, read: &Read, page: SocketAddr) -> Result<Vec<Arc<Plan>>, Trouble> {
        if read.is_file {
            self.found = None;
            return Ok(read.targets.clone());
        }
        if !self.urls.is_empty() {
            return named(&self.urls);
        }
        let found = discover::look(Some(page));
        let plans = found.targets.iter().map(|candidate| {
            let policy = Policy { every: DISCOVERED_EVERY, ..Policy::default() };
            plan(candidate.group, &candidate.name, &candidate.url, (policy, Origin::Discovered))
        });
        let plans = plans.collect::<Result<_, _>>()?;
        self.found = Some(found);
        Ok(plans)
    }

    /// Whether the files are others than those that were read, and finished; also when the first appeared, not when it went away.
    pub(super) fn changed(&mut self) -> bool {
        self.file.as_ref().is_some_and(|file| file.exists()) && self.watched.changed(SystemTime::now())
    }

    /// How the targets came about, for the first lines.
    pub(super) fn told(&self) -> String {
        match (&self.found, &self.file) {
            (Some(_), _) => "found on this host, since there is no allswell.yaml here".into(),
            (None, Some(file)) => format!("named in {}", file.display()),
            (None, None) => "named on the command line".into(),
        }
    }

    /// What else an operator should know at the start.
    pub(super) fn notes(&self) -> Vec<String> {
        let mut notes: Vec<String> = self.warnings.iter().map(|warning| format!("Note: {warning}")).collect();
        if let Some(found) = &self.found {
            notes.extend(found.withheld.iter().map(|(target, why)| format!("  not watched unasked: {} ({why})", target.url)));
            notes.push("To keep or change this: allswell discover > allswell.yaml (it is picked up when it appears).".into());
        }
        notes
    }
}

impl Read {
    /// Keys that differ from those of the start and take effect only at the next one.
    pub(super) fn unheeded(&self, first: &Self) -> Vec<&'static str> {
        config::changed_keys(first, self).into_iter().filter(|key| AT_START.contains(key)).collect()
    }

    /// Lets go of the targets: what is watched is known elsewhere, and changes.
    pub(super) fn without_targets(mut self) -> Self {
        self.configuration.targets = Vec::new();
        self
    }

    fn unconfigured() -> Self {
        Self { configuration: Configuration::default(), is_file: false }
    }
}

/// A mistake as a whole sentence; a hint may have ended it with a question.
fn sentence(mistake: &impl std::fmt::Display) -> String {
    let text = mistake.to_string();
    if text.ends_with('?') { text } else { format!("{text}.") }
}

/// Every mistake of every URL, not only the first.
fn named(urls: &[String]) -> Result<Vec<Arc<Plan>>, Trouble> {
    let mut plans: Vec<Arc<Plan>> = Vec::new();
    let mut mistakes = Vec::new();
    for url in urls {
        // A name is shown everywhere, so it has no password.
        let name = Locator::parse(url).map_or_else(|_| url.clone(), |locator| locator.shown());
        match plan("", &name, url, (Policy::default(), Origin::Argument)) {
            Ok(plan) if plans.iter().any(|earlier| earlier.target.id == plan.target.id) => mistakes.push(format!("{name} is named twice.")),
            Ok(plan) => plans.push(plan),
            Err(trouble) => mistakes.extend(trouble.sentences()),
        }
    }
    if mistakes.is_empty() { Ok(plans) } else { Err(Trouble::Mistakes(mistakes)) }
}

fn plan(group: &str, name: &str, url: &str, (policy, origin): (Policy, Origin)) -> Result<Arc<Plan>, Trouble> {
    let wrong = |error: allswell_model::IdError| Trouble::Mistakes(vec![format!("{name:?} cannot be a name: {error}.")]);
    let name = TargetName::new(group, name).map_err(wrong)?;
    let target = Target {
        id: name.id().map_err(wrong)?,
        name,
        url: String::new(),
        protocol: "",
        repeat: String::new(),
        labels: std::collections::BTreeMap::new(),
        policy,
        alerting: allswell_model::Alerting::default(),
        runbook: None,
        origin,
    };
    let wanted = Wanted { url: url.to_owned(), ..Wanted::default() };
    Plan::new(target, wanted).map_err(|mistakes| Trouble::Mistakes(mistakes.iter().map(sentence).collect()))
}

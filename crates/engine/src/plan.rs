//! A target with all that is needed to probe it: prepared probe, compiled expectations.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use allswell_judge::expect::{Expectation, Refused, Scope};
use allswell_model::{DownCause, Origin, Target};
use allswell_probe::{Denied, Mistake, NETWORK_SETTINGS, Prepared, Range, Raw, SettingKind, all_fields, protocol_of_scheme};

use crate::repeat;

/// What an operator asked for, as text.
#[derive(Clone, Default, PartialEq)]
pub struct Wanted {
    /// The target's URL with its secrets.
    pub url: String,
    /// Settings of its protocol.
    pub settings: Vec<(String, Raw)>,
    /// Settings of every protocol: source, family, resolver, ...
    pub network: Vec<(String, Raw)>,
    /// Those of the settings that are shown otherwise than they are: `${NAME}` stands where something was filled in.
    pub shown: Vec<(String, Raw)>,
    /// Expectations in CEL; one that fails means down.
    pub expect: Vec<String>,
    /// Expectations in CEL; one that fails means degraded.
    pub warn: Vec<String>,
    /// What may not be probed, where strangers can name the target.
    pub denied: Option<Arc<Denied>>,
}

impl fmt::Debug for Wanted {
    /// Without the URL and the settings: they may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wanted").field("expect", &self.expect).field("warn", &self.warn).finish_non_exhaustive()
    }
}

/// Where in [`Wanted`] a mistake is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The URL.
    Url,
    /// This setting of the protocol.
    Setting(String),
    /// This setting of the network.
    Network(String),
    /// This expectation, at this column (from 1) where it is known.
    Expect(usize, Option<usize>),
    /// This warning, at this column (from 1) where it is known.
    Warn(usize, Option<usize>),
}

/// An operator's mistake in one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanMistake {
    /// Where.
    pub place: Place,
    /// One sentence without a full stop.
    pub message: String,
    /// What to do instead.
    pub hint: Option<String>,
}

impl fmt::Display for PlanMistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, ": {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for PlanMistake {}

/// An expectation of the protocol's own, and the cause when it fails.
#[derive(Debug)]
pub(crate) struct Default {
    pub(crate) expectation: Expectation,
    pub(crate) wanted: &'static str,
    pub(crate) cause: DownCause,
}

/// A target, ready to be probed any number of times.
#[derive(Debug)]
pub struct Plan {
    /// What is watched and how it is judged.
    pub target: Arc<Target>,
    pub(crate) wanted: Wanted,
    pub(crate) probe: Prepared,
    pub(crate) defaults: Vec<Default>,
    pub(crate) expect: Vec<Expectation>,
    pub(crate) warn: Vec<Expectation>,
}

impl Plan {
    /// Checks all that an operator wrote of one target. The target's `protocol` and `repeat` are filled in, and its `url` where it is empty.
    ///
    /// # Errors
    /// All mistakes at once.
    pub fn new(mut target: Target, wanted: Wanted) -> Result<Arc<Self>, Vec<PlanMistake>> {
        let mut mistakes = Vec::new();
        let (defaults, expect, warn) = expectations(&wanted, &mut mistakes);
        let named = |field: &str| {
            let own = expect.iter().chain(&warn).any(|expectation| expectation.names(field));
            own || defaults.iter().any(|default| default.expectation.names(field))
        };
        let prepared = Prepared::new(&wanted.url, &wanted.settings, &wanted.network, &named);
        let probe = prepared
            .and_then(|probe| match &wanted.denied {
                Some(denied) => probe.denying(denied),
                None => Ok(probe),
            })
            .map_err(|wrong| mistakes.extend(wrong.into_iter().map(|mistake| placed(mistake, &wanted))));
        match (probe, mistakes) {
            (Ok(probe), none) if none.is_empty() => {
                if target.url.is_empty() {
                    target.url = probe.locator().shown();
                }
                target.protocol = probe.declaration().name;
                target.repeat = repeat::command(&target, &wanted, probe.declaration());
                Ok(Arc::new(Self { target: Arc::new(target), wanted, probe, defaults, expect, warn }))
            }
            (_, mistakes) => Err(mistakes),
        }
    }

    /// Whether what it does depends on files besides the configuration's: they may have changed though their paths did not.
    #[must_use]
    pub fn depends_on_files(&self) -> bool {
        let mut specs = self.probe.declaration().settings.iter().chain(NETWORK_SETTINGS).filter(|spec| spec.kind == SettingKind::File);
        specs.any(|spec| self.wanted.settings.iter().chain(&self.wanted.network).any(|(name, _)| name == spec.name))
    }

    /// The literal address of the target, where it lies in a range that is forbidden to it: it would never be probed.
    #[must_use]
    pub fn denied(&self) -> Option<(IpAddr, Range)> {
        let address = self.probe.locator().endpoint.literal()?.ip();
        Some((address, self.wanted.denied.as_ref()?.by(address)?))
    }

    /// Whether another plan asks for the very same; where it stands in which file does not matter.
    #[must_use]
    pub fn asks_the_same(&self, other: &Self) -> bool {
        let (ours, theirs) = (&self.target.origin, &other.target.origin);
        let same_origin = ours == theirs || matches!((ours, theirs), (Origin::File { .. }, Origin::File { .. }));
        same_origin && self.wanted == other.wanted && Target { origin: ours.clone(), ..Target::clone(&other.target) } == *self.target
    }
}

type Compiled = (Vec<Default>, Vec<Expectation>, Vec<Expectation>);

/// Compiles against the fields of the URL's protocol. A URL without one is told of by the probe itself.
fn expectations(wanted: &Wanted, mistakes: &mut Vec<PlanMistake>) -> Compiled {
    let scheme = wanted.url.split_once("://").map_or("", |(scheme, _)| scheme).to_ascii_lowercase();
    let Some((protocol, _)) = protocol_of_scheme(&scheme) else { return Compiled::default() };
    let scope = Scope::new(all_fields(protocol));
    let expect = compiled(&wanted.expect, &scope, mistakes, Place::Expect);
    let warn = compiled(&wanted.warn, &scope, mistakes, Place::Warn);
    let named = |field: &&str| expect.iter().any(|own| own.names(field));
    let defaults = protocol.declaration().defaults.iter().filter(|default| !default.unless_named.iter().any(named));
    let defaults = defaults
        .filter_map(|default| {
            let expectation = Expectation::compile(default.source, &scope).ok()?;
            Some(Default { expectation, wanted: default.wanted, cause: default.cause.clone() })
        })
        .collect();
    (defaults, expect, warn)
}

fn compiled(
    sources: &[String],
    scope: &Scope,
    mistakes: &mut Vec<PlanMistake>,
    place: fn(usize, Option<usize>) -> Place,
) -> Vec<Expectation> {
    let mut compiled = Vec::with_capacity(sources.len());
    for (index, source) in sources.iter().enumerate() {
        match Expectation::compile(source, scope) {
            Ok(expectation) => compiled.push(expectation),
            Err(Refused { message, hint, column, .. }) => mistakes.push(PlanMistake { place: place(index, column), message, hint }),
        }
    }
    compiled
}

fn placed(mistake: Mistake, wanted: &Wanted) -> PlanMistake {
    let place = match mistake.key {
        Some(key) if key != "url" => {
            let network = NETWORK_SETTINGS.iter().any(|spec| spec.name == key) || wanted.network.iter().any(|(name, _)| *name == key);
            if network { Place::Network(key) } else { Place::Setting(key) }
        }
        _ => Place::Url,
    };
    PlanMistake { place, message: mistake.message, hint: mistake.hint }
}

#[cfg(test)]
mod tests;

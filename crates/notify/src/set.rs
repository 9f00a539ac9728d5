//! The channels as the configuration means them: checked, built, and comparable, so that a reload can tell what changed.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use allswell_model::ChannelName;
use allswell_model::settings::{Mistake, Raw, SettingKind, SettingSpec, Settings};

use crate::channel::Channel;
use crate::registry::kind_of;

/// A set of channels by name. Two are equal when their settings are, the content of their files included.
#[derive(Clone, Default, PartialEq)]
pub struct Channels(BTreeMap<ChannelName, Defined>);

/// A channel, and what it was made from.
#[derive(Clone)]
pub(crate) struct Defined {
    kind: &'static str,
    settings: Settings,
    /// What its files held when it was made: the same path may lead to another certificate.
    files: Vec<Vec<u8>>,
    channel: Arc<dyn Channel>,
}

impl Defined {
    pub(crate) fn kind(&self) -> &'static str {
        self.kind
    }

    pub(crate) fn channel(&self) -> &Arc<dyn Channel> {
        &self.channel
    }
}

impl PartialEq for Defined {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind && self.settings == other.settings && self.files == other.files
    }
}

impl Channels {
    /// No channel.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Checks and adds a channel. `typed` are its keys but `type`, whose value is `kind`.
    ///
    /// # Errors
    /// Every mistake at once, each with the key that it is about (`type` for an unknown kind).
    pub fn insert(&mut self, name: ChannelName, kind: &str, typed: &[(String, Raw)]) -> Result<(), Vec<Mistake>> {
        let kind = kind_of(kind).map_err(|mistake| vec![mistake])?;
        let declaration = kind.declaration();
        let settings = Settings::read(declaration.settings, typed)?;
        let files = files(declaration.settings, &settings);
        let channel = kind.build(&settings)?;
        if self.0.contains_key(&name) {
            return Err(vec![Mistake::whole(format!("the channel `{name}` is given twice"))]);
        }
        self.0.insert(name, Defined { kind: declaration.name, settings, files, channel });
        Ok(())
    }

    /// Their names, in order.
    pub fn names(&self) -> impl Iterator<Item = &ChannelName> {
        self.0.keys()
    }

    /// Whether there is one of this name.
    #[must_use]
    pub fn contains(&self, name: &ChannelName) -> bool {
        self.0.contains_key(name)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn find(&self, name: &ChannelName) -> Option<&Defined> {
        self.0.get(name)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&ChannelName, &Defined)> {
        self.0.iter()
    }

    /// This set, but what did not change stays what it was in `old`. Tells besides which of both sets' names differ.
    pub(crate) fn after(mut self, old: &Self) -> (Self, Vec<ChannelName>) {
        let mut changed = Vec::new();
        for (name, defined) in &mut self.0 {
            match old.0.get(name) {
                Some(before) if before == defined => *defined = before.clone(),
                Some(_) | None => changed.push(name.clone()),
            }
        }
        (self, changed)
    }
}

impl fmt::Debug for Channels {
    /// Names and kinds; settings hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.0.iter().map(|(name, defined)| (name, defined.kind))).finish()
    }
}

/// A file that cannot be read is the kind's to complain of.
fn files(specs: &[SettingSpec], settings: &Settings) -> Vec<Vec<u8>> {
    let paths = specs.iter().filter(|spec| spec.kind == SettingKind::File).filter_map(|spec| settings.text(spec.name));
    paths.map(|path| std::fs::read(path).unwrap_or_default()).collect()
}

#[cfg(test)]
mod tests;

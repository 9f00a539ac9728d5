//! From the trees of all files to what they mean together: whose defaults hold where, groups and channels of all, targets.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use allswell_engine::Plan;
use allswell_model::TargetName;
use allswell_notify::Channels;

use super::effective::Explained;
use super::include::{Gathered, Part};
use super::keys::{FILE, PART};
use super::layer::{File, Layer};
use super::links::{self, Beside, Links};
use super::mistake::Mistakes;
use super::section::{self, Section};
use super::shared::Shared;
use super::source::Sources;
use super::taken::Taken;
use super::target::{self, Context, Found};
use super::top::{self, Top};
use super::tree::{Entry, Mark, Shape};
use super::watch::Watched;
use super::{alert, channels, each};

/// What all files mean together.
pub(crate) struct Meant {
    pub(crate) top: Top,
    pub(crate) links: Option<Links>,
    pub(crate) channels: Channels,
    pub(crate) targets: Vec<Arc<Plan>>,
    pub(crate) shared: Shared,
}

/// Reads all files. Where there are mistakes, what is returned lacks what they spoiled.
pub(crate) fn read(
    gathered: &Gathered,
    watched: &RefCell<Watched>,
    explained: Option<&RefCell<Explained>>,
    mistakes: &mut Mistakes,
) -> Meant {
    let parts = Parts::of(gathered, watched, mistakes);
    let empty = Section::default();
    let first = parts.sections.first().unwrap_or(&empty);
    let folder = gathered.parts.first().map_or(Path::new(""), |part| part.folder.as_path());
    let top = top::read(first, (parts.file(0), folder), mistakes);
    let Named { once: channel_entries, again } = parts.named("channels", mistakes);
    let mut channels = Channels::default();
    for (part, entry) in &channel_entries {
        channels::read(entry, parts.file(*part), &mut channels, mistakes);
    }
    for (part, entry) in again {
        channels::read(entry, parts.file(part), &mut Channels::default(), mistakes);
    }
    let names: BTreeSet<&str> = channel_entries.iter().map(|(_, entry)| entry.key.as_str()).filter(|name| !name.is_empty()).collect();
    let Named { once: group_entries, again } = parts.named("groups", mistakes);
    let groups = parts.groups(&group_entries, mistakes);
    let twins: Vec<Layer<'_>> = again.iter().map(|(part, entry)| parts.group(*part, entry, mistakes)).collect();
    let defaults = parts.defaults(mistakes);
    for layer in defaults.iter().chain(groups.values()).chain(&twins) {
        alert::check(layer, &names, gathered.whole, mistakes);
    }
    if let Some(explained) = explained {
        explained.borrow_mut().files(&parts.sections, &gathered.sources);
    }
    let mut taken = Taken::default();
    // Links come first: what they are called is not free for targets.
    let beside = Beside { sources: &gathered.sources, channels: &names, whole: gathered.whole };
    let links = first.entry("links").map(|entry| links::read(entry, &beside, &mut taken, mistakes));
    let mut targets = Vec::new();
    for (part, section) in parts.sections.iter().enumerate() {
        let chain: Vec<&Layer<'_>> = parts.chain(part).filter_map(|part| defaults.get(part)).collect();
        let file = parts.file(part);
        let context = Context { file, whole: gathered.whole, defaults: &chain, groups: &groups, channels: &names, denied: None, explained };
        targets.extend(self::targets(section.entry("targets"), &context, &mut taken, mistakes));
    }
    let shared = Shared::of(first, &group_entries, &names, &gathered.parts);
    Meant { top, links, channels, targets, shared }
}

/// Entries with the numbers of their files.
#[derive(Default)]
struct Named<'a> {
    /// Each name once.
    once: Vec<(usize, &'a Entry)>,
    /// Those whose names stand already: they count for nothing, but are checked as well.
    again: Vec<(usize, &'a Entry)>,
}

/// All files, each with its keys.
struct Parts<'a> {
    parts: &'a [Part],
    sections: Vec<Section<'a>>,
    sources: &'a Sources,
    watched: &'a RefCell<Watched>,
}

impl<'a> Parts<'a> {
    fn of(gathered: &'a Gathered, watched: &'a RefCell<Watched>, mistakes: &mut Mistakes) -> Self {
        let first = gathered.sources.name(0);
        let sections = gathered.parts.iter().map(|part| keys(part, first, mistakes)).collect();
        Self { parts: &gathered.parts, sections, sources: &gathered.sources, watched }
    }

    fn file(&self, part: usize) -> File<'a> {
        let folder = self.parts.get(part).map(|part| part.folder.as_path());
        File { sources: self.sources, folder, watched: self.watched }
    }

    /// A file, the one that includes it, and so on to the first.
    fn chain(&self, part: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(Some(part), |part| self.parts.get(*part)?.within)
    }

    /// The entries of a key that names things for all files.
    fn named(&self, key: &str, mistakes: &mut Mistakes) -> Named<'a> {
        let mut first: BTreeMap<&str, Mark> = BTreeMap::new();
        let mut found = Named::default();
        for (part, section) in self.sections.iter().enumerate() {
            let entries = section.entry(key).map(|entry| section::map(&entry.value, &format!("`{key}`"), mistakes)).unwrap_or_default();
            for entry in entries {
                if let Some(first) = first.get(entry.key.as_str()) {
                    let first = self.sources.called(*first, entry.at);
                    mistakes.add(entry.at, format!("`{key}` has `{}` twice; first in {first}", entry.key));
                    found.again.push((part, entry));
                } else {
                    first.insert(&entry.key, entry.at);
                    found.once.push((part, entry));
                }
            }
        }
        found
    }

    fn groups(&self, entries: &[(usize, &'a Entry)], mistakes: &mut Mistakes) -> BTreeMap<&'a str, Layer<'a>> {
        let mut groups = BTreeMap::new();
        for (part, entry) in entries {
            if let Err(why) = TargetName::new(&entry.key, "x") {
                mistakes.add(entry.at, why.to_string());
            }
            groups.insert(entry.key.as_str(), self.group(*part, entry, mistakes));
        }
        groups
    }

    fn group(&self, part: usize, entry: &'a Entry, mistakes: &mut Mistakes) -> Layer<'a> {
        Layer::shared(&entry.value, &format!("group `{}`", entry.key), self.file(part), mistakes)
    }

    fn defaults(&self, mistakes: &mut Mistakes) -> Vec<Layer<'a>> {
        let read = |(part, section): (usize, &Section<'a>)| match section.entry("defaults") {
            Some(entry) => Layer::shared(&entry.value, "`defaults`", self.file(part), mistakes),
            None => Layer::default(),
        };
        self.sections.iter().enumerate().map(read).collect()
    }
}

/// The keys of one file.
fn keys<'a>(part: &'a Part, first: &str, mistakes: &mut Mistakes) -> Section<'a> {
    let Some(root) = &part.root else { return Section::default() };
    if part.within.is_none() {
        return Section::read(root, "the configuration", FILE, mistakes);
    }
    let mut section = Section::default();
    for entry in section::map(root, "an included file", mistakes) {
        match FILE.iter().find(|key| key.name == entry.key) {
            Some(key) if PART.contains(&key.name) => section.take(key, entry, mistakes),
            Some(key) => {
                let message = format!("`{}` belongs to the first file, {first}, and not to one that is included", key.name);
                mistakes.hinted(entry.at, message, "move it there");
            }
            None => section::unknown(entry, "an included file", PART, mistakes),
        }
    }
    section
}

fn targets(entry: Option<&Entry>, context: &Context<'_>, taken: &mut Taken, mistakes: &mut Mistakes) -> Vec<Arc<Plan>> {
    let Some(entry) = entry else { return Vec::new() };
    let Shape::List(items) = &entry.value.shape else {
        mistakes.hinted(entry.value.at, format!("`targets` takes a list, not {}", entry.value.described()), "each target begins with `- `");
        return Vec::new();
    };
    let mut plans = Vec::new();
    for item in items {
        let mut of_each = Mistakes::default();
        for copy in each::expand(item, &mut of_each) {
            let mut found = Found::default();
            plans.extend(target::read(&copy, context, taken, &mut found));
            // The second copy's mistakes are those of the first; only what is new is told.
            of_each.add_elsewhere(found.own);
            mistakes.add_elsewhere(found.inherited);
        }
        mistakes.append(of_each);
    }
    plans
}

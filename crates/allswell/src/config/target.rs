//! One entry of `targets`, with its layers, made into a plan.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use allswell_engine::{Place, Plan, PlanMistake, Wanted};
use allswell_model::{Origin, Policy, Target, TargetId, TargetName};
use allswell_probe::{Denied, Locator, protocol_of_scheme};

use super::alert;
use super::effective::Explained;
use super::layer::{File, Layer, Layers, TypedSettings};
use super::mistake::Mistakes;
use super::section;
use super::shown_url;
use super::taken::Taken;
use super::tree::{Entry, Mark, Node, Shape};

/// What is known of all files before a file's targets are read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) file: File<'a>,
    /// Whether all files were read to their ends.
    pub(crate) whole: bool,
    /// Those of the file itself, then those of the files that include it.
    pub(crate) defaults: &'a [&'a Layer<'a>],
    pub(crate) groups: &'a BTreeMap<&'a str, Layer<'a>>,
    /// The names of the channels.
    pub(crate) channels: &'a BTreeSet<&'a str>,
    /// Of a target of the API, what is forbidden to it; `None`: it stands in a file.
    pub(crate) denied: Option<&'a Arc<Denied>>,
    /// Where to say what holds of each target and why, when somebody wants to know.
    pub(crate) explained: Option<&'a RefCell<Explained>>,
}

/// Mistakes of one target: of its own, and of what its group and `defaults` give it.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) own: Mistakes,
    pub(crate) inherited: Mistakes,
}

/// Reads a target; without mistakes it is a plan.
pub(crate) fn read(node: &Node, context: &Context<'_>, taken: &mut Taken, found: &mut Found) -> Option<Arc<Plan>> {
    let own = Layer::target(node, context.file, &mut found.own);
    alert::check(&own, context.channels, context.whole, &mut found.own);
    let layers = Layers(layers(&own, context, &mut found.own));
    let Some(url) = own.section.entry("url") else {
        if !matches!(&node.shape, Shape::Map(entries) if entries.iter().any(|entry| entry.key == "url")) {
            let first = Mark { length: 1, ..node.at };
            found.own.hinted(first, "this target has no `url`", "such as url: https://example.com/health");
        }
        // Name and id are checked all the same; without either it is known by its URL.
        if let Some(url) = own.section.entry("name") {
            Reading { node, url, own: &own, layers: &layers, context }.target(taken, &mut found.own);
        }
        return None;
    };
    let reading = Reading { node, url, own: &own, layers: &layers, context };
    let target = reading.target(taken, &mut found.own)?;
    let plan = reading.plan(target, found).filter(|_| found.own.is_empty())?;
    if let Some(explained) = context.explained {
        explained.borrow_mut().target(&plan.target, (node, &layers), context.file.sources);
    }
    Some(plan)
}

fn layers<'a>(own: &'a Layer<'a>, context: &'a Context<'a>, mistakes: &mut Mistakes) -> Vec<&'a Layer<'a>> {
    let mut layers = vec![own];
    if let Some((name, entry)) = own.section.text("group").zip(own.section.entry("group")) {
        match context.groups.get(name) {
            Some(group) => layers.push(group),
            None if !context.whole => {}
            None => {
                let entry = Entry { key: name.to_owned(), at: entry.value.at, value: entry.value.clone() };
                section::unknown_word(&entry, "`groups`", &context.groups.keys().copied().collect::<Vec<_>>(), mistakes);
            }
        }
    }
    layers.extend(context.defaults);
    layers
}

/// One target while it is read.
struct Reading<'a> {
    node: &'a Node,
    url: &'a Entry,
    own: &'a Layer<'a>,
    layers: &'a Layers<'a>,
    context: &'a Context<'a>,
}

impl Reading<'_> {
    /// Where its name or its id cannot be, a stand-in has that place: what else is wrong with it is found all the same.
    fn target(&self, taken: &mut Taken, mistakes: &mut Mistakes) -> Option<Target> {
        let (name, id) = self.known_as(taken, mistakes).or_else(stand_in)?;
        let place = self.node.at;
        let of_file = || Origin::File { path: self.context.file.sources.name(place.file).to_owned(), line: place.line };
        let origin = self.context.denied.map_or_else(of_file, |_| Origin::Api);
        let runbook = self.layers.text("runbook");
        let (policy, labels) = (self.policy(), self.layers.labels());
        let alerting = alert::alerting(self.layers);
        let url = self.shown_url();
        Some(Target { id, name, url, protocol: "", repeat: String::new(), labels, policy, alerting, runbook, origin })
    }

    fn known_as(&self, taken: &mut Taken, mistakes: &mut Mistakes) -> Option<(TargetName, TargetId)> {
        let shown = self.shown_url();
        let named = self.own.section.text("name").zip(self.own.section.entry("name"));
        let (name, at) = named.map_or((shown.as_str(), self.url.value.at), |(name, entry)| (name, entry.value.at));
        let group = self.own.section.text("group").unwrap_or_default();
        let name = TargetName::new(group, name).map_err(|why| mistakes.hinted(at, why.to_string(), hint_of(named.is_some())));
        let Ok(name) = name else {
            // Its id may be wrong as well.
            self.id(&stand_in()?.0, at, mistakes);
            return None;
        };
        let place = self.node.at;
        let sources = self.context.file.sources;
        let twin = taken.name(&name, place);
        if let Some(first) = twin {
            mistakes.hinted(
                at,
                format!("two targets are called `{name}`; the first is in {}", sources.called(first, at)),
                twin_hint(named.is_some(), first == place),
            );
        }
        let id = self.id(&name, at, mistakes)?;
        if let Some(first) = taken.id(&id, place)
            && (twin.is_none() || self.own.section.text("id").is_some())
        {
            let at = self.own.section.entry("id").map_or(at, |entry| entry.value.at);
            mistakes.add(at, format!("two targets have the id `{id}`; the first is in {}", sources.called(first, at)));
        }
        Some((name, id))
    }

    fn id(&self, name: &TargetName, at: Mark, mistakes: &mut Mistakes) -> Option<TargetId> {
        let own = self.own.section.text("id").zip(self.own.section.entry("id"));
        let (id, at) = match own {
            Some((id, entry)) => (TargetId::new(id), entry.value.at),
            None => (name.id(), at),
        };
        id.map_err(|why| mistakes.add(at, why.to_string())).ok()
    }

    /// The URL as it was typed: what was filled in stays hidden, and so does a password.
    fn shown_url(&self) -> String {
        let Shape::Text(text) = &self.url.value.shape else { return String::new() };
        match &text.written {
            Some(written) => shown_url::without_password(written),
            None => Locator::parse(&text.text).map_or_else(|_| shown_url::without_password(&text.text), |locator| locator.shown()),
        }
    }

    fn policy(&self) -> Policy {
        let every = self.layers.duration("every");
        Policy {
            every,
            timeout: self.layers.duration("timeout"),
            down_after: self.layers.count("down_after"),
            up_after: self.layers.count("up_after"),
            recheck: self.layers.duration("recheck").min(every),
        }
    }

    fn plan(&self, target: Target, found: &mut Found) -> Option<Arc<Plan>> {
        let url = self.own.section.text("url").unwrap_or_default();
        let scheme = url.split_once("://").map_or("", |(scheme, _)| scheme).to_ascii_lowercase();
        let Some((protocol, _)) = protocol_of_scheme(&scheme) else {
            self.note_url(url, &mut found.own);
            return None;
        };
        let declaration = protocol.declaration();
        self.note_other_protocols(declaration.name, &mut found.own);
        let settings = self.settings(declaration.name);
        let network = self.layers.network();
        let well_formed = Locator::parse(url).is_ok();
        if !well_formed {
            self.note_url(url, &mut found.own);
        }
        let texts = |key| self.layers.expectations(key).iter().map(|written| written.source.clone()).collect();
        let wanted = Wanted {
            // A stand-in finds what else is wrong with a target whose URL cannot be read.
            url: if well_formed { url } else { declaration.example }.to_owned(),
            settings: typed(&settings),
            network: typed(&network),
            shown: settings.iter().chain(&network).map(|(name, typed)| (*name, typed.entry)).filter_map(shown).collect(),
            expect: texts("expect"),
            warn: texts("warn"),
            denied: self.context.denied.cloned(),
        };
        let name = target.name.to_string();
        match Plan::new(target, wanted) {
            Ok(plan) => Some(plan).filter(|_| well_formed),
            Err(wrong) => {
                for mistake in wrong.into_iter().filter(|mistake| well_formed || mistake.place != Place::Url) {
                    self.note(mistake, &name, (&settings, &network), found);
                }
                None
            }
        }
    }

    /// A target of the API has its own settings alone: those of its group may hold a token, and its URL may lead to anybody.
    fn settings(&self, protocol: &str) -> TypedSettings<'_> {
        match self.context.denied {
            Some(_) => Layers(vec![self.own]).protocol(protocol),
            None => self.layers.protocol(protocol),
        }
    }

    fn note_url(&self, url: &str, mistakes: &mut Mistakes) {
        let Err(mistake) = Locator::parse(url) else { return };
        let node = &self.url.value;
        let hint = mistake.hint.map(|hint| node.discreet(&hint)).unwrap_or_default();
        mistakes.hinted(node.at, node.discreet(&mistake.message), hint);
    }

    /// Settings of another protocol would have no effect; in a group or `defaults` they wait for targets of theirs.
    fn note_other_protocols(&self, name: &str, mistakes: &mut Mistakes) {
        for (declaration, at) in self.own.protocol_keys.iter().filter(|(declaration, _)| declaration.name != name) {
            let message = format!("`{}` holds settings of {}, but this target's protocol is {name}", declaration.name, declaration.name);
            mistakes.hinted(*at, message, "leave it out");
        }
    }

    fn note(&self, mistake: PlanMistake, name: &str, (settings, network): (&TypedSettings<'_>, &TypedSettings<'_>), found: &mut Found) {
        let of = |typed: &TypedSettings<'_>, name: &str| typed.get(name).map(|typed| typed.entry.value.clone());
        let written =
            |key: &str, index: usize, column: Option<usize>| self.layers.expectations(key).get(index).map(|one| one.place(column));
        let (node, at) = match &mistake.place {
            Place::Url => (Some(self.url.value.clone()), None),
            Place::Setting(key) => (of(settings, key), None),
            Place::Network(key) => (of(network, key), None),
            Place::Expect(index, column) => (None, written("expect", *index, *column)),
            Place::Warn(index, column) => (None, written("warn", *index, *column)),
        };
        let node = node.unwrap_or_else(|| self.url.value.clone());
        let at = at.unwrap_or(node.at);
        let message = node.discreet(&mistake.message);
        let hint = mistake.hint.map(|hint| node.discreet(&hint)).unwrap_or_default();
        if self.holds(at) {
            found.own.hinted(at, message, hint);
        } else {
            found.inherited.hinted(at, format!("{message} (so for target `{name}`)"), hint);
        }
    }

    /// Whether a place is within this target and not in its group or in `defaults`.
    fn holds(&self, at: Mark) -> bool {
        at.file == self.node.at.file && (self.node.at.line..=self.node.last_line()).contains(&at.line)
    }
}

fn typed(settings: &TypedSettings<'_>) -> Vec<(String, allswell_probe::Raw)> {
    settings.iter().map(|(name, typed)| ((*name).to_owned(), typed.raw.clone())).collect()
}

/// A key's value as it was written, where something was filled in.
fn shown((name, entry): (&str, &Entry)) -> Option<(String, allswell_probe::Raw)> {
    let node = &entry.value;
    let mut filled = false;
    node.each_text(&mut |text| filled |= text.written.is_some());
    filled.then(|| (name.to_owned(), node.written()))
}

fn hint_of(named: bool) -> &'static str {
    if named { "" } else { "the URL is the name where there is none: give it a `name`" }
}

fn twin_hint(named: bool, same_entry: bool) -> &'static str {
    match (named, same_entry) {
        (true, true) => "put a name of `each`, such as {host}, into it",
        (true, false) => "rename one of them, or put it into another group",
        (false, _) => "give one of them a `name`",
    }
}

fn stand_in() -> Option<(TargetName, TargetId)> {
    let name = TargetName::new("", "x").ok()?;
    let id = name.id().ok()?;
    Some((name, id))
}

//! `alert`, `alert_on` and `remind`: whom to tell of a target's troubles, and of which.

use std::collections::BTreeSet;
use std::sync::Arc;

use allswell_model::{Alerting, ChannelName, Status};

use super::layer::{Layer, Layers};
use super::mistake::Mistakes;
use super::section;
use super::tree::{Entry, Node, Shape};

/// Checks that the channels of `alert` exist, each once.
pub(crate) fn check(layer: &Layer<'_>, channels: &BTreeSet<&str>, whole: bool, mistakes: &mut Mistakes) {
    if let Some(entry) = layer.section.entry("alert") {
        named(entry, channels, whole, mistakes);
    }
}

/// Checks that these channels exist, each once.
pub(crate) fn named(entry: &Entry, channels: &BTreeSet<&str>, whole: bool, mistakes: &mut Mistakes) {
    let mut named = BTreeSet::new();
    for item in entry.value.items() {
        match &item.shape {
            Shape::Text(text) if !named.insert(text.text.as_str()) => {
                mistakes.add(item.at, item.discreet(&format!("`{}` stands here twice", text.text)));
            }
            Shape::Text(text) if channels.contains(text.text.as_str()) || !whole => {}
            Shape::Text(text) => {
                let word = Entry { key: text.text.clone(), at: item.at, value: item.clone() };
                section::unknown_word(&word, "`channels`", &channels.iter().copied().collect::<Vec<_>>(), mistakes);
            }
            _ => mistakes.add(item.at, format!("`alert` takes names of channels, not {}", item.described())),
        }
    }
}

/// Whom to tell. Of each key the nearest layer's counts.
pub(crate) fn alerting(layers: &Layers<'_>) -> Alerting {
    let unset = Alerting::default();
    let channels = layers.entry("alert").map(named_channels);
    let on = layers.entry("alert_on").map(|entry| texts(&entry.value).filter_map(status).collect());
    Alerting {
        channels: channels.unwrap_or(unset.channels),
        // The worst first, as they stand where the key is unset.
        on: on.map_or(unset.on, |on: BTreeSet<Status>| on.into_iter().rev().collect()),
        remind: layers.set_duration("remind"),
        ..unset
    }
}

/// Tells these channels, and of what is told where nobody says.
pub(crate) fn of_channels(entry: Option<&Entry>) -> Alerting {
    let unset = Alerting::default();
    Alerting { channels: entry.map_or(unset.channels, named_channels), ..unset }
}

fn named_channels(entry: &Entry) -> Arc<[ChannelName]> {
    texts(&entry.value).filter_map(|name| ChannelName::new(name).ok()).collect()
}

fn texts(node: &Node) -> impl Iterator<Item = &str> {
    node.items().iter().filter_map(|item| match &item.shape {
        Shape::Text(text) => Some(text.text.as_str()),
        _ => None,
    })
}

fn status(word: &str) -> Option<Status> {
    Status::ALL.into_iter().find(|status| status.word() == word)
}

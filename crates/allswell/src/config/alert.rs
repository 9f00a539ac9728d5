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
    let Some(entry) = layer.section.entry("alert") else { return };
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
    let channels = layers.entry("alert").map(|entry| texts(&entry.value).filter_map(|name| ChannelName::new(name).ok()).collect());
    let on = layers.entry("alert_on").map(|entry| texts(&entry.value).filter_map(status).collect());
    Alerting {
        channels: channels.map_or(unset.channels, |channels: Vec<_>| Arc::from(channels)),
        // The worst first, as they stand where the key is unset.
        on: on.map_or(unset.on, |on: BTreeSet<Status>| on.into_iter().rev().collect()),
        remind: layers.set_duration("remind"),
    }
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

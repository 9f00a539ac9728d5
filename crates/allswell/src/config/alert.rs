//! `alert` names channels; that they exist is checked here.

use super::layer::Layer;
use super::mistake::Mistakes;
use super::section;
use super::tree::{Entry, Shape};

/// Checks that the channels of `alert` exist.
pub(crate) fn check(layer: &Layer<'_>, channels: &[&str], whole: bool, mistakes: &mut Mistakes) {
    let Some(entry) = layer.section.entry("alert") else { return };
    let one = std::slice::from_ref(&entry.value);
    let items = if let Shape::List(items) = &entry.value.shape { items.as_slice() } else { one };
    for item in items {
        match &item.shape {
            Shape::Text(text) if channels.contains(&text.text.as_str()) || !whole => {}
            Shape::Text(text) => {
                let word = Entry { key: text.text.clone(), at: item.at, value: item.clone() };
                section::unknown_word(&word, "`channels`", channels, mistakes);
            }
            _ => mistakes.add(item.at, format!("`alert` takes names of channels, not {}", item.described())),
        }
    }
}

//! `keys` of `links`: secrets that all nodes share, more than one while they are being changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use allswell_mesh::Key;

use crate::config::keys::LINK_KEYS;
use crate::config::mistake::Mistakes;
use crate::config::section::Section;
use crate::config::source::Sources;
use crate::config::tree::{Mark, Node};

/// A key shorter than a MAC can be guessed sooner than the MAC.
const LEAST_SECRET: usize = 16;

/// Reads all of them; each id stands once. What a secret is stands in no sentence.
pub(super) fn read(items: &[Node], sources: &Sources, mistakes: &mut Mistakes) -> Vec<Key> {
    let mut ids: BTreeMap<u8, Mark> = BTreeMap::new();
    items.iter().filter_map(|item| one(item, (&mut ids, sources), mistakes)).collect()
}

fn one(item: &Node, (ids, sources): (&mut BTreeMap<u8, Mark>, &Sources), mistakes: &mut Mistakes) -> Option<Key> {
    let section = Section::read(item, "a key of `links`", LINK_KEYS, mistakes);
    section.demand("id", (item, "this key of `links`"), mistakes);
    section.demand("secret", (item, "this key of `links`"), mistakes);
    let id = section.integer("id").and_then(|id| u8::try_from(id).ok());
    if let Some((id, entry)) = id.zip(section.entry("id")) {
        if let Some(first) = ids.get(&id) {
            let first = sources.called(*first, entry.value.at);
            mistakes.add(entry.value.at, format!("two keys of `links` have the id {id}; the first is in {first}"));
        }
        ids.entry(id).or_insert(entry.value.at);
    }
    let (secret, entry) = section.text("secret").zip(section.entry("secret"))?;
    if secret.len() < LEAST_SECRET {
        let message = format!("this `secret` has fewer than {LEAST_SECRET} bytes, and could be guessed");
        mistakes.hinted(entry.value.at, message, "`openssl rand -hex 32` makes one");
        return None;
    }
    Some(Key { id: id?, secret: Arc::from(secret.as_bytes()) })
}

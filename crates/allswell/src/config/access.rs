//! `access`: who may look, and who may change something.

use std::collections::BTreeMap;

use allswell_web::{Access, Role, Secret};

use super::keys::ACCESS;
use super::mistake::Mistakes;
use super::section::Section;
use super::source::Sources;
use super::tree::{Entry, Mark, Node, Shape};

/// Reads all of them; each name stands once.
pub(crate) fn read(entry: Option<&Entry>, sources: &Sources, mistakes: &mut Mistakes) -> Vec<Access> {
    let Some(entry) = entry else { return Vec::new() };
    let Shape::List(items) = &entry.value.shape else {
        mistakes.hinted(entry.value.at, format!("`access` takes a list, not {}", entry.value.described()), "each begins with `- `");
        return Vec::new();
    };
    let mut names: BTreeMap<String, Mark> = BTreeMap::new();
    let read = items.iter().filter_map(|item| {
        let access = one(item, mistakes);
        let (name, at) = name(item)?;
        if let Some(first) = names.get(name) {
            mistakes.add(at, format!("`{name}` stands here twice; first in {}", sources.called(*first, at)));
        } else {
            names.insert(name.to_owned(), at);
        }
        access
    });
    read.collect()
}

fn name(item: &Node) -> Option<(&str, Mark)> {
    let value = &item.key("name")?.value;
    match &value.shape {
        Shape::Text(text) => Some((&text.text, value.at)),
        _ => None,
    }
}

fn one(item: &Node, mistakes: &mut Mistakes) -> Option<Access> {
    let section = Section::read(item, "an entry of `access`", ACCESS, mistakes);
    let name = section.required("name", (item, "this entry of `access`"), mistakes).map(|(name, entry)| (name.to_owned(), entry.value.at));
    let name = name.filter(|(name, at)| {
        let wrong = name.chars().any(|c| c.is_control() || c == ':');
        if wrong {
            mistakes.add(*at, "a name holds neither `:` nor control characters: browsers could not send it");
        }
        !wrong
    });
    let secret = secret(item, &section, mistakes);
    let role = if section.text("role") == Some("operator") { Role::Operator } else { Role::Viewer };
    Some(Access { name: name?.0, role, secret: secret? })
}

fn secret(item: &Node, section: &Section<'_>, mistakes: &mut Mistakes) -> Option<Secret> {
    let of = |key: &'static str| section.text(key).zip(section.entry(key));
    let (read, entry) = match (of("password"), of("token")) {
        (Some((text, entry)), None) => (Secret::password(text), entry),
        (None, Some((text, entry))) => (Secret::token(text), entry),
        (Some((password, of_password)), Some((text, token))) => {
            for (wrong, entry) in [(Secret::password(password).err(), of_password), (Secret::token(text).err(), token)] {
                if let Some(why) = wrong {
                    mistakes.add(entry.value.at, why.to_string().trim_end_matches('.'));
                }
            }
            mistakes.hinted(token.at, "an entry of `access` has a `password` or a `token`, not both", "make two entries of it");
            return None;
        }
        (None, None) => {
            if matches!(item.shape, Shape::Map(_)) && item.key("password").is_none() && item.key("token").is_none() {
                let first = Mark { length: 1, ..item.at };
                mistakes.hinted(first, "this entry of `access` has neither `password` nor `token`", "`allswell hash` makes both");
            }
            return None;
        }
    };
    // The reason never repeats the text: somebody may have typed the password itself.
    read.map_err(|why| mistakes.add(entry.value.at, why.to_string().trim_end_matches('.'))).ok()
}

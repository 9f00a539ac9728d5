//! Which places of a file hold secrets, and must not be shown: neither in mistakes nor by `config show`.

use allswell_probe::{PROTOCOLS, SettingKind};

use super::channels;
use super::source::Sources;
use super::tree::{Mark, Node, Shape};

/// Secrets that were typed into the file are stars wherever its lines are shown.
pub(crate) fn hide(root: &Node, sources: &mut Sources) {
    let Shape::Map(entries) = &root.shape else { return };
    for entry in entries {
        match entry.key.as_str() {
            "heartbeat" => hide_keys(&entry.value, &|key| key == "url", sources),
            "channels" => each_value(&entry.value, &mut |channel| hide_keys(channel, &channels::is_secret, sources)),
            "access" => entry.value.items().iter().for_each(|one| hide_keys(one, &is_credential, sources)),
            "links" => hide_keys(&entry.value, &is_link_secret, sources),
            _ => hide_keys(&entry.value, &is_secret, sources),
        }
    }
}

/// Hides what stands under such a key, and every password in a URL, however deep.
fn hide_keys(node: &Node, secret: &dyn Fn(&str) -> bool, sources: &mut Sources) {
    match &node.shape {
        Shape::Text(_) => {
            if let Some(password) = password(sources.at(node.at), node.at) {
                sources.hide(password);
            }
        }
        Shape::List(items) => items.iter().for_each(|item| hide_keys(item, secret, sources)),
        Shape::Map(entries) => {
            for entry in entries {
                if secret(&entry.key) { hide_all(&entry.value, sources) } else { hide_keys(&entry.value, secret, sources) }
            }
        }
    }
}

fn hide_all(node: &Node, sources: &mut Sources) {
    match &node.shape {
        Shape::Text(_) => sources.hide(node.at),
        Shape::List(items) => items.iter().for_each(|item| hide_all(item, sources)),
        Shape::Map(entries) => entries.iter().for_each(|entry| hide_all(&entry.value, sources)),
    }
}

fn each_value(node: &Node, visit: &mut dyn FnMut(&Node)) {
    if let Shape::Map(entries) = &node.shape {
        entries.iter().for_each(|entry| visit(&entry.value));
    }
}

/// Where in a URL its password stands; what was written `${NAME}` is none.
fn password(url: &str, at: Mark) -> Option<Mark> {
    let (scheme, rest) = url.split_once("://")?;
    let (credentials, _) = rest.split(['/', '?', '#']).next()?.rsplit_once('@')?;
    let (user, password) = credentials.split_once(':')?;
    let before = scheme.chars().count() + "://".len() + user.chars().count() + ":".len();
    let mark = Mark { column: at.column + before, length: password.chars().count(), ..at };
    (!password.starts_with("${")).then_some(mark)
}

/// Whether a setting of some protocol of this name is secret.
pub(crate) fn is_secret(key: &str) -> bool {
    let specs = PROTOCOLS.iter().flat_map(|protocol| protocol.declaration().settings);
    specs.filter(|spec| spec.kind == SettingKind::Secret).any(|spec| spec.name == key)
}

/// Whether a key of `links` is secret: the secret of a key is.
pub(crate) fn is_link_secret(key: &str) -> bool {
    key == "secret"
}

/// Whether a key of `access` is secret. A hash is, too: it can be guessed at.
pub(crate) fn is_credential(key: &str) -> bool {
    matches!(key, "password" | "token")
}

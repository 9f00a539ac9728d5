//! `allowed_hosts`: further names under which browsers may call the page.

use std::net::IpAddr;

use super::mistake::Mistakes;
use super::section::Section;
use super::tree::{Node, Shape};

/// The names; none where the key is unset.
pub(crate) fn read(section: &Section<'_>, mistakes: &mut Mistakes) -> Vec<String> {
    let Some(entry) = section.entry("allowed_hosts") else { return Vec::new() };
    let one = std::slice::from_ref(&entry.value);
    let items = if let Shape::List(items) = &entry.value.shape { items.as_slice() } else { one };
    items.iter().filter_map(|item| host(item, mistakes)).collect()
}

fn host(item: &Node, mistakes: &mut Mistakes) -> Option<String> {
    let Shape::Text(text) = &item.shape else {
        mistakes.add(item.at, format!("`allowed_hosts` takes host names, not {}", item.described()));
        return None;
    };
    let name = text.text.as_str();
    if is_host(name) {
        return Some(name.to_owned());
    }
    let message = item.discreet(&format!("`allowed_hosts` takes host names, not `{name}`"));
    mistakes.hinted(item.at, message, "a name alone, such as watch.example.com: no scheme, no port, no `*`");
    None
}

/// A name or an address, as a browser sends it in `Host`, its port apart.
fn is_host(name: &str) -> bool {
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok();
    let label = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    address || name.trim_end_matches('.').split('.').all(label)
}

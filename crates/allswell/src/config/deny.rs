//! `deny`: ranges of addresses that targets of the API may not reach.

use allswell_probe::{Denied, Range};

use super::mistake::Mistakes;
use super::section::Section;
use super::tree::{Node, Shape};

/// The ranges; those of [`Denied::default`] where the key is unset.
pub(crate) fn read(section: &Section<'_>, mistakes: &mut Mistakes) -> Denied {
    let Some(entry) = section.entry("deny") else { return Denied::default() };
    Denied::new(entry.value.items().iter().filter_map(|item| range(item, mistakes)).collect())
}

fn range(item: &Node, mistakes: &mut Mistakes) -> Option<Range> {
    let Shape::Text(text) = &item.shape else {
        mistakes.add(item.at, format!("`deny` takes ranges of addresses, not {}", item.described()));
        return None;
    };
    text.text.parse::<Range>().map_err(|why| mistakes.add(item.at, item.discreet(&why.to_string()))).ok()
}

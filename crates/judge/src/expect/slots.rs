//! The fields that a running expectation asked for: each is fetched once, and only when it is needed.

use std::borrow::Cow;
use std::cell::OnceCell;

use allswell_model::{Field, Value};

/// Where values come from.
pub(crate) type Fetch<'f, 'v> = &'f dyn Fn(&str) -> Option<Cow<'v, Value>>;

/// Where a running expectation finds the fields it names.
pub(crate) trait Source {
    /// The value of the field at this place in the list of those that are named.
    fn value(&self, slot: usize, field: &Field) -> Option<&Value>;
}

pub(crate) struct Slots<'f, 'v> {
    fetch: Fetch<'f, 'v>,
    /// The first one apart: most expectations name one field, and then nothing is allocated.
    first: OnceCell<Option<Cow<'v, Value>>>,
    others: Vec<OnceCell<Option<Cow<'v, Value>>>>,
}

impl<'f, 'v> Slots<'f, 'v> {
    pub(crate) fn new(fetch: Fetch<'f, 'v>, fields: usize) -> Self {
        Self { fetch, first: OnceCell::new(), others: vec![OnceCell::new(); fields.saturating_sub(1)] }
    }
}

impl Source for Slots<'_, '_> {
    fn value(&self, slot: usize, field: &Field) -> Option<&Value> {
        let cell = match slot.checked_sub(1) {
            None => &self.first,
            Some(other) => self.others.get(other)?,
        };
        cell.get_or_init(|| (self.fetch)(field.name)).as_deref()
    }
}

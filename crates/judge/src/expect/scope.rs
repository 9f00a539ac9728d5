//! The fields that an expectation may name.

use std::collections::BTreeMap;

use allswell_model::{COMMON_FIELDS, Field, Unit};

/// The fields of one protocol, and those that every result has.
#[derive(Debug, Clone)]
pub struct Scope {
    fields: BTreeMap<&'static str, Field>,
}

impl Scope {
    /// The scope of a protocol that declares these fields; [`COMMON_FIELDS`] are added.
    #[must_use]
    pub fn new<'a>(declared: impl IntoIterator<Item = &'a Field>) -> Self {
        Self { fields: declared.into_iter().chain(COMMON_FIELDS).map(|field| (field.name, *field)).collect() }
    }

    pub(crate) fn field(&self, name: &str) -> Option<Field> {
        self.fields.get(name).copied()
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.fields.keys().copied()
    }
}

/// The least and the greatest figure that a field can have, as its unit says.
pub(crate) fn bounds(field: &Field) -> (f64, f64) {
    match field.unit {
        Unit::Ratio => (0.0, 1.0),
        Unit::Bytes => (0.0, f64::INFINITY),
        // Another protocol's milliseconds may be a difference of clocks, which can be negative.
        Unit::Milliseconds if COMMON_FIELDS.contains(field) => (0.0, f64::INFINITY),
        Unit::Milliseconds | Unit::Days | Unit::None => (f64::NEG_INFINITY, f64::INFINITY),
    }
}

//! A request's query parameters, in the order they were given.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;

use crate::problem::Problem;

/// The decoded parameters.
#[derive(Debug, Clone, Default)]
pub(crate) struct Params(pub(crate) Vec<(String, String)>);

impl Params {
    /// The first value of this name.
    pub(crate) fn first(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// The values of this name.
    pub(crate) fn all<'s>(&'s self, name: &str) -> impl Iterator<Item = &'s str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Refuses what is not among these: a misspelt filter must not quietly filter nothing.
    ///
    /// # Errors
    /// When there is a parameter of another name.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), Problem> {
        match self.0.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            None => Ok(()),
            Some((name, _)) if known.is_empty() => Err(Problem::bad_request(format!("`{name}` is no parameter here; there are none."))),
            Some((name, _)) => Err(Problem::bad_request(format!("`{name}` is no parameter here; there are {}.", known.join(", ")))),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Params {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let pairs = Query::try_from_uri(&parts.uri).map_err(|_| Problem::bad_request("The query is not a list of `name=value`."))?;
        Ok(Self(pairs.0))
    }
}

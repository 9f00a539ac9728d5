//! The API under `/api/v1`: what the pages show, as JSON. `openapi.rs` describes it; a test holds both together.

pub(crate) mod body;
pub(crate) mod change;
pub(crate) mod check;
pub(crate) mod events;
pub(crate) mod incidents;
pub(crate) mod links;
pub(crate) mod orders;
pub(crate) mod reload;
pub(crate) mod results;
pub(crate) mod targets;

//! The API under `/api/v1`: what the pages show, as JSON. `openapi.rs` describes it; a test holds both together.

pub(crate) mod events;
pub(crate) mod reload;
pub(crate) mod results;
pub(crate) mod targets;

//! testkit.

pub mod impair;
pub mod namespace;

//! testkit.

pub mod certificate;
pub mod dns;
pub mod impair;
pub mod namespace;
pub mod server;

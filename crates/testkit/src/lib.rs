//! testkit.

pub mod browser;
pub mod busy;
pub mod certificate;
pub mod dns;
pub mod echo;
pub mod impair;
pub mod impairment;
pub mod namespace;
pub mod relay;
pub mod server;
pub mod stopped;

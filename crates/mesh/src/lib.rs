//! Drives link sessions on real sockets: who is measured, when packets leave, what became of it, and whose fault it is.

mod settings;

pub use settings::{BfdPeer, DEFAULT_PORT, Key, Peer, Settings};

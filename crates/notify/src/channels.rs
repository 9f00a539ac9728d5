//! The kinds of channels, one file each. To add one: its file, its `mod` line, its entry in `registry.rs`.

pub(crate) mod exec;
pub(crate) mod webhook;

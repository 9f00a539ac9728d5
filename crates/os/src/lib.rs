//! What std lacks of the operating system: error queues, TCP_INFO, ICMP sockets, routes, limits, clocks.
//! The only crate with `unsafe`; it decides nothing and keeps no state.
//!
//! Linux is complete. Everything that speaks Linux stands behind one `cfg` here, so that another
//! system is a second set of files with the same signatures.

#![cfg(target_os = "linux")]

pub mod capability;
pub mod clock;
pub mod descriptor;
pub mod errno;
pub mod error_queue;
pub mod events;
pub mod file_system;
pub mod icmp;
pub mod interface;
pub mod limits;
pub mod listening;
pub mod memory;
pub mod neighbour;
mod netlink;
mod option;
pub mod random;
pub mod route;
pub mod socket;
pub mod tcp_info;
pub mod terminal;
pub mod watcher;

//! What std lacks of the operating system: error queues, TCP_INFO, ICMP sockets, routes, limits, clocks.
//! The only crate with `unsafe`; it decides nothing and keeps no state.
//!
//! Linux is complete. What every system has stands first and is the same everywhere: [`handle`] and [`keepalive`].
//! What only Linux has is absent elsewhere, so that nobody takes an empty answer for a good one.

pub mod handle;
pub mod keepalive;

#[cfg(target_os = "linux")]
pub mod capability;
#[cfg(target_os = "linux")]
pub mod clock;
#[cfg(target_os = "linux")]
mod control;
#[cfg(target_os = "linux")]
pub mod datagram;
#[cfg(target_os = "linux")]
pub mod descriptor;
#[cfg(target_os = "linux")]
pub mod errno;
#[cfg(target_os = "linux")]
pub mod error_queue;
#[cfg(target_os = "linux")]
pub mod events;
#[cfg(target_os = "linux")]
pub mod file_system;
#[cfg(target_os = "linux")]
pub mod icmp;
#[cfg(target_os = "linux")]
pub mod interface;
#[cfg(target_os = "linux")]
pub mod limits;
#[cfg(target_os = "linux")]
pub mod listening;
#[cfg(target_os = "linux")]
pub mod memory;
#[cfg(target_os = "linux")]
mod name;
#[cfg(target_os = "linux")]
pub mod neighbour;
#[cfg(target_os = "linux")]
mod netlink;
#[cfg(target_os = "linux")]
mod option;
#[cfg(target_os = "linux")]
pub mod random;
#[cfg(target_os = "linux")]
pub mod route;
#[cfg(target_os = "linux")]
pub mod socket;
#[cfg(target_os = "linux")]
pub mod tcp_info;
#[cfg(target_os = "linux")]
pub mod terminal;
#[cfg(target_os = "linux")]
pub mod wait;
#[cfg(target_os = "linux")]
pub mod watcher;

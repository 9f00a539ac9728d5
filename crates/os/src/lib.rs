//! What std lacks of the operating system: error queues, TCP_INFO, ICMP sockets, routes, limits, clocks.
//! The only crate with `unsafe`; it decides nothing and keeps no state.
//!
//! Linux is complete. Everything that speaks Linux stands behind one `cfg` here, so that another
//! system is a second set of files with the same signatures.

#[cfg(target_os = "linux")]
pub mod clock;
#[cfg(target_os = "linux")]
pub mod errno;
#[cfg(target_os = "linux")]
pub mod error_queue;
#[cfg(target_os = "linux")]
pub mod icmp;
#[cfg(target_os = "linux")]
pub mod interface;
#[cfg(target_os = "linux")]
pub mod limits;
#[cfg(target_os = "linux")]
pub mod listening;
#[cfg(target_os = "linux")]
pub mod neighbour;
#[cfg(target_os = "linux")]
mod netlink;
#[cfg(target_os = "linux")]
mod option;
#[cfg(target_os = "linux")]
pub mod route;
#[cfg(target_os = "linux")]
pub mod socket;
#[cfg(target_os = "linux")]
pub mod tcp_info;

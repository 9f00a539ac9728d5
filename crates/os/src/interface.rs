//! Network interfaces by name.

use rustix::net::{AddressFamily, SocketFlags, SocketType, socket_with};

/// The number of an interface of this network namespace.
#[must_use]
pub fn index(name: &str) -> Option<u32> {
    let any = socket_with(AddressFamily::UNIX, SocketType::DGRAM, SocketFlags::CLOEXEC, None).ok()?;
    rustix::net::netdevice::name_to_index(any, name).ok()
}

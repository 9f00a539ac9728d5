//! Network interfaces by name.

use std::io;

use rustix::net::{AddressFamily, SocketFlags, SocketType, socket_with};

/// The number of an interface of this network namespace.
#[must_use]
pub fn index(name: &str) -> Option<u32> {
    number(name).ok()
}

/// [`index`], with why there is none.
///
/// # Errors
/// `ENODEV` when no interface is called so; else there was no descriptor to ask by.
pub fn number(name: &str) -> io::Result<u32> {
    let any = socket_with(AddressFamily::UNIX, SocketType::DGRAM, SocketFlags::CLOEXEC, None)?;
    Ok(rustix::net::netdevice::name_to_index(any, name)?)
}

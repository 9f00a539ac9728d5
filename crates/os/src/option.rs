//! Socket options by number: the two calls that std and rustix do not offer for any option, and what several sockets set alike.

use std::ffi::c_int;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};

/// Sets an option whose value is an `int`.
pub(crate) fn set(fd: BorrowedFd<'_>, level: c_int, name: c_int, value: c_int) -> io::Result<()> {
    set_bytes(fd, level, name, &value.to_ne_bytes())
}

/// Sets an option whose value is these bytes.
pub(crate) fn set_bytes(fd: BorrowedFd<'_>, level: c_int, name: c_int, value: &[u8]) -> io::Result<()> {
    let length = libc::socklen_t::try_from(value.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    // SAFETY: `value` is readable for `length` bytes, the kernel only reads them, and the descriptor is open while it is borrowed.
    let answer = unsafe { libc::setsockopt(fd.as_raw_fd(), level, name, value.as_ptr().cast(), length) };
    if answer == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Reads an option into `value`; returns how many bytes of it the kernel wrote.
pub(crate) fn read(fd: BorrowedFd<'_>, level: c_int, name: c_int, value: &mut [u8]) -> io::Result<usize> {
    let mut length = libc::socklen_t::try_from(value.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    // SAFETY: `value` is writable for `length` bytes, the kernel writes no more than that, and the descriptor is open while it is borrowed.
    let answer = unsafe { libc::getsockopt(fd.as_raw_fd(), level, name, value.as_mut_ptr().cast(), &raw mut length) };
    if answer == 0 { Ok(length as usize) } else { Err(io::Error::last_os_error()) }
}

/// The kernel's number for the counters of a socket's memory (`include/uapi/asm-generic/socket.h`).
const SO_MEMINFO: c_int = 55;

/// How many packets the kernel has thrown away since the socket was opened because nobody had read the ones before.
pub(crate) fn dropped(fd: BorrowedFd<'_>) -> io::Result<u32> {
    const DROPS: usize = 8;
    let mut counters = [0; 4 * (DROPS + 1)];
    read(fd, libc::SOL_SOCKET, SO_MEMINFO, &mut counters)?;
    counters.last_chunk().map(|four| u32::from_ne_bytes(*four)).ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// Both buffers as large as the kernel allows: above its limit for the privileged, up to it for others. What it refuses stays as it was.
pub(crate) fn buffers(fd: BorrowedFd<'_>, size: c_int) {
    for (forced, plain) in [(libc::SO_RCVBUFFORCE, libc::SO_RCVBUF), (libc::SO_SNDBUFFORCE, libc::SO_SNDBUF)] {
        if set(fd, libc::SOL_SOCKET, forced, size).is_err() {
            let _ = set(fd, libc::SOL_SOCKET, plain, size);
        }
    }
}

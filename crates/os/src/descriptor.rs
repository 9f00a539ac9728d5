//! Descriptors that somebody else holds: those of this process by their peer, and those of another process.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

use rustix::process::{Pid, PidfdFlags, PidfdGetfdFlags, pidfd_getfd, pidfd_open};

/// A descriptor of another process (Linux 5.6). Both then mean the same socket: what one reads, the other has lost.
///
/// # Errors
/// When there is no such process or descriptor, or we may not look into it (`ptrace(2)` permission).
pub fn of_process(process: u32, number: RawFd) -> io::Result<OwnedFd> {
    let process = i32::try_from(process).ok().and_then(Pid::from_raw).ok_or(io::ErrorKind::InvalidInput)?;
    let process = pidfd_open(process, PidfdFlags::empty())?;
    Ok(pidfd_getfd(process, number, PidfdGetfdFlags::empty())?)
}

/// Duplicates of this process's own TCP sockets that are connected to `peer`. A duplicate keeps the connection open, so it
/// should be dropped soon.
///
/// # Errors
/// When `/proc` is not mounted, or no descriptor is left.
pub fn connected_to(peer: SocketAddr) -> io::Result<Vec<OwnedFd>> {
    let mut found: Vec<OwnedFd> = Vec::new();
    // Not `self`: where the main thread has ended, that one's list is empty, and no error says so.
    let numbers: Vec<RawFd> =
        fs::read_dir("/proc/thread-self/fd")?.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    for number in numbers {
        // Whose descriptor it is, and whether it is still open, is not known here; a number that means something else by now
        // fails the question, and after the duplication nobody can close it under us.
        // The list's own descriptor is closed by now, and one of ours may have its number.
        if found.iter().any(|ours| ours.as_raw_fd() == number) || peer_of(number) != Some(canonical(peer)) {
            continue;
        }
        match duplicate(number) {
            Ok(fd) if crate::socket::peer(&fd).map(canonical) == Some(canonical(peer)) && crate::socket::is_tcp(&fd) => found.push(fd),
            Ok(_) => {}
            Err(error) if error.raw_os_error() == Some(libc::EBADF) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

fn duplicate(number: RawFd) -> io::Result<OwnedFd> {
    // SAFETY: the call takes numbers only; a number that is not open is answered by EBADF.
    let answer = unsafe { libc::fcntl(number, libc::F_DUPFD_CLOEXEC, 0) };
    if answer < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the kernel has just made this descriptor for us, so nobody else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(answer) })
}

/// The peer of whatever has this number; `None` when it is no connected socket.
fn peer_of(number: RawFd) -> Option<SocketAddr> {
    let mut name = Name([0; 128]);
    let mut length = 128;
    // SAFETY: `name` is writable for `length` bytes and aligned as any socket address; the kernel writes no more than that.
    // A number that is not open, or no socket, is answered by an error.
    let answer = unsafe { libc::getpeername(number, (&raw mut name).cast(), &raw mut length) };
    let bytes = name.0.get(..usize::try_from(length).ok()?)?;
    if answer != 0 { None } else { parse(bytes).map(canonical) }
}

/// Room for `struct sockaddr_storage`.
#[repr(C, align(8))]
struct Name([u8; 128]);

/// `struct sockaddr_in` and `sockaddr_in6`: family, port, then (v6: flow label) address, (v6: scope).
fn parse(bytes: &[u8]) -> Option<SocketAddr> {
    let family = i32::from(u16::from_ne_bytes(*bytes.first_chunk()?));
    let port = u16::from_be_bytes(*bytes.get(2..)?.first_chunk()?);
    match family {
        libc::AF_INET => Some((*bytes.get(4..)?.first_chunk::<4>()?, port).into()),
        libc::AF_INET6 => Some((*bytes.get(8..)?.first_chunk::<16>()?, port).into()),
        _ => None,
    }
}

/// An IPv4 address in IPv6's dress is the IPv4 address; the scope is left out, as a peer is rarely named with it.
fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

#[cfg(test)]
mod tests;

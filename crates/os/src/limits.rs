//! What this process may use, and what it uses: descriptors, memory, threads, processor time.

use std::fs;
use std::io;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::time::{ClockId, clock_gettime};

use crate::clock;

/// The descriptors of this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Descriptors {
    /// How many it may have open.
    pub soft: u64,
    /// How far it may raise that by itself.
    pub hard: u64,
    /// How many it has open.
    pub open: u64,
}

/// Reads the limit of descriptors, and how many are open. Works also when none is left.
///
/// # Errors
/// When `/proc` is not mounted.
pub fn descriptors() -> io::Result<Descriptors> {
    let limit = getrlimit(Resource::Nofile);
    let (soft, hard) = (limit.current.unwrap_or(u64::MAX), limit.maximum.unwrap_or(u64::MAX));
    Ok(Descriptors { soft, hard, open: open_descriptors(soft)? })
}

/// Since Linux 6.2 the folder's size is the number of its entries; before, it is zero and they must be counted,
/// for which a descriptor is needed: when there is none, all are open.
fn open_descriptors(soft: u64) -> io::Result<u64> {
    const FOLDER: &str = "/proc/self/fd";
    let size = fs::metadata(FOLDER)?.len();
    if size > 0 {
        return Ok(size);
    }
    match fs::read_dir(FOLDER) {
        Ok(entries) => Ok((entries.count() as u64).saturating_sub(1)),
        Err(error) if error.raw_os_error() == Some(libc::EMFILE) => Ok(soft),
        Err(error) => Err(error),
    }
}

/// Raises the soft limit of descriptors to the hard one and returns it.
///
/// # Errors
/// When the kernel refuses.
pub fn raise_descriptors() -> io::Result<u64> {
    let limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum {
        setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum })?;
    }
    Ok(limit.maximum.unwrap_or(u64::MAX))
}

/// Keeps the programs that we start from inheriting what we ourselves inherited: from the fourth descriptor on all are closed by
/// `exec`. What we open ourselves is so from the beginning.
///
/// # Errors
/// When the kernel refuses: it is older than Linux 5.11.
pub fn keep_descriptors() -> io::Result<()> {
    const FIRST: libc::c_uint = 3;
    // SAFETY: the call takes three numbers and touches no memory of ours; no descriptor is closed now.
    let done = unsafe { libc::syscall(libc::SYS_close_range, FIRST, libc::c_uint::MAX, libc::CLOSE_RANGE_CLOEXEC) };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Bytes of memory that this process holds resident.
///
/// # Errors
/// When `/proc` is not mounted.
pub fn memory_resident() -> io::Result<u64> {
    Ok(status("VmRSS:")?.saturating_mul(1024))
}

/// The threads of this process.
///
/// # Errors
/// When `/proc` is not mounted.
pub fn threads() -> io::Result<u64> {
    status("Threads:")
}

/// Processor time that all threads of this process used.
#[must_use]
pub fn cpu_time() -> Duration {
    clock::duration(clock_gettime(ClockId::ProcessCPUTime))
}

/// A figure of `/proc/self/status`, by its label.
fn status(label: &str) -> io::Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let value = status.lines().find_map(|line| line.strip_prefix(label));
    let number = value.and_then(|value| value.split_ascii_whitespace().next()?.parse().ok());
    number.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, format!("/proc/self/status has no {label}")))
}

#[cfg(test)]
mod tests;

//! Waiting for a few descriptors, or for a moment to the nanosecond, and being woken by another thread.
//!
//! The timers of a runtime count in milliseconds; silence is judged by this.

use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustix::event::epoll::{CreateFlags, EventData, EventFlags, add, create, delete};
use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};

/// More descriptors than a thread of links has: its sockets, and whatever wakes it.
const AT_ONCE: usize = 16;

/// The token of the descriptor that other threads wake by.
const WOKEN: u64 = u64::MAX;

/// Linux's smallest slack, in nanoseconds. 0 would mean the default.
const SLACK: std::num::NonZeroU64 = std::num::NonZeroU64::MIN;

/// What a descriptor has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ready {
    /// Something to read.
    pub input: bool,
    /// An error, or an entry of the error queue.
    pub error: bool,
}

/// A set of descriptors to wait for.
#[derive(Debug)]
pub struct Waiter {
    epoll: OwnedFd,
    woken: Arc<OwnedFd>,
    /// The kernel, or a filter before it, does not know the precise call.
    is_old: AtomicBool,
}

/// Wakes a [`Waiter`], from any thread.
#[derive(Debug, Clone)]
pub struct Waker(Arc<OwnedFd>);

impl Waker {
    /// Wakes it now, or as soon as it waits.
    pub fn wake(&self) {
        // A count that cannot be raised further stands above zero already.
        let _ = rustix::io::write(&*self.0, &1_u64.to_ne_bytes());
    }
}

impl Waiter {
    /// Waits for nothing yet but its waker.
    ///
    /// # Errors
    /// When no descriptor is left.
    pub fn new() -> io::Result<Self> {
        let epoll = create(CreateFlags::CLOEXEC)?;
        let woken = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        add(&epoll, &woken, EventData::new_u64(WOKEN), EventFlags::IN)?;
        Ok(Self { epoll, woken: Arc::new(woken), is_old: AtomicBool::new(false) })
    }

    /// What wakes it.
    #[must_use]
    pub fn waker(&self) -> Waker {
        Waker(Arc::clone(&self.woken))
    }

    /// Waits for a descriptor, too, under a token of the caller's: for input, and for errors.
    ///
    /// # Errors
    /// When it cannot be waited for.
    pub fn add(&self, fd: impl AsFd, token: u64) -> io::Result<()> {
        Ok(add(&self.epoll, fd, EventData::new_u64(token), EventFlags::IN)?)
    }

    /// Waits for it no longer.
    ///
    /// # Errors
    /// When it was not waited for.
    pub fn remove(&self, fd: impl AsFd) -> io::Result<()> {
        Ok(delete(&self.epoll, fd)?)
    }

    /// Waits until a descriptor is ready, the waker was used or so much time has passed; `None` is for ever. Each descriptor that is ready
    /// is handed to `each`. It allocates nothing.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn wait(&self, timeout: Option<Duration>, each: &mut dyn FnMut(u64, Ready)) -> io::Result<()> {
        let mut events = [libc::epoll_event { events: 0, u64: 0 }; AT_ONCE];
        let happened = match self.take(timeout, &mut events) {
            Ok(happened) => happened,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(()),
            Err(error) => return Err(error),
        };
        for event in events.iter().take(happened) {
            // The kernel packs this structure, so its fields are copied out.
            let libc::epoll_event { events: flags, u64: token } = *event;
            let has = |flag: libc::c_int| flags & flag.cast_unsigned() != 0;
            if token == WOKEN {
                // Nothing is to be read where two threads woke it and one call told.
                let _ = rustix::io::read(&*self.woken, &mut [0; 8]);
            } else {
                each(token, Ready { input: has(libc::EPOLLIN), error: has(libc::EPOLLERR) });
            }
        }
        Ok(())
    }

    /// Lets so much time pass, however much there is to read; only the waker ends it sooner.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn nap(&self, time: Duration) -> io::Result<()> {
        match poll(&mut [PollFd::new(&self.woken, PollFlags::IN)], Some(&timespec(time))) {
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(errno) => Err(errno.into()),
        }
    }

    /// As [`Waiter::take_precisely`], where that is not known: `ppoll` waits as precisely, and costs a call more.
    fn take(&self, timeout: Option<Duration>, events: &mut [libc::epoll_event; AT_ONCE]) -> io::Result<usize> {
        if !self.is_old.load(Ordering::Relaxed) {
            match self.take_precisely(timeout, events) {
                // Filters of system calls that are older than this one refuse it either way.
                Err(error) if matches!(error.raw_os_error(), Some(libc::ENOSYS | libc::EPERM)) => {
                    self.is_old.store(true, Ordering::Relaxed)
                }
                taken => return taken,
            }
        }
        self.take_in_two(timeout, events)
    }

    fn take_in_two(&self, timeout: Option<Duration>, events: &mut [libc::epoll_event; AT_ONCE]) -> io::Result<usize> {
        poll(&mut [PollFd::new(&self.epoll, PollFlags::IN)], timeout.map(timespec).as_ref())?;
        // SAFETY: `events` is writable for AT_ONCE entries, and the descriptor is open while it is borrowed.
        let answer = unsafe { libc::epoll_wait(self.epoll.as_raw_fd(), events.as_mut_ptr(), AT_ONCE as libc::c_int, 0) };
        usize::try_from(answer).map_err(|_| io::Error::last_os_error())
    }

    /// `epoll_pwait2` (Linux 5.11) is the one that takes nanoseconds; it is called by its number, as C libraries have it only lately.
    fn take_precisely(&self, timeout: Option<Duration>, events: &mut [libc::epoll_event; AT_ONCE]) -> io::Result<usize> {
        let limit = timeout.map(|timeout| libc::timespec {
            tv_sec: libc::time_t::try_from(timeout.as_secs()).unwrap_or(libc::time_t::MAX),
            tv_nsec: timeout.subsec_nanos().into(),
        });
        let limit = limit.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
        let mask: *const libc::sigset_t = std::ptr::null();
        // SAFETY: `events` is writable for AT_ONCE entries, `limit` is null or points to a value that outlives the call, no signal mask is
        // given, and the descriptor is open while it is borrowed.
        let answer = unsafe {
            libc::syscall(libc::SYS_epoll_pwait2, self.epoll.as_raw_fd(), events.as_mut_ptr(), AT_ONCE as libc::c_int, limit, mask, 0_usize)
        };
        usize::try_from(answer).map_err(|_| io::Error::last_os_error())
    }
}

fn timespec(time: Duration) -> Timespec {
    Timespec { tv_sec: i64::try_from(time.as_secs()).unwrap_or(i64::MAX), tv_nsec: time.subsec_nanos().into() }
}

/// From here on the calling thread is woken when its time has come, and not up to 50 microseconds later, when others are.
///
/// # Errors
/// When the kernel refuses.
pub fn be_punctual() -> io::Result<()> {
    Ok(rustix::thread::set_current_timer_slack(Some(SLACK))?)
}

#[cfg(test)]
mod tests;

//! A program while it runs: fed, heard, and ended with all that it started.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process_group, pidfd_open};
use tokio::io::unix::AsyncFd;
use tokio::io::{AsyncReadExt, AsyncWriteExt, Interest};
use tokio::process::{Child, ChildStderr, ChildStdin, Command};
use tokio::time::timeout_at;

use crate::channel::Letter;
use crate::document;

/// So much of its complaint is kept.
const COMPLAINT_LIMIT: usize = 4096;
/// So much of it is read; then it finds nobody listening.
const READ_LIMIT: usize = 1024 * 1024;
/// What it wrote before it ended is in the pipe already; a grandchild that still holds the pipe is not waited for.
const LAST_WORDS: Duration = Duration::from_millis(200);
/// A killed process goes at once, unless the kernel holds it.
const BURIAL: Duration = Duration::from_millis(500);

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Code(i32),
    Signal(i32),
    /// It was killed at the deadline.
    TooLate,
}

/// How it ended, and the beginning of what it complained of.
pub(super) struct Ended {
    pub(super) end: End,
    pub(super) complaint: Vec<u8>,
}

/// Runs it to its end, or to the deadline.
///
/// # Errors
/// It could not be started, or not be watched.
pub(super) async fn run(mut command: Command, letter: &Letter, until: Instant) -> io::Result<Ended> {
    let mut child = command.spawn()?;
    let (input, errors) = (child.stdin.take(), child.stderr.take());
    let mut group = Group::of(&child)?;
    let mut complaint = Vec::new();
    let document = document::of(letter).to_string();
    let running = async {
        let exit = group.exit();
        tokio::pin!(exit);
        let talk = async { tokio::join!(feed(input, document.as_bytes()), listen(errors, &mut complaint)) };
        tokio::pin!(talk);
        tokio::select! {
            done = &mut exit => {
                // What the group still does is ended, so that its pipe ends too.
                group.kill();
                let _ = timeout_at((Instant::now() + LAST_WORDS).into(), talk).await;
                done
            }
            _ = &mut talk => exit.await,
        }
    };
    let in_time = timeout_at(until.into(), running).await;
    let end = match in_time {
        Err(_) => End::TooLate,
        Ok(watched) => {
            watched?;
            group.kill();
            group.is_over = true;
            end_of(child.wait().await?)
        }
    };
    Ok(Ended { end, complaint })
}

fn end_of(status: ExitStatus) -> End {
    match (status.code(), status.signal()) {
        (Some(code), _) => End::Code(code),
        (None, signal) => End::Signal(signal.unwrap_or_default()),
    }
}

/// It need not read what it is given.
async fn feed(input: Option<ChildStdin>, document: &[u8]) {
    if let Some(mut input) = input {
        let _ = input.write_all(document).await;
    }
}

async fn listen(errors: Option<ChildStderr>, complaint: &mut Vec<u8>) {
    let Some(mut errors) = errors else { return };
    let mut read = 0;
    let mut chunk = [0; 4096];
    while read < READ_LIMIT
        && let Ok(count @ 1..) = errors.read(&mut chunk).await
    {
        read += count;
        let room = COMPLAINT_LIMIT.saturating_sub(complaint.len());
        complaint.extend(chunk.iter().take(count.min(room)));
    }
}

/// The process group of a program. As long as the program itself is not waited for, its number is nobody else's.
struct Group {
    pid: Pid,
    leader: AsyncFd<OwnedFd>,
    /// The leader is waited for: the number may be somebody else's from here on.
    is_over: bool,
}

impl Group {
    fn of(child: &Child) -> io::Result<Self> {
        let pid = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)).ok_or(io::ErrorKind::NotFound)?;
        let pidfd = pidfd_open(pid, PidfdFlags::empty())?;
        #[expect(
            deprecated,
            reason = "an OwnedFd is open for as long as it lives, which is all that the safer name asks for by being unsafe"
        )]
        let leader = AsyncFd::with_interest(pidfd, Interest::READABLE)?;
        Ok(Self { pid, leader, is_over: false })
    }

    /// Until the leader has ended; it is not waited for, so that its number stays its own.
    async fn exit(&self) -> io::Result<()> {
        self.leader.readable().await.map(drop)
    }

    fn kill(&self) {
        // That nobody is left is as good.
        let _ = kill_process_group(self.pid, Signal::KILL);
    }
}

impl Drop for Group {
    /// Whoever stops watching ends it. The leader is gone when this returns, so that it can be waited for at once.
    fn drop(&mut self) {
        if self.is_over {
            return;
        }
        self.kill();
        let limit = Timespec { tv_sec: 0, tv_nsec: i64::from(BURIAL.subsec_nanos()) };
        let _ = poll(&mut [PollFd::new(&self.leader, PollFlags::IN)], Some(&limit));
    }
}

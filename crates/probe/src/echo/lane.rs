//! One echo socket and the task that reads it. The task ends when the lane is dropped.

use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Waker;

use allswell_os::icmp::{BATCH, Batch, Family, Heard, Kind, RAW_IDS, Socket};
use allswell_os::socket::take_error;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::task::{AbortHandle, yield_now};

use crate::echo::arrival::Arrivals;
use crate::echo::table::Table;

/// After so many full batches others have their turn.
const BATCHES_AT_ONCE: usize = 8;

/// The runs that are under way, shared by all that send and hear.
pub(crate) type Shared = Arc<Mutex<Table>>;

/// A socket that is read.
#[derive(Debug)]
pub(crate) struct Lane {
    ear: Arc<Ear>,
    reader: AbortHandle,
}

impl Lane {
    /// Opens a socket and begins to read it.
    ///
    /// # Errors
    /// What the system said.
    pub(crate) fn open(family: Family, kind: Kind, whole: bool, table: &Shared) -> io::Result<Self> {
        let mut id = [0; 2];
        getrandom::fill(&mut id).map_err(io::Error::other)?;
        let ear = Arc::new(Ear::new(Socket::open(family, kind, u16::from_ne_bytes(id), whole)?, Arc::clone(table))?);
        let reader = tokio::spawn(read(Arc::clone(&ear))).abort_handle();
        Ok(Self { ear, reader })
    }

    pub(crate) fn socket(&self) -> &Socket {
        self.ear.socket.get_ref()
    }

    /// Whether it is still read: the runtime that read it may have ended.
    pub(crate) fn listens(&self) -> bool {
        !self.reader.is_finished()
    }

    /// How many packets had been thrown away unread when this was last looked at.
    pub(crate) fn dropped_before(&self) -> u32 {
        self.ear.dropped.load(Ordering::Relaxed)
    }

    /// How many packets have been thrown away unread by now.
    pub(crate) fn dropped(&self) -> u32 {
        self.ear.count_dropped()
    }

    /// Hears all that has come, in the caller's own turn: the reader may not have had its own yet.
    pub(crate) fn hear_now(&self) {
        self.ear.hear(true);
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

/// What hears: the socket, and what is needed to understand it.
#[derive(Debug)]
struct Ear {
    socket: AsyncFd<Socket>,
    table: Shared,
    tools: Mutex<Tools>,
    dropped: AtomicU32,
}

/// Kept between calls, so that hearing allocates nothing.
#[derive(Debug)]
struct Tools {
    batch: Batch,
    arrivals: Arrivals,
    woken: Vec<Waker>,
}

/// Whether more may be waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Left {
    Nothing,
    Something,
}

impl Ear {
    fn new(socket: Socket, table: Shared) -> io::Result<Self> {
        let tools = Tools { batch: Batch::new(&socket), arrivals: Arrivals::new(), woken: Vec::with_capacity(BATCH) };
        // Not registered for writing: each packet that leaves would wake us.
        #[expect(
            deprecated,
            reason = "its successor is unsafe; it is sound here, for the socket owns its descriptor and never gives another"
        )]
        let socket = AsyncFd::with_interest(socket, Interest::READABLE)?;
        Ok(Self { socket, table, tools: Mutex::new(tools), dropped: AtomicU32::new(0) })
    }

    /// Takes what has come, up to a bound.
    fn hear(&self, errors: bool) -> Left {
        let mut tools = self.tools.lock().unwrap_or_else(PoisonError::into_inner);
        let socket = self.socket.get_ref();
        let messages = self.take(&mut tools, |batch| socket.receive(batch));
        if !errors || socket.kind() == Kind::Raw {
            return messages;
        }
        let complaints = self.take(&mut tools, |batch| socket.receive_errors(batch));
        if complaints == Left::Something { complaints } else { messages }
    }

    fn take(&self, tools: &mut Tools, receive: impl Fn(&mut Batch) -> io::Result<usize>) -> Left {
        for _ in 0..BATCHES_AT_ONCE {
            match receive(&mut tools.batch) {
                Ok(taken) => {
                    self.understand(tools);
                    if taken < BATCH {
                        return Left::Nothing;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Left::Nothing,
                // An error that waited in the socket; now it is gone, and told by the error queue.
                Err(_) => {}
            }
        }
        // Only who reads full batches can have come too late.
        self.count_dropped();
        Left::Something
    }

    fn understand(&self, tools: &mut Tools) {
        let Tools { batch, arrivals, woken } = tools;
        arrivals.read();
        let socket = self.socket.get_ref();
        let ids = if socket.kind() == Kind::Raw { RAW_IDS } else { 1 };
        let is_ours = |id: u16| id.wrapping_sub(socket.id()) < ids;
        {
            let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
            woken.extend(batch.heard().filter_map(|heard| match heard {
                Heard::Reply(reply) if is_ours(reply.id) => table.reply(&reply, arrivals.of(reply.received)),
                Heard::Complaint(complaint) if is_ours(complaint.id) => table.complaint(&complaint),
                _ => None,
            }));
        }
        woken.drain(..).for_each(Waker::wake);
    }

    fn count_dropped(&self) -> u32 {
        let dropped = self.socket.get_ref().dropped().unwrap_or(0);
        self.dropped.store(dropped, Ordering::Relaxed);
        dropped
    }
}

/// The reader: waits, hears, and lets others have their turn.
async fn read(ear: Arc<Ear>) {
    while let Ok(mut ready) = ear.socket.ready(Interest::READABLE | Interest::ERROR).await {
        match ear.hear(ready.ready().is_error()) {
            Left::Nothing => ready.clear_ready(),
            Left::Something => {
                ready.retain_ready();
                yield_now().await;
            }
        }
    }
}

/// An error that a datagram socket may owe to an earlier packet is taken away, so that the next call tells its own.
pub(crate) fn forget_error(lane: &Lane) {
    let _ = take_error(lane.socket());
}

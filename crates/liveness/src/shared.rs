//! What a stream, its handles and the watching thread have in common: the events that were told, and the witness.

use std::io;
use std::mem;
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::task::Waker;
use std::thread;
use std::time::{Duration, Instant};

use allswell_os::events::{self, Events};
use allswell_os::tcp_info::{self, TcpInfo, TcpState};

use crate::decide;
use crate::evidence::Evidence;
use crate::received::Received;
use crate::retry::Retry;
use crate::state::State;
use crate::told::{Told, Word};
use crate::verdict::Verdict;
use crate::watch::{Hears, lock};
use crate::witness::Witness;

/// What the stream, its handles and the watching thread have in common.
pub(crate) struct Shared {
    /// The events that were told and not looked into yet; [`Shared::SETTLED`] once they never need to be again.
    told: Told,
    /// How many wait; when nobody does, the watching thread need not take the lock to learn it.
    waiters: AtomicUsize,
    /// Reads and writes that are being made: each may have taken the error from the kernel, and not handed it in yet.
    calls: AtomicU32,
    /// How many of the peer's bytes were read.
    received: Received,
    inner: Mutex<Inner>,
}

/// A read or write that is being made.
pub(crate) struct Call<'a> {
    calls: &'a AtomicU32,
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        self.calls.fetch_sub(1, Ordering::Release);
    }
}

/// How long a verdict waits for a call that must be about to return: none upon a connection that has ended blocks.
const HANDED_IN_WITHIN: Duration = Duration::from_millis(100);

/// Whatever stream it is, its descriptor is what is asked.
pub(crate) type Socket = dyn AsFd + Send + Sync;

/// Who is told when no further request should be made; on the watching thread, or on that of whoever lets go.
pub(crate) type Tell = Box<dyn FnOnce(Verdict) + Send>;

struct Inner {
    /// The stream; `None` once it was let go. It is borrowed under this lock alone, so that whoever lets go is its last owner.
    stream: Option<Weak<Socket>>,
    witness: Witness,
    /// What will be so for good: an end, or the peer's FIN.
    trouble: Option<State>,
    waiting: Vec<(u64, Waker)>,
    next: u64,
    to_tell: Vec<Tell>,
}

impl Shared {
    /// The connection has ended, and how is known.
    const SETTLED: u32 = 1 << 31;
    /// Somebody has taken the events and looks into them; who comes meanwhile waits for what he finds.
    const LOOKING: u32 = 1 << 30;

    pub(crate) fn new(stream: &Arc<Socket>, witness: Witness) -> Self {
        let received = Received::so_far((**stream).as_fd());
        let inner =
            Inner { stream: Some(Arc::downgrade(stream)), witness, trouble: None, waiting: Vec::new(), next: 0, to_tell: Vec::new() };
        Self { told: Told::new(), waiters: AtomicUsize::new(0), calls: AtomicU32::new(0), received, inner: Mutex::new(inner) }
    }

    /// What says whether anything was told: while it is zero nothing was.
    pub(crate) fn word(&self) -> Word {
        self.told.word()
    }

    /// A read has brought so many bytes.
    pub(crate) fn brought(&self, bytes: usize) {
        self.received.add(bytes);
    }

    /// To be held while a read or write is made.
    pub(crate) fn call(&self) -> Call<'_> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        Call { calls: &self.calls }
    }

    fn in_call(&self) -> bool {
        self.calls.load(Ordering::Acquire) > 0
    }

    pub(crate) fn verdict(&self) -> Verdict {
        let mut since = None;
        loop {
            let mut inner = lock(&self.inner);
            // Over, and nobody has said why: a call that has the reason in its hands needs this lock to hand it in.
            let in_call = || self.in_call() && since.is_none_or(|since: Instant| since.elapsed() < HANDED_IN_WITHIN);
            if let Some(verdict) = inner.verdict(&in_call) {
                self.settle(&mut inner, verdict.state);
                return verdict;
            }
            drop(inner);
            since = since.or_else(|| Some(Instant::now()));
            thread::yield_now();
        }
    }

    /// What a read or a write has taken from the socket, judged. A read is told an error only after the last byte.
    pub(crate) fn took(&self, call: Call<'_>, errno: i32, nothing_unread: bool) -> Verdict {
        let mut inner = lock(&self.inner);
        let told = Events::from_bits(self.told.load(Ordering::Acquire) & !(Self::SETTLED | Self::LOOKING));
        if let Some(end) = inner.took(errno, told, nothing_unread) {
            self.settle(&mut inner, end.state);
            return end;
        }
        drop((inner, call));
        self.verdict()
    }

    /// A read has said "end": whether that is true, or hides that the peer broke off. The peer's FIN is a true end, also when it
    /// broke off later; without one, no end is.
    pub(crate) fn at_end_of_stream(&self, call: Call<'_>) -> io::Result<()> {
        // It has taken nothing, and whoever waits for it would wait for himself.
        drop(call);
        let mut inner = lock(&self.inner);
        if inner.witness.end().is_none() && inner.state() == Some(TcpState::CloseWait) {
            self.settle(&mut inner, State::HalfClosedByPeer);
            return Ok(());
        }
        let urgent = inner.witness.met_urgent();
        drop(inner);
        let verdict = self.verdict();
        match self.received.whole(&verdict.evidence, urgent) {
            _ if !verdict.state.is_end() => Ok(()),
            Some(true) => Ok(()),
            Some(false) if verdict.evidence.error.is_none() => Err(self.torn()),
            None if verdict.state == State::ResetAfterFin => Ok(()),
            _ => verdict.to_io_error().map_or(Ok(()), Err),
        }
    }

    /// It ended without the peer's FIN, and somebody else has taken the reason.
    fn torn(&self) -> io::Error {
        lock(&self.inner).witness.ended_for_a_reason();
        io::Error::new(io::ErrorKind::ConnectionAborted, self.verdict())
    }

    /// Ends all waiting: from here on the handles do not touch the stream.
    pub(crate) fn let_go(&self) {
        let (woken, told) = {
            let mut inner = lock(&self.inner);
            inner.stream = None;
            self.told.fetch_or(Self::SETTLED, Ordering::Release);
            (mem::take(&mut inner.waiting), mem::take(&mut inner.to_tell))
        };
        woken.into_iter().for_each(|(_, waker)| undisturbed(|| waker.wake()));
        told.into_iter().for_each(|tell| undisturbed(|| tell(self.verdict())));
    }

    pub(crate) fn is_let_go(&self) -> bool {
        lock(&self.inner).stream.is_none()
    }

    /// Whether nothing speaks against another request, by two questions that take nothing.
    pub(crate) fn is_quiet(&self) -> bool {
        self.told.load(Ordering::Acquire) == 0 && lock(&self.inner).is_quiet()
    }

    pub(crate) fn answered(&self, now: Instant) {
        lock(&self.inner).witness.answered(now);
    }

    pub(crate) fn peer(&self) -> Option<SocketAddr> {
        lock(&self.inner).witness.peer()
    }

    pub(crate) fn tcp_info(&self) -> io::Result<TcpInfo> {
        // Under the lock, as all borrowing of the stream.
        let inner = lock(&self.inner);
        let stream = inner.stream().ok_or(io::ErrorKind::NotConnected)?;
        tcp_info::read(stream.as_fd())
    }

    /// Has somebody woken at every event from now on; says under which number.
    pub(crate) fn wait(&self, place: Option<u64>, waker: &Waker) -> u64 {
        // A waker is made and dropped outside the lock: the last one of a task may end the task, and what it waits for here.
        let mut waker = waker.clone();
        let mut inner = lock(&self.inner);
        if let Some((place, kept)) = inner.waiting.iter_mut().find(|(kept, _)| Some(*kept) == place) {
            mem::swap(kept, &mut waker);
            return *place;
        }
        let place = inner.next;
        inner.next += 1;
        inner.waiting.push((place, waker));
        self.waiters.fetch_add(1, Ordering::SeqCst);
        place
    }

    /// Has him woken no more.
    pub(crate) fn wait_no_more(&self, place: u64) {
        let gone = {
            let mut inner = lock(&self.inner);
            let at = inner.waiting.iter().position(|(kept, _)| *kept == place);
            at.map(|at| inner.waiting.remove(at))
        };
        self.waiters.fetch_sub(1, Ordering::SeqCst);
        // As above: not under the lock.
        drop(gone);
    }

    /// Has somebody told, once, when no further request should be made. It may be now.
    pub(crate) fn tell_when_spent(&self, tell: Tell) {
        let mut inner = lock(&self.inner);
        if inner.stream.is_none() {
            drop(inner);
            return undisturbed(|| tell(self.verdict()));
        }
        inner.to_tell.push(tell);
        self.waiters.fetch_add(1, Ordering::SeqCst);
        drop(inner);
        self.tell_if_spent();
    }

    fn tell_if_spent(&self) {
        if !self.trouble().is_some_and(|state| state.is_spent()) {
            return;
        }
        let told = mem::take(&mut lock(&self.inner).to_tell);
        self.waiters.fetch_sub(told.len(), Ordering::SeqCst);
        told.into_iter().for_each(|tell| undisturbed(|| tell(self.verdict())));
    }

    pub(crate) fn trouble(&self) -> Option<State> {
        if self.told.load(Ordering::SeqCst) == 0 {
            return None;
        }
        let mut inner = lock(&self.inner);
        let told = self.told.swap(Self::LOOKING, Ordering::AcqRel) & !(Self::SETTLED | Self::LOOKING);
        match inner.look_into(Events::from_bits(told), &|| self.in_call()) {
            Some(state) => self.settle(&mut inner, state),
            None => {
                drop(inner);
                self.verdict();
                inner = lock(&self.inner);
            }
        }
        self.told.fetch_and(!Self::LOOKING, Ordering::AcqRel);
        inner.trouble
    }

    /// Notes what stays so, and has the next question answered by it.
    fn settle(&self, inner: &mut Inner, state: State) {
        if state.is_end() || (state == State::HalfClosedByPeer && !inner.trouble.is_some_and(|trouble| trouble.is_end())) {
            inner.trouble = Some(state);
        }
        if inner.trouble.is_some() {
            self.told.fetch_or(Self::SETTLED, Ordering::Release);
        }
    }
}

impl Hears for Shared {
    fn hear(&self, events: Events) {
        // In one order for all threads: who begins to wait counts himself first and looks then.
        self.told.fetch_or(events.bits(), Ordering::SeqCst);
        if self.waiters.load(Ordering::SeqCst) == 0 {
            return;
        }
        // Who waits looks for himself, and asks again when it was not what he waits for.
        let (woken, tells) = {
            let inner = lock(&self.inner);
            (inner.waiting.iter().map(|(_, waker)| waker.clone()).collect::<Vec<_>>(), !inner.to_tell.is_empty())
        };
        woken.into_iter().for_each(|waker| undisturbed(|| waker.wake()));
        if tells {
            self.tell_if_spent();
        }
    }
}

impl Inner {
    /// `None` when it is over for a reason that a call may be about to hand in.
    fn verdict(&mut self, in_call: &dyn Fn() -> bool) -> Option<Verdict> {
        let asked = match self.stream() {
            Some(stream) => self.witness.verdict_unless(stream.as_fd(), in_call),
            None => Err(io::ErrorKind::NotConnected.into()),
        };
        asked.unwrap_or_else(|_| Some(self.witness.end().cloned().unwrap_or_else(|| let_go(self.witness.peer()))))
    }

    /// The stream, to be borrowed as long as the lock is held.
    fn stream(&self) -> Option<Arc<Socket>> {
        self.stream.as_ref()?.upgrade()
    }

    fn state(&self) -> Option<TcpState> {
        Some(tcp_info::read(self.stream()?.as_fd()).ok()?.state)
    }

    /// The end, where the number alone tells it; else it is kept for the next look.
    fn took(&mut self, errno: i32, told: Events, nothing_unread: bool) -> Option<Verdict> {
        if let (Some(stream), true) = (self.stream(), nothing_unread)
            && let Ok(Some(end)) = self.witness.ended_by(errno, stream.as_fd(), told)
        {
            return Some(end);
        }
        self.witness.took(errno);
        None
    }

    /// What an event means, by one further question where one is enough. `None` as for a verdict.
    fn look_into(&mut self, told: Events, in_call: &dyn Fn() -> bool) -> Option<State> {
        let known = match (self.stream(), self.trouble) {
            (None, _) => None,
            (_, Some(known)) if known.is_end() || told == Events::default() => Some(known),
            (Some(stream), _) if told.contains(Events::ERR | Events::HUP) && self.witness.number_tells() => {
                self.witness.ended(stream.as_fd(), told).unwrap_or(Some(State::LetGo))
            }
            (Some(stream), _) if !told.intersects(Events::ERR | Events::HUP) => match tcp_info::read(stream.as_fd()) {
                Ok(tcp) if tcp.state == TcpState::CloseWait => Some(State::HalfClosedByPeer),
                Ok(tcp) if tcp.state == TcpState::Established => Some(State::Idle),
                _ => None,
            },
            _ => None,
        };
        known.or_else(|| self.verdict(in_call).map(|verdict| verdict.state))
    }

    /// Whether nothing speaks against another request, by two questions that take nothing.
    fn is_quiet(&self) -> bool {
        let Some(stream) = self.stream() else { return false };
        let (Ok(events), Ok(tcp)) = (events::now(stream.as_fd()), tcp_info::read(stream.as_fd())) else { return false };
        self.trouble.is_none()
            && self.witness.met_another()
            && events == Events::OUT
            && tcp.state == TcpState::Established
            && !decide::is_stalled(&tcp, self.witness.patience())
            && decide::waits_for_the_reader(&tcp, self.witness.patience()).is_none()
    }
}

/// Calls what is somebody else's. Should it panic, the panic's own hook has said so; whoever comes after it is told all the same, and
/// so are the other streams of the process.
fn undisturbed(call: impl FnOnce()) {
    let _ = panic::catch_unwind(AssertUnwindSafe(call));
}

/// Of a stream that was dropped while it stood.
fn let_go(peer: Option<SocketAddr>) -> Verdict {
    let evidence = Evidence { peer, events: Events::default(), tcp: None, error: None, said: None, unread: 0, established: true };
    Verdict { state: State::LetGo, proof: None, retry: Retry::OnlyIfIdempotent, evidence: Box::new(evidence) }
}

//! What can be asked of a stream while somebody else reads and writes it.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use allswell_os::events::{self, Events};
use allswell_os::tcp_info::{self, TcpState};

use crate::decide;
use crate::evidence::Evidence;
use crate::patience::Patience;
use crate::retry::Retry;
use crate::state::State;
use crate::verdict::Verdict;
use crate::watch::{Hears, lock};
use crate::witness::Witness;

/// A cheap handle to a [`Live`](crate::Live) stream: to be cloned, sent to other threads, and kept beside a pool's entry. It does not
/// keep the connection open.
#[derive(Clone)]
pub struct Handle {
    shared: Arc<Shared>,
}

/// What the stream, its handles and the watching thread have in common.
pub(crate) struct Shared {
    /// The events that were told and not looked into yet; [`Shared::SETTLED`] once they never need to be again.
    told: AtomicU32,
    /// How many wait; when nobody does, the watching thread need not take the lock to learn it.
    waiters: AtomicUsize,
    /// Reads and writes that are being made: each may have taken the error from the kernel, and not handed it in yet.
    calls: AtomicU32,
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

struct Inner {
    /// The stream; `None` once it was let go. It is borrowed under this lock alone, so that whoever lets go is its last owner.
    stream: Option<Weak<Socket>>,
    witness: Witness,
    patience: Patience,
    /// What will be so for good: an end, or the peer's FIN.
    trouble: Option<State>,
    waiting: Vec<(u64, Waker)>,
    next: u64,
}

impl Shared {
    /// The connection has ended, and how is known.
    const SETTLED: u32 = 1 << 31;
    /// Somebody has taken the events and looks into them; who comes meanwhile waits for what he finds.
    const LOOKING: u32 = 1 << 30;

    pub(crate) fn new(stream: Weak<Socket>, witness: Witness, patience: Patience) -> Self {
        let inner = Inner { stream: Some(stream), witness, patience, trouble: None, waiting: Vec::new(), next: 0 };
        Self { told: AtomicU32::new(0), waiters: AtomicUsize::new(0), calls: AtomicU32::new(0), inner: Mutex::new(inner) }
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
        drop(inner);
        let verdict = self.verdict();
        match verdict.state {
            State::ResetAfterFin => Ok(()),
            _ => verdict.to_io_error().map_or(Ok(()), Err),
        }
    }

    /// Ends all waiting: from here on the handles do not touch the stream.
    pub(crate) fn let_go(&self) {
        let woken = {
            let mut inner = lock(&self.inner);
            inner.stream = None;
            self.told.fetch_or(Self::SETTLED, Ordering::Release);
            std::mem::take(&mut inner.waiting)
        };
        woken.into_iter().for_each(|(_, waker)| waker.wake());
    }

    fn trouble(&self) -> Option<State> {
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
        let woken: Vec<Waker> = lock(&self.inner).waiting.iter().map(|(_, waker)| waker.clone()).collect();
        woken.into_iter().for_each(Waker::wake);
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
            && events == Events::OUT
            && tcp.state == TcpState::Established
            && !decide::is_stalled(&tcp, &self.patience)
            && decide::waits_for_the_reader(&tcp).is_none()
    }
}

/// Of a stream that was dropped while it stood.
fn let_go(peer: Option<SocketAddr>) -> Verdict {
    let evidence = Evidence { peer, events: Events::default(), tcp: None, error: None, said: None, unread: 0, established: true };
    Verdict { state: State::LetGo, proof: None, retry: Retry::OnlyIfIdempotent, evidence: Box::new(evidence) }
}

impl Handle {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// What is so now, by three questions to the kernel (1.5 µs). An end is kept, and told to everybody who asks.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.shared.verdict()
    }

    /// What events have told so far: the end of the connection, or the peer's FIN. While nothing was told this asks nobody and costs
    /// some nanoseconds, so it may stand before every beat. It does not see what is silent: a black hole has no event.
    #[must_use]
    pub fn trouble(&self) -> Option<State> {
        self.shared.trouble()
    }

    /// Whether a pool may hand the connection out for another request: it stands, the peer has not finished, no byte that nobody asked
    /// for waits to be read, and nothing that was sent is overdue. Asks two questions (1 µs), and takes nothing.
    ///
    /// # Errors
    /// The verdict that speaks against it.
    pub fn reusable(&self) -> Result<(), Verdict> {
        if self.shared.told.load(Ordering::Acquire) == 0 && lock(&self.shared.inner).is_quiet() {
            return Ok(());
        }
        let verdict = self.verdict();
        if verdict.state.takes_requests() && verdict.evidence.unread == 0 { Ok(()) } else { Err(verdict) }
    }

    /// Resolves when the connection has ended: to be selected beside a call upon it, by any runtime. Also when the stream is dropped.
    pub fn died(&self) -> impl Future<Output = Verdict> + Send + use<> {
        Waiting { shared: Arc::clone(&self.shared), until: |state| state.is_end(), place: None }
    }

    /// Resolves when no further request should be put on the connection: it has ended, or the peer has finished sending. For a pool,
    /// to throw out what lies idle.
    pub fn spent(&self) -> impl Future<Output = Verdict> + Send + use<> {
        Waiting { shared: Arc::clone(&self.shared), until: |state| state.is_end() || *state == State::HalfClosedByPeer, place: None }
    }

    /// The application at the other end has answered; a heartbeat says so.
    pub fn answered(&self, now: Instant) {
        lock(&self.shared.inner).witness.answered(now);
    }

    /// The other end, if it was ever known.
    #[must_use]
    pub fn peer(&self) -> Option<SocketAddr> {
        lock(&self.shared.inner).witness.peer()
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").field("peer", &self.peer()).finish_non_exhaustive()
    }
}

/// Waits for an event after which a state is so.
struct Waiting {
    shared: Arc<Shared>,
    until: fn(&State) -> bool,
    /// Under which number the waker is kept.
    place: Option<u64>,
}

impl Future for Waiting {
    type Output = Verdict;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Verdict> {
        // The waker first: what happens between the two steps then wakes again.
        self.wait(context.waker());
        match self.shared.trouble() {
            Some(state) if (self.until)(&state) => Poll::Ready(self.shared.verdict()),
            _ if lock(&self.shared.inner).stream.is_none() => Poll::Ready(self.shared.verdict()),
            _ => Poll::Pending,
        }
    }
}

impl Waiting {
    fn wait(&mut self, waker: &Waker) {
        let mut inner = lock(&self.shared.inner);
        if let Some((_, kept)) = inner.waiting.iter_mut().find(|(place, _)| Some(*place) == self.place) {
            kept.clone_from(waker);
            return;
        }
        let place = inner.next;
        inner.next += 1;
        inner.waiting.push((place, waker.clone()));
        self.place = Some(place);
        self.shared.waiters.fetch_add(1, Ordering::SeqCst);
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(place) = self.place {
            lock(&self.shared.inner).waiting.retain(|(kept, _)| *kept != place);
            self.shared.waiters.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

//! What can be asked of a stream while somebody else reads and writes it.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use allswell_os::events::Events;
use allswell_os::tcp_info::TcpInfo;

use crate::shared::Shared;
use crate::state::State;
use crate::told::Word;
use crate::verdict::Verdict;
use crate::waiting::Waiting;

/// A cheap handle to a [`Live`](crate::Live) stream: to be cloned, sent to other threads, and kept beside a pool's entry. It does not
/// keep the connection open.
#[derive(Clone)]
pub struct Handle {
    told: Word,
    shared: Arc<Shared>,
}

impl Handle {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { told: shared.word(), shared }
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
        if self.told.load(Ordering::SeqCst) == 0 { None } else { self.shared.trouble() }
    }

    /// Whether a pool may hand the connection out for another request: it stands, the peer has not finished, no byte that nobody asked
    /// for waits to be read, and nothing that was sent is overdue. Asks two questions (1 µs), and takes nothing.
    ///
    /// # Errors
    /// The verdict that speaks against it.
    pub fn reusable(&self) -> Result<(), Verdict> {
        if self.shared.is_quiet() {
            return Ok(());
        }
        let verdict = self.verdict();
        let nothing_waits = verdict.evidence.unread == 0 && !verdict.evidence.events.contains(Events::PRI);
        if verdict.state.takes_requests() && nothing_waits { Ok(()) } else { Err(verdict) }
    }

    /// Resolves when the connection has ended: to be selected beside a call upon it, by any runtime. Also when the stream is dropped.
    pub fn died(&self) -> impl Future<Output = Verdict> + Send + use<> {
        Waiting::new(Arc::clone(&self.shared), State::is_end)
    }

    /// Resolves when no further request should be put on the connection: it has ended, or the peer has finished sending. For a pool,
    /// to throw out what lies idle.
    pub fn spent(&self) -> impl Future<Output = Verdict> + Send + use<> {
        Waiting::new(Arc::clone(&self.shared), State::is_spent)
    }

    /// [`Handle::spent`] for programs without futures: calls back once. The call comes on the thread that watches all streams of the
    /// process, or on that of whoever drops the stream or finds out first, so it should do no more than pass the word on. Should it panic, nobody else is
    /// disturbed.
    ///
    /// ```
    /// # use std::net::{TcpListener, TcpStream};
    /// use std::sync::mpsc;
    /// use allswell_liveness::{Live, State};
    /// # let listener = TcpListener::bind("127.0.0.1:0")?;
    /// # let address = listener.local_addr()?;
    /// let (spent, to_throw_out) = mpsc::channel();
    /// let live = Live::new(TcpStream::connect(address)?)?;
    /// live.handle().on_spent(move |verdict| _ = spent.send((7, verdict))); // entry 7 of the pool
    /// drop(listener.accept()?); // the server closes it
    /// let (entry, verdict) = to_throw_out.recv().unwrap();
    /// assert_eq!((entry, verdict.state), (7, State::HalfClosedByPeer));
    /// # std::io::Result::Ok(())
    /// ```
    pub fn on_spent(&self, tell: impl FnOnce(Verdict) + Send + 'static) {
        self.shared.tell_when_spent(Box::new(tell));
    }

    /// The kernel's figures of this moment, as [`Inquiry::look`](crate::heartbeat::Inquiry::look) wants them.
    ///
    /// # Errors
    /// When the stream was let go.
    pub fn tcp_info(&self) -> io::Result<TcpInfo> {
        self.shared.tcp_info()
    }

    /// The application at the other end has answered; a heartbeat says so.
    pub fn answered(&self, now: Instant) {
        self.shared.answered(now);
    }

    /// The other end, if it was ever known.
    #[must_use]
    pub fn peer(&self) -> Option<SocketAddr> {
        self.shared.peer()
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").field("peer", &self.peer()).finish_non_exhaustive()
    }
}

//! A stream that knows how it ended.

use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::{Arc, Weak};

use allswell_os::errno::EPIPE;

use crate::decide;
use crate::handle::Handle;
use crate::shared::{Call, Shared, Socket};
use crate::state::State;
use crate::watch::{Hears, Watch};
use crate::witness::Witness;

/// A TCP stream whose end is heard when it happens, and kept.
///
/// It reads and writes as the stream within, with three differences. A read that would say "end" after the peer broke off says the error
/// instead, so no torn answer looks whole. An error is told to every later call, not to the first alone. And what a router said against
/// a connection that goes on ends no call. Errors carry the [`Verdict`](crate::Verdict) (`error.get_ref()`, to be downcast), and keep
/// the kind of the kernel's.
///
/// It needs no descriptor of its own, and one thread for all such streams of the process, which sleeps until a connection ends. After
/// `fork` a child's new streams have a thread of their own; of those that it inherited only the parent is told.
///
/// ```
/// # use std::io::Read;
/// # use std::net::{Shutdown, TcpListener, TcpStream};
/// use allswell_liveness::{Live, State};
/// # let listener = TcpListener::bind("127.0.0.1:0")?;
/// let mut live = Live::new(TcpStream::connect(listener.local_addr()?)?)?;
/// let handle = live.handle(); // for the pool; the stream goes to whoever reads and writes
/// assert!(handle.reusable().is_ok());
/// # let (peer, _) = listener.accept()?;
/// peer.shutdown(Shutdown::Write)?;
/// assert_eq!(live.read(&mut [0; 8])?, 0);
/// assert_eq!(handle.reusable().unwrap_err().state, State::HalfClosedByPeer);
/// # std::io::Result::Ok(())
/// ```
#[derive(Debug)]
pub struct Live<S> {
    // In this order: the tether ends first.
    tether: Tether,
    stream: Arc<S>,
}

impl<S: AsFd + Send + Sync + 'static> Live<S> {
    /// Watches a stream, which may still be connecting.
    ///
    /// # Errors
    /// When it is not a TCP socket, no descriptor is left for the first to be watched, or the watching thread cannot be started.
    pub fn new(stream: S) -> io::Result<Self> {
        let witness = Witness::of(&stream)?;
        Self::with(stream, witness)
    }

    /// The same with what is known already: the peer of a stream that is still connecting, other limits.
    ///
    /// # Errors
    /// As [`Live::new`].
    pub fn with(stream: S, witness: Witness) -> io::Result<Self> {
        let stream = Arc::new(stream);
        let socket: Arc<Socket> = Arc::clone(&stream) as Arc<Socket>;
        let watch = Watch::of_this_process()?;
        let shared = Arc::new(Shared::new(&socket, witness));
        let hears: Arc<dyn Hears> = Arc::clone(&shared) as Arc<dyn Hears>;
        let token = watch.add(socket.as_fd(), Arc::downgrade(&hears))?;
        Ok(Self { stream, tether: Tether { socket: Arc::downgrade(&socket), shared, watch, token } })
    }

    /// The stream alone. Handles then say `State::LetGo`.
    #[must_use]
    #[expect(clippy::expect_used, reason = "handles own the stream only under the lock under which it was let go")]
    pub fn into_inner(self) -> S {
        let Self { stream, tether } = self;
        drop(tether);
        Arc::into_inner(stream).expect("nobody else owns it")
    }
}

impl<S> Live<S> {
    /// What can be asked of it while somebody else reads and writes.
    #[must_use]
    pub fn handle(&self) -> Handle {
        Handle::new(Arc::clone(&self.tether.shared))
    }

    /// The stream within. What is read from it directly is not noticed here; its errors would be lost to whoever asks.
    #[must_use]
    pub fn get_ref(&self) -> &S {
        &self.stream
    }

    /// To be held while a read or write is made: what it takes from the socket is not lost, it is on its way.
    pub(crate) fn call(&self) -> Call<'_> {
        self.tether.shared.call()
    }

    /// What a read has brought; nothing may be an end or the mark of an error. `None`: read again.
    pub(crate) fn after_read(&self, call: Call<'_>, brought: io::Result<usize>, asked: usize) -> Option<io::Result<usize>> {
        match brought {
            Ok(0) if asked > 0 => Some(self.tether.shared.at_end_of_stream(call).map(|()| 0)),
            Err(error) => self.after_error(call, error, true).map(Err),
            Ok(length) => {
                self.tether.shared.brought(length);
                Some(Ok(length))
            }
        }
    }

    /// What a write has come to. `None`: write again.
    pub(crate) fn after_write<T>(&self, call: Call<'_>, written: io::Result<T>) -> Option<io::Result<T>> {
        match written {
            Err(error) => self.after_error(call, error, false).map(Err),
            written => Some(written),
        }
    }

    /// `None` where the connection goes on: an error that does not end it is kept as what was said against it.
    fn after_error(&self, call: Call<'_>, error: io::Error, nothing_unread: bool) -> Option<io::Error> {
        let errno = match error.raw_os_error() {
            Some(errno) if decide::is_of_the_connection(errno) => errno,
            _ => return Some(error),
        };
        let verdict = self.tether.shared.took(call, errno, nothing_unread);
        match verdict.to_io_error() {
            Some(reason) => Some(reason),
            // A write after our own `shutdown`, or after an orderly end.
            None if errno == EPIPE => Some(error),
            None if goes_on(&verdict.state) => None,
            None => Some(error),
        }
    }
}

/// States in which a read or write may be repeated: what was said against it did not end it.
fn goes_on(state: &State) -> bool {
    !state.is_end() && !matches!(state, State::NotConnected | State::Listening | State::Connecting { .. })
}

impl<S> Live<S>
where
    for<'a> &'a S: Read,
{
    fn read_on(&self, asked: usize, mut read: impl FnMut(&mut &S) -> io::Result<usize>) -> io::Result<usize> {
        loop {
            let call = self.call();
            let brought = read(&mut &*self.stream);
            if let Some(answer) = self.after_read(call, brought, asked) {
                return answer;
            }
        }
    }
}

impl<S> Live<S>
where
    for<'a> &'a S: Write,
{
    fn write_on(&self, mut write: impl FnMut(&mut &S) -> io::Result<usize>) -> io::Result<usize> {
        loop {
            let call = self.call();
            let written = write(&mut &*self.stream);
            if let Some(answer) = self.after_write(call, written) {
                return answer;
            }
        }
    }
}

impl<S> Read for Live<S>
where
    for<'a> &'a S: Read,
{
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        (&mut &*self).read(buffer)
    }

    fn read_vectored(&mut self, parts: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        (&mut &*self).read_vectored(parts)
    }
}

/// As of std's `TcpStream`: one thread may read while another writes.
impl<S> Read for &Live<S>
where
    for<'a> &'a S: Read,
{
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.read_on(buffer.len(), |stream| stream.read(buffer))
    }

    fn read_vectored(&mut self, parts: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        self.read_on(room(parts), |stream| stream.read_vectored(parts))
    }
}

impl<S> Write for Live<S>
where
    for<'a> &'a S: Write,
{
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (&mut &*self).write(bytes)
    }

    fn write_vectored(&mut self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
        (&mut &*self).write_vectored(parts)
    }

    fn flush(&mut self) -> io::Result<()> {
        (&mut &*self).flush()
    }
}

impl<S> Write for &Live<S>
where
    for<'a> &'a S: Write,
{
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_on(|stream| stream.write(bytes))
    }

    fn write_vectored(&mut self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
        self.write_on(|stream| stream.write_vectored(parts))
    }

    fn flush(&mut self) -> io::Result<()> {
        (&*self.stream).flush()
    }
}

fn room(parts: &[IoSliceMut<'_>]) -> usize {
    parts.iter().map(|part| part.len()).sum()
}

impl<S: AsFd> AsFd for Live<S> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }
}

/// What ends before the stream does: the watching, and the handles' way to it.
struct Tether {
    socket: Weak<Socket>,
    shared: Arc<Shared>,
    watch: Watch,
    token: u64,
}

impl Drop for Tether {
    fn drop(&mut self) {
        if let Some(socket) = self.socket.upgrade() {
            self.watch.remove(socket.as_fd(), self.token);
        }
        self.shared.let_go();
    }
}

impl std::fmt::Debug for Tether {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tether").field("token", &self.token).finish_non_exhaustive()
    }
}

//! A byte stream that can be looked at while another owns it: what came first, when, and what the kernel knows of it.

mod socket;

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};
use std::time::Instant;

use allswell_os::tcp_info::{self, TcpInfo};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::ending::find;
use socket::Socket;

/// Enough of what a peer says first to tell which language it is.
const OPENING: usize = 64;

/// A tapped TCP connection.
pub(crate) type Wire = Tap<Socket>;

/// What remains in the hand of one who gave a [`Wire`] away.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    socket: Arc<TcpStream>,
    /// The bytes as they came over TCP.
    pub(crate) watch: Watch,
}

impl Line {
    /// What the kernel knows of the connection.
    pub(crate) fn info(&self) -> Option<TcpInfo> {
        tcp_info::read(&*self.socket).ok()
    }
}

/// Taps a connection.
pub(crate) fn tapped(stream: TcpStream) -> (Wire, Line) {
    let socket = Arc::new(stream);
    let (wire, watch) = Tap::new(Socket(Arc::clone(&socket)));
    (wire, Line { socket, watch })
}

/// A stream that notes what passes. Nothing is read before something was written: what a peer says unasked
/// is found when its answer is read. And a write that fails because the peer is gone does not fail here: what the
/// peer said before it went (an alert, a refusal) is still to be read, and the reader is told after that.
#[derive(Debug)]
pub(crate) struct Tap<S> {
    inner: S,
    watch: Watch,
}

/// The notes of a [`Tap`].
#[derive(Debug, Clone, Default)]
pub(crate) struct Watch(Arc<Mutex<Seen>>);

#[derive(Debug, Default)]
struct Seen {
    opening: Vec<u8>,
    received: u64,
    first: Option<Instant>,
    written: u64,
    armed: bool,
    sent: Option<Instant>,
    reader: Option<Waker>,
    broken: Option<rustls::Error>,
    cut: Option<io::ErrorKind>,
}

impl<S> Tap<S> {
    pub(crate) fn new(inner: S) -> (Self, Watch) {
        let watch = Watch::default();
        (Self { inner, watch: watch.clone() }, watch)
    }
}

impl Watch {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The first bytes that came.
    pub(crate) fn opening(&self) -> Vec<u8> {
        self.seen().opening.clone()
    }

    /// How many bytes came.
    pub(crate) fn received(&self) -> u64 {
        self.seen().received
    }

    /// When the first byte came.
    pub(crate) fn first(&self) -> Option<Instant> {
        self.seen().first
    }

    /// From now on, the next flush that leaves nothing behind is the end of the request.
    pub(crate) fn arm(&self) {
        self.seen().armed = true;
    }

    /// When the request had been handed to the kernel.
    pub(crate) fn sent(&self) -> Option<Instant> {
        self.seen().sent
    }

    /// What TLS had against the bytes that came, if anything.
    pub(crate) fn broken(&self) -> Option<rustls::Error> {
        self.seen().broken.clone()
    }

    fn broke(&self, error: &io::Error) {
        if let Some(error) = find::<rustls::Error>(error) {
            self.seen().broken = Some(error.clone());
        }
    }

    fn may_read(&self, cx: &Context<'_>) -> bool {
        let mut seen = self.seen();
        if seen.written == 0 {
            seen.reader = Some(cx.waker().clone());
        }
        seen.written > 0
    }

    /// How a write ended: so many bytes, or all of them where the peer is gone.
    fn wrote(&self, written: io::Result<usize>, all: usize) -> io::Result<usize> {
        let count = match written {
            Ok(count) => count,
            Err(error) if matches!(error.kind(), io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe) => {
                self.seen().cut = Some(error.kind());
                all
            }
            Err(error) => return Err(error),
        };
        self.went(count);
        Ok(count)
    }

    /// The end that a writer met: reported once, so reading finds no more than an orderly end.
    fn was_reset(&self) -> bool {
        self.seen().cut == Some(io::ErrorKind::ConnectionReset)
    }

    fn came(&self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let mut seen = self.seen();
        if seen.first.is_none() {
            seen.first = Some(Instant::now());
        }
        let room = OPENING - seen.opening.len();
        seen.opening.extend(bytes.iter().take(room));
        seen.received += bytes.len() as u64;
    }

    fn went(&self, count: usize) {
        let mut seen = self.seen();
        seen.written += count as u64;
        if let Some(reader) = seen.reader.take() {
            reader.wake();
        }
    }

    fn flushed(&self) {
        let mut seen = self.seen();
        if seen.armed && seen.sent.is_none() {
            seen.sent = Some(Instant::now());
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Tap<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if !self.watch.may_read(cx) {
            return Poll::Pending;
        }
        let before = buf.filled().len();
        let had_room = buf.remaining() > 0;
        let ended = ready!(Pin::new(&mut self.inner).poll_read(cx, buf));
        self.watch.came(buf.filled().get(before..).unwrap_or_default());
        if let Err(error) = &ended {
            self.watch.broke(error);
        } else if had_room && buf.filled().len() == before && self.watch.was_reset() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        Poll::Ready(ended)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Tap<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.inner).poll_write(cx, bytes));
        Poll::Ready(self.watch.wrote(written, bytes.len()))
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, cx: &mut Context<'_>, slices: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.inner).poll_write_vectored(cx, slices));
        Poll::Ready(self.watch.wrote(written, slices.iter().map(|slice| slice.len()).sum()))
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.inner).poll_flush(cx))?;
        self.watch.flushed();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

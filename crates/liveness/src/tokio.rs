//! [`Live`] as tokio's `AsyncRead` and `AsyncWrite`.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::live::Live;

impl<S: AsyncRead + Unpin> AsyncRead for Live<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let live = &mut *self;
        loop {
            let (before, asked) = (buffer.filled().len(), buffer.remaining());
            let read = ready!(Pin::new(live.get_mut()).poll_read(context, buffer));
            let brought = read.map(|()| buffer.filled().len() - before);
            if let Some(answer) = live.after_read(brought, asked) {
                return Poll::Ready(answer.map(|_| ()));
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> Live<S> {
    /// Repeats a write as long as what it met did not end the connection.
    fn write_on<T>(&mut self, mut write: impl FnMut(Pin<&mut S>) -> Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        loop {
            let written = ready!(write(Pin::new(self.get_mut())));
            if let Some(answer) = self.after_write(written) {
                return Poll::Ready(answer);
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Live<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.write_on(|stream| stream.poll_write(context, bytes))
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, context: &mut Context<'_>, parts: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        self.write_on(|stream| stream.poll_write_vectored(context, parts))
    }

    fn is_write_vectored(&self) -> bool {
        self.get_ref().is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.write_on(|stream| stream.poll_flush(context))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.write_on(|stream| stream.poll_shutdown(context))
    }
}

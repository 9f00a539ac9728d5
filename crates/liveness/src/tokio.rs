//! [`Live`] as tokio's `AsyncRead` and `AsyncWrite`.
//!
//! The stream is shared with its handles, so it is read and written through a shared reference. Readiness is used up as tokio's own stream
//! does it: a read that fills a part of the room has emptied the socket, so nobody asks a second time to hear that nothing is there.

use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use allswell_os::socket;
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::TcpStream;

use crate::live::Live;

impl AsyncRead for Live<TcpStream> {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        loop {
            let asked = buffer.remaining();
            let call = self.call();
            let brought = ready!(read(Live::get_ref(&self), context, buffer));
            if let Some(answer) = self.after_read(call, brought, asked) {
                return Poll::Ready(answer.map(|_| ()));
            }
        }
    }
}

impl AsyncWrite for Live<TcpStream> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let whole = bytes.len();
        self.written(context, whole, |stream| socket::send(stream, bytes))
    }

    fn poll_write_vectored(self: Pin<&mut Self>, context: &mut Context<'_>, parts: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        // Of more the kernel would take none.
        let parts = parts.get(..socket::PARTS_AT_MOST).unwrap_or(parts);
        let whole = parts.iter().map(|part| part.len()).sum();
        self.written(context, whole, |stream| socket::send_parts(stream, parts))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        // The kernel has it, and nobody else ever had.
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        match socket::finish(Live::get_ref(&self)) {
            // It has ended already, so there is nothing more to finish.
            Err(error) if error.kind() == ErrorKind::NotConnected => Poll::Ready(Ok(())),
            finished => Poll::Ready(finished),
        }
    }
}

impl Live<TcpStream> {
    fn written(
        &self,
        context: &mut Context<'_>,
        whole: usize,
        mut write: impl FnMut(&TcpStream) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        let stream = self.get_ref();
        loop {
            ready!(stream.poll_write_ready(context))?;
            let call = self.call();
            let Some(written) = attempt(stream, Interest::WRITABLE, whole, || write(stream)) else { continue };
            if let Some(answer) = self.after_write(call, written) {
                return Poll::Ready(answer);
            }
        }
    }
}

/// Reads once something is there. The room is not filled with zeroes first: for a small answer into a large room that costs more than the read.
fn read(stream: &TcpStream, context: &mut Context<'_>, room: &mut ReadBuf<'_>) -> Poll<io::Result<usize>> {
    loop {
        ready!(stream.poll_read_ready(context))?;
        let whole = room.remaining();
        if let Some(brought) = attempt(stream, Interest::READABLE, whole, || stream.try_read_buf(room)) {
            return Poll::Ready(brought);
        }
    }
}

/// One call, and what it says of readiness: a part of the whole has used it up, as if the call had found nothing. `None`: it has.
fn attempt(stream: &TcpStream, interest: Interest, whole: usize, mut call: impl FnMut() -> io::Result<usize>) -> Option<io::Result<usize>> {
    let mut part = None;
    let done = stream.try_io(interest, || match call() {
        Ok(length) if 0 < length && length < whole => {
            part = Some(length);
            Err(ErrorKind::WouldBlock.into())
        }
        done => done,
    });
    match (part, done) {
        (Some(length), _) => Some(Ok(length)),
        (None, Err(error)) if error.kind() == ErrorKind::WouldBlock => None,
        (None, done) => Some(done),
    }
}

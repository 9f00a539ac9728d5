//! The server under the router: bounded in connections, in headers and in patience; it ends within a second.

mod limits;
mod line;
mod patient;
mod places;
mod tls;

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

pub use self::limits::Limits;
pub(crate) use self::line::Line;
use self::patient::Patient;
pub(crate) use self::places::{Place, Places, Whence};
pub use self::tls::{Tls, TlsError};

/// A request's line and headers together may be so long, and as much again that came along with them; also what is buffered for one
/// client before it has to read.
const BUFFER: usize = 32 * 1024;
/// A request may have so many headers.
const HEADERS: usize = 64;

/// After an accept that failed, as for want of descriptors, the next one waits so long.
const BREATH: Duration = Duration::from_millis(100);

/// What somebody hears whose address has all the connections that it may have. It is said if the socket takes it at once.
const TURNED_AWAY: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Type: text/plain\r\nContent-Length: 46\r\nConnection: close\r\n\r\n\
      Too many connections come from your address.\r\n";

/// How the pages are served.
#[derive(Debug, Clone, Default)]
pub struct Serving {
    /// What the server bears with.
    pub limits: Limits,
    /// Where there is one, TLS is spoken, and nothing else.
    pub tls: Option<Tls>,
}

/// Serves the pages until `stop` is there, then ends within a second.
///
/// # Errors
/// When the listener fails for good.
pub async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) -> io::Result<()> {
    serve_with(listener, router, Serving::default(), stop).await
}

/// The same with limits of one's own, and with TLS.
///
/// # Errors
/// When the listener fails for good.
pub async fn serve_with(listener: TcpListener, router: Router, serving: Serving, stop: impl Future<Output = ()>) -> io::Result<()> {
    let (close, closing) = watch::channel(false);
    let server = Arc::new(Server::new(router, serving, closing));
    let mut connections = JoinSet::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            Some(_) = connections.join_next() => {}
            arrived = server.arrive(&listener) => {
                let (stream, line) = arrived?;
                connections.spawn(Arc::clone(&server).converse(stream, line));
            }
        }
    }
    drop(listener);
    close.send_replace(true);
    // Whoever has not finished by then is cut off: the tasks end with the set.
    let _ = timeout(server.limits.grace, async { while connections.join_next().await.is_some() {} }).await;
    Ok(())
}

/// What all connections share.
struct Server {
    router: Router,
    limits: Limits,
    tls: Option<Tls>,
    connections: Arc<Places>,
    streams: Arc<Places>,
    closing: watch::Receiver<bool>,
}

impl Server {
    fn new(router: Router, Serving { limits, tls }: Serving, closing: watch::Receiver<bool>) -> Self {
        let connections = Places::new(limits.connections, limits.connections_of_one);
        let streams = Places::new(limits.streams, limits.streams_of_one);
        Self { router, limits, tls, connections, streams, closing }
    }

    /// A connection is accepted only when there is a place for it.
    async fn arrive(&self, listener: &TcpListener) -> io::Result<(TcpStream, Line)> {
        loop {
            let room = self.connections.room().await.ok_or_else(|| io::Error::other("there are no places"))?;
            let (stream, whence) = match listener.accept().await {
                Ok((stream, from)) => (stream, Whence::of(from.ip())),
                Err(error) if is_passing(&error) => {
                    tokio::time::sleep(BREATH).await;
                    continue;
                }
                Err(error) => return Err(error),
            };
            match self.connections.give(room, whence) {
                Some(place) => return Ok((stream, Line::new(whence, place, self.tls.is_some(), self.closing.clone(), &self.streams))),
                None if self.tls.is_none() => drop(stream.try_write(TURNED_AWAY)),
                None => {}
            }
        }
    }

    async fn converse(self: Arc<Self>, stream: TcpStream, line: Line) {
        // Small events must not wait for each other.
        let _ = stream.set_nodelay(true);
        match &self.tls {
            None => self.answer(Patient::new(stream, self.limits.stalled), line).await,
            Some(tls) => {
                let mut closing = self.closing.clone();
                let shaken = tokio::select! {
                    shaken = timeout(self.limits.header, tls.shake(stream, self.limits.stalled)) => shaken,
                    _ = closing.wait_for(|ends| *ends) => return,
                };
                match shaken {
                    Ok(Ok(stream)) => self.answer(stream, line).await,
                    Ok(Err(error)) => tracing::debug!(%error, "a client's handshake failed"),
                    Err(_) => tracing::debug!("a client's handshake took too long"),
                }
            }
        }
    }

    async fn answer(&self, stream: impl AsyncRead + AsyncWrite + Unpin, line: Line) {
        let mut closing = self.closing.clone();
        let router = TowerToHyperService::new(self.router.clone());
        let service = service_fn(move |mut request: hyper::Request<Incoming>| {
            request.extensions_mut().insert(line.clone());
            router.call(request)
        });
        let mut server = http1::Builder::new();
        server.timer(TokioTimer::new()).header_read_timeout(self.limits.header).max_buf_size(BUFFER).max_headers(HEADERS);
        let mut connection = std::pin::pin!(server.serve_connection(TokioIo::new(stream), service));
        tokio::select! {
            ended = connection.as_mut() => return said(ended),
            _ = closing.wait_for(|ends| *ends) => connection.as_mut().graceful_shutdown(),
        }
        said(connection.await);
    }
}

/// A connection that ended before it was accepted, or descriptors that are used up, pass; a socket that cannot
/// listen does not.
fn is_passing(error: &io::Error) -> bool {
    !matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::NotConnected)
}

fn said(ended: hyper::Result<()>) {
    if let Err(error) = ended {
        tracing::debug!(%error, "a client's connection ended early");
    }
}

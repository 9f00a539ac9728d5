//! The server under the router: bounded in connections, in headers and in patience; it ends within a second.

mod patient;

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

use self::patient::Patient;

/// What the server bears with.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// So many connections at once; further ones wait in the kernel's queue.
    pub connections: usize,
    /// The head of a request must have come by then; an idle connection ends as well.
    pub header: Duration,
    /// A client that takes nothing for so long, while there is something for it, is dropped.
    pub stalled: Duration,
    /// Responses under way may take so long when the server ends.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connections: 512, header: Duration::from_secs(10), stalled: Duration::from_secs(20), grace: Duration::from_millis(800) }
    }
}

/// A request's line and headers together may be so long; also what is buffered for one client before it has to read.
const BUFFER: usize = 64 * 1024;
/// A request may have so many headers.
const HEADERS: usize = 64;

/// After an accept that failed, as for want of descriptors, the next one waits so long.
const BREATH: Duration = Duration::from_millis(100);

/// Tells those who answer for long (the stream) that the server ends.
#[derive(Debug, Clone)]
pub(crate) struct Closing(pub(crate) watch::Receiver<bool>);

/// Serves the pages until `stop` is there, then ends within a second.
///
/// # Errors
/// When the listener fails for good.
pub async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) -> io::Result<()> {
    serve_with(listener, router, Limits::default(), stop).await
}

/// The same with limits of one's own.
///
/// # Errors
/// When the listener fails for good.
pub async fn serve_with(listener: TcpListener, router: Router, limits: Limits, stop: impl Future<Output = ()>) -> io::Result<()> {
    let (close, closing) = watch::channel(false);
    let places = Arc::new(Semaphore::new(limits.connections));
    let mut connections = JoinSet::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            Some(_) = connections.join_next() => {}
            arrived = arrive(&listener, &places) => {
                let (stream, place) = arrived?;
                let service = Answering { router: router.clone(), closing: Closing(closing.clone()) };
                connections.spawn(converse(stream, service, limits, place));
            }
        }
    }
    drop(listener);
    close.send_replace(true);
    // Whoever has not finished by then is cut off: the tasks end with the set.
    let _ = timeout(limits.grace, async { while connections.join_next().await.is_some() {} }).await;
    Ok(())
}

/// A connection is accepted only when there is a place for it.
async fn arrive(listener: &TcpListener, places: &Arc<Semaphore>) -> io::Result<(TcpStream, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.map_err(io::Error::other)?;
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return Ok((stream, place)),
            Err(error) if is_passing(&error) => tokio::time::sleep(BREATH).await,
            Err(error) => return Err(error),
        }
    }
}

/// A connection that ended before it was accepted, or descriptors that are used up, pass; a socket that cannot
/// listen does not.
fn is_passing(error: &io::Error) -> bool {
    !matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::NotConnected)
}

#[derive(Clone)]
struct Answering {
    router: Router,
    closing: Closing,
}

async fn converse(stream: TcpStream, answering: Answering, limits: Limits, _place: OwnedSemaphorePermit) {
    // Small events must not wait for each other.
    let _ = stream.set_nodelay(true);
    let mut closing = answering.closing.0.clone();
    let router = answering.router.layer(axum::Extension(answering.closing));
    let service = TowerToHyperService::new(router);
    let io = TokioIo::new(Patient::new(stream, limits.stalled));
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(limits.header).max_buf_size(BUFFER).max_headers(HEADERS);
    let mut connection = std::pin::pin!(server.serve_connection(io, service));
    tokio::select! {
        ended = connection.as_mut() => return said(ended),
        _ = closing.wait_for(|ends| *ends) => connection.as_mut().graceful_shutdown(),
    }
    said(connection.await);
}

fn said(ended: hyper::Result<()>) {
    if let Err(error) = ended {
        tracing::debug!(%error, "a client's connection ended early");
    }
}

//! One connection and the request over it. Nothing is spawned: whoever waits for the reply also drives the
//! connection, so that letting go of the link closes the socket.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use allswell_model::{DownCause, Stage};
use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt};
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper::rt::Executor;
use hyper_util::rt::TokioIo;
use tokio::sync::mpsc;

use crate::attempt::Attempt;
use crate::connect;
use crate::ending::spot;
use crate::failure::Failure;
use crate::handshake::Client;
use crate::protocols::http::fault;
use crate::protocols::http::place::Place;
use crate::protocols::http::stream::Stream;
use crate::protocols::http::trip::Trip;
use crate::wire::{self, Tap, Watch};
use allswell_model::settings::Settings;

/// A head that is larger is no head that anybody meant. Servers send at most 16 to 64 KiB.
pub(super) const HEAD_LIMIT: u32 = 128 * 1024;

/// Which version is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    Auto,
    One,
    Two,
}

/// Which version is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spoken {
    One,
    Two,
}

impl Version {
    pub(super) fn read(settings: &Settings) -> Self {
        match settings.text("version") {
            Some("1.1") => Self::One,
            Some("2") => Self::Two,
            _ => Self::Auto,
        }
    }

    /// For ALPN.
    pub(super) fn offered(self) -> Vec<Vec<u8>> {
        match self {
            Self::Auto => vec![b"h2".to_vec(), b"http/1.1".to_vec()],
            Self::One => vec![b"http/1.1".to_vec()],
            Self::Two => vec![b"h2".to_vec()],
        }
    }
}

type Body = Full<Bytes>;
type Io = TokioIo<Tap<Stream>>;
/// The connection itself; gone when it has ended.
type Background = Option<BoxFuture<'static, ()>>;

enum Sender {
    One(http1::SendRequest<Body>),
    Two(http2::SendRequest<Body>),
}

impl Sender {
    async fn send(&mut self, request: Request<Body>) -> hyper::Result<Response<Incoming>> {
        match self {
            Self::One(sender) => sender.send_request(request).await,
            Self::Two(sender) => sender.send_request(request).await,
        }
    }
}

/// A connection over which a request can be sent.
pub(super) struct Link {
    sender: Sender,
    background: Background,
    watch: Watch,
}

impl Link {
    /// Connects, secures where the place is https, and makes ready: the stages `connect` and `tls`.
    pub(super) async fn open(
        attempt: &mut Attempt,
        trip: &mut Trip,
        place: &Place,
        client: &Client,
        version: Version,
    ) -> Result<Self, Failure> {
        let (stream, _) = connect::tcp(attempt, trip.peer).await?;
        // That was TCP's round trip; the one of HTTP has still to be made.
        attempt.rtt = None;
        let (stream, spoken) = if place.https {
            let secured = client.handshake(attempt, stream, trip.peer).await?;
            let spoken = if secured.stream.get_ref().1.alpn_protocol() == Some(b"h2") { Spoken::Two } else { Spoken::One };
            if version == Version::Two && spoken == Spoken::One {
                return Err(no_http2(trip));
            }
            trip.line = Some(secured.line);
            (Stream::Tls(Box::new(secured.stream)), spoken)
        } else {
            // HTTP/2 begins with several small writes; none may wait for the acknowledgement of another.
            let _ = stream.set_nodelay(true);
            let (wire, line) = wire::tapped(stream);
            trip.line = Some(line);
            (Stream::Plain(wire), if version == Version::Two { Spoken::Two } else { Spoken::One })
        };
        attempt.enter(Stage::SEND);
        let (tap, watch) = Tap::new(stream);
        trip.watch = Some(watch.clone());
        let begun = match spoken {
            Spoken::One => one(TokioIo::new(tap)).await,
            Spoken::Two => two(TokioIo::new(tap)).await,
        };
        let (sender, background) = begun.map_err(|error| fault::head(attempt, trip, &error))?;
        Ok(Self { sender, background: Some(background), watch })
    }

    pub(super) fn version(&self) -> Spoken {
        match self.sender {
            Sender::One(_) => Spoken::One,
            Sender::Two(_) => Spoken::Two,
        }
    }

    /// Sends the request and waits for the whole head of its reply: the stages `send` and `first_byte`.
    /// The round trip is from the request's last byte to the reply's first; over HTTP/2 to the end of its head,
    /// because there the first bytes are not the reply's.
    pub(super) async fn ask(&mut self, attempt: &mut Attempt, trip: &Trip, request: Request<Body>) -> Result<Response<Incoming>, Failure> {
        let spoken = self.version();
        let watch = &self.watch;
        watch.arm();
        let mut was_sent = false;
        let after_each = || {
            if !was_sent && watch.sent().is_some() {
                was_sent = true;
                attempt.enter(Stage::FIRST_BYTE);
            }
        };
        let replied = drive(&mut self.background, self.sender.send(request), after_each).await;
        let reply = replied.map_err(|error| fault::head(attempt, trip, &error))?;
        if !was_sent {
            attempt.enter(Stage::FIRST_BYTE);
        }
        let now = std::time::Instant::now();
        let first = watch.first().filter(|_| spoken == Spoken::One).unwrap_or(now);
        attempt.round_trip(first.saturating_duration_since(watch.sent().unwrap_or(first)));
        Ok(reply)
    }

    /// Waits for something that needs the connection to move.
    pub(super) async fn during<W: Future>(&mut self, work: W) -> W::Output {
        drive(&mut self.background, work, || {}).await
    }
}

async fn drive<W: Future>(background: &mut Background, work: W, mut after_each: impl FnMut()) -> W::Output {
    let mut work = pin!(work);
    poll_fn(|cx| {
        let polled = work.as_mut().poll(cx);
        if polled.is_pending()
            && let Some(connection) = background
            && connection.as_mut().poll(cx) == Poll::Ready(())
        {
            *background = None;
        }
        after_each();
        polled
    })
    .await
}

async fn one(io: Io) -> hyper::Result<(Sender, BoxFuture<'static, ()>)> {
    let mut builder = http1::Builder::new();
    builder.max_buf_size(HEAD_LIMIT as usize);
    let (sender, connection) = builder.handshake(io).await?;
    // What ends the connection is told to whoever waits for the reply or its body.
    Ok((Sender::One(sender), connection.map(drop).boxed()))
}

async fn two(io: Io) -> hyper::Result<(Sender, BoxFuture<'static, ()>)> {
    let (handed, tasks) = mpsc::unbounded_channel();
    let mut builder = http2::Builder::new(Tasks(handed));
    builder.max_header_list_size(HEAD_LIMIT);
    let (sender, connection) = builder.handshake(io).await?;
    Ok((Sender::Two(sender), together(connection.map(drop).boxed(), tasks).boxed()))
}

/// Takes what HTTP/2 would have spawned. The queue is short: one task for the connection, and one for a body.
#[derive(Clone)]
struct Tasks(mpsc::UnboundedSender<BoxFuture<'static, ()>>);

impl<F: Future<Output = ()> + Send + 'static> Executor<F> for Tasks {
    fn execute(&self, task: F) {
        // When nobody takes tasks any more the link is gone, and its tasks with it.
        let _ = self.0.send(task.boxed());
    }
}

/// Runs the connection and its tasks until all have ended.
async fn together(connection: BoxFuture<'static, ()>, mut tasks: mpsc::UnboundedReceiver<BoxFuture<'static, ()>>) {
    let mut running: FuturesUnordered<BoxFuture<'static, ()>> = FuturesUnordered::new();
    running.push(connection);
    poll_fn(|cx| {
        loop {
            while let Poll::Ready(Some(task)) = tasks.poll_recv(cx) {
                running.push(task);
            }
            match running.poll_next_unpin(cx) {
                Poll::Ready(Some(())) => {}
                Poll::Ready(None) => return Poll::Ready(()),
                Poll::Pending if tasks.is_empty() => return Poll::Pending,
                Poll::Pending => {}
            }
        }
    })
    .await;
}

fn no_http2(trip: &Trip) -> Failure {
    let reason = format!("{} does not speak HTTP/2 (it chose no h2 by ALPN).", spot(trip.peer));
    Failure::down(Stage::TLS, DownCause::PROTOCOL, reason).said_by(trip.peer.ip())
}

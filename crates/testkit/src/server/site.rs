//! An HTTP server that behaves: it answers what a test wants, and remembers what it was asked.

use std::convert::Infallible;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Asked {
    /// `GET`
    pub method: String,
    /// Path and query; over HTTP/2 the whole URL.
    pub target: String,
    /// `HTTP/1.1`
    pub version: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Asked {
    /// A header's value.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// A reply to be sent.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Answer {
    /// A reply with this status, without a body.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    /// 200 with a body.
    #[must_use]
    pub fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self { status: 200, headers: Vec::new(), body: body.into() }
    }

    /// The same with another body.
    #[must_use]
    pub fn saying(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// A redirect.
    #[must_use]
    pub fn redirect(status: u16, to: &str) -> Self {
        Self::status(status).with("location", to)
    }

    /// The same with one more header.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    fn into_response(self) -> Response<Full<Bytes>> {
        let response =
            self.headers.iter().fold(Response::builder().status(self.status), |builder, (name, value)| builder.header(name, value));
        // A header that HTTP cannot carry is the test's own mistake, which its client will see as a 500.
        response.body(Full::from(self.body)).unwrap_or_else(|_| {
            let mut response = Response::new(Full::default());
            *response.status_mut() = http::StatusCode::INTERNAL_SERVER_ERROR;
            response
        })
    }
}

type Answering = dyn Fn(&Asked) -> Answer + Send + Sync;

/// What is answered, and what was asked.
#[derive(Clone)]
pub(super) struct Site {
    answer: Arc<Answering>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Site").field("asked", &self.asked).finish_non_exhaustive()
    }
}

impl Default for Site {
    fn default() -> Self {
        Self::new(|_| Answer::status(404))
    }
}

impl Site {
    pub(super) fn new(answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        Self { answer: Arc::new(answer), asked: Arc::default() }
    }

    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) async fn serve_plain(self, stream: TcpStream) {
        let mut first = [0; 3];
        let is_preface = stream.peek(&mut first).await.is_ok() && &first == b"PRI";
        self.serve(stream, is_preface).await;
    }

    pub(super) async fn serve_tls(self, config: Arc<ServerConfig>, stream: TcpStream) {
        let Ok(stream) = TlsAcceptor::from(config).accept(stream).await else { return };
        let two = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        self.serve(stream, two).await;
    }

    async fn serve<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(self, stream: S, two: bool) {
        let service = service_fn(move |request| self.clone().reply(request));
        let io = TokioIo::new(stream);
        // How a client goes away is the client's affair.
        let _ = if two {
            hyper::server::conn::http2::Builder::new(TokioExecutor::new()).serve_connection(io, service).await
        } else {
            hyper::server::conn::http1::Builder::new().serve_connection(io, service).await
        };
    }

    async fn reply(self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.map(|body| body.to_bytes().to_vec()).unwrap_or_default();
        let asked = Asked {
            method: head.method.to_string(),
            target: head.uri.to_string(),
            version: format!("{:?}", head.version),
            headers: head.headers,
            body,
        };
        let answer = (self.answer)(&asked);
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(asked);
        Ok(answer.into_response())
    }
}

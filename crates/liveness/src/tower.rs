//! A connector around a connector, for clients that make their connections themselves.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::Uri;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower_service::Service;

use crate::handle::Handle;
use crate::keepalive::Keepalive;
use crate::live::Live;

type Failure = Box<dyn Error + Send + Sync>;

/// Makes every connection of a client a [`Live`] one: of hyper's client, of tonic (`Endpoint::connect_with_connector`), of hyper-rustls
/// around it.
///
/// ```
/// # use hyper_util::{client::legacy::{Client, connect::HttpConnector}, rt::TokioExecutor};
/// use std::time::Duration;
/// use allswell_liveness::{Connector, Keepalive};
///
/// let connector = Connector::new(HttpConnector::new())
///     .keepalive(Keepalive::detect_within(Duration::from_secs(20))?)
///     .on_connect(|handle| println!("connected to {:?}", handle.peer()));
/// let client = Client::builder(TokioExecutor::new()).build::<_, http_body_util::Empty<bytes::Bytes>>(connector);
/// # Ok::<(), allswell_liveness::keepalive::Unachievable>(())
/// ```
#[derive(Clone)]
pub struct Connector<C> {
    inner: C,
    keepalive: Option<Keepalive>,
    told: Arc<dyn Fn(Handle) + Send + Sync>,
}

impl<C> Connector<C> {
    /// Around a connector whose streams are tokio's, as `HttpConnector`'s are.
    pub fn new(inner: C) -> Self {
        Self { inner, keepalive: None, told: Arc::new(|_| ()) }
    }

    /// Asks the kernel to notice a dead peer; what the connector within had asked for is replaced.
    #[must_use]
    pub fn keepalive(self, keepalive: Keepalive) -> Self {
        Self { keepalive: Some(keepalive), ..self }
    }

    /// Tells of each new connection: clients hide them, and here their handles are to be had.
    #[must_use]
    pub fn on_connect(self, told: impl Fn(Handle) + Send + Sync + 'static) -> Self {
        Self { told: Arc::new(told), ..self }
    }
}

impl<C> Service<Uri> for Connector<C>
where
    C: Service<Uri, Response = TokioIo<TcpStream>>,
    C::Error: Into<Failure>,
    C::Future: Send + 'static,
{
    type Response = TokioIo<Live<TcpStream>>;
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Failure>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        self.inner.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        let connecting = self.inner.call(to);
        let (keepalive, told) = (self.keepalive, Arc::clone(&self.told));
        Box::pin(async move {
            let stream = connecting.await.map_err(Into::into)?.into_inner();
            if let Some(keepalive) = keepalive {
                keepalive.apply(&stream)?;
            }
            let live = Live::new(stream)?;
            told(live.handle());
            Ok(TokioIo::new(live))
        })
    }
}

impl<C: fmt::Debug> fmt::Debug for Connector<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connector").field("inner", &self.inner).finish_non_exhaustive()
    }
}

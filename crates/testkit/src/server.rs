//! Servers on the loopback, each on a thread of its own that ends when the server is dropped.

#![expect(clippy::unwrap_used, reason = "a fixture that cannot be made fails its test")]

pub mod script;
pub mod site;

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};

use rustls::ServerConfig;
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use script::Act;
use site::{Answer, Asked, Site};

/// A server that listens on a free port.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    accepted: Arc<AtomicUsize>,
    site: Site,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Where servers listen unless told otherwise.
pub const LOCALHOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

impl Server {
    /// Plays the same script with everyone who connects.
    #[must_use]
    pub fn scripted(script: &[Act]) -> Self {
        let script: Arc<[Act]> = script.into();
        Self::start(LOCALHOST, Site::default(), move |stream, _| script::play_plain(Arc::clone(&script), stream))
    }

    /// Plays a script inside TLS.
    #[must_use]
    pub fn scripted_tls(config: &Arc<ServerConfig>, script: &[Act]) -> Self {
        let script: Arc<[Act]> = script.into();
        let config = Arc::clone(config);
        Self::start(LOCALHOST, Site::default(), move |stream, _| script::play_tls(Arc::clone(&script), Arc::clone(&config), stream))
    }

    /// HTTP/1.1, and HTTP/2 for those who begin with its preface.
    #[must_use]
    pub fn http(answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        Self::http_at(LOCALHOST, answer)
    }

    /// [`Server::http`] at another address of the loopback.
    #[must_use]
    pub fn http_at(host: IpAddr, answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        Self::start(host, Site::new(answer), |stream, site| site.serve_plain(stream))
    }

    /// HTTP inside TLS; HTTP/2 where ALPN agrees on it.
    #[must_use]
    pub fn https(config: &Arc<ServerConfig>, answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        let config = Arc::clone(config);
        Self::start(LOCALHOST, Site::new(answer), move |stream, site| site.serve_tls(Arc::clone(&config), stream))
    }

    fn start<F>(host: IpAddr, site: Site, serve: impl Fn(TcpStream, Site) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind((host, 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let accepted = Arc::new(AtomicUsize::new(0));
        let (stop, stopped) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let counter = Arc::clone(&accepted);
        let asked = site.clone();
        let thread = thread::spawn(move || {
            let accepting = accept(listener, counter, move |stream| serve(stream, site.clone()));
            runtime.block_on(async {
                tokio::select! { () = accepting => {}, _ = stopped => {} }
            });
        });
        Self { address, accepted, site: asked, stop: Some(stop), thread: Some(thread) }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its address as a URL.
    #[must_use]
    pub fn url(&self, scheme: &str) -> String {
        format!("{scheme}://{}", self.address)
    }

    /// How many connected.
    #[must_use]
    pub fn accepted(&self) -> usize {
        self.accepted.load(Ordering::SeqCst)
    }

    /// What was asked of it, in order.
    #[must_use]
    pub fn asked(&self) -> Vec<Asked> {
        self.site.asked()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        // Its panic has been printed; a second one here would abort the test.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// Each connection is served in its own task; all end with the runtime.
async fn accept<F>(listener: TcpListener, accepted: Arc<AtomicUsize>, serve: impl Fn(TcpStream) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = tokio::net::TcpListener::from_std(listener).unwrap();
    loop {
        // A test that limits its descriptors starves the server too; the client is what it looks at.
        let Ok((stream, _)) = listener.accept().await else {
            tokio::task::yield_now().await;
            continue;
        };
        accepted.fetch_add(1, Ordering::SeqCst);
        // Else a small write would wait for the acknowledgement of the one before.
        let _ = stream.set_nodelay(true);
        tokio::spawn(serve(stream));
    }
}

#[cfg(test)]
mod tests;

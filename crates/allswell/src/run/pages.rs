//! The pages' thread: serves page, API and metrics, and turns signals into wishes.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::thread::JoinHandle;

use allswell_os::route;
use allswell_os::socket::Via;
use allswell_web::{AccessList, Limits, Serving, Settings, Tls, Token};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

use super::Wish;
use super::control::Controlled;
use super::trouble::Trouble;

/// Listens where the page is to be.
pub(super) fn listen(address: SocketAddr) -> Result<TcpListener, Trouble> {
    let listener = TcpListener::bind(address).map_err(|error| Trouble::Listen(address, error))?;
    listener.set_nonblocking(true).map_err(|error| Trouble::Listen(address, error))?;
    Ok(listener)
}

/// Beyond loopback whoever calls must be known. Where nobody is, a token is made here and shown once, so that nobody needs to switch
/// protection off.
pub(super) fn token_for(address: SocketAddr, anybody_known: bool) -> Result<Option<String>, Trouble> {
    if address.ip().is_loopback() || anybody_known {
        return Ok(None);
    }
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| Trouble::Pages(io::Error::other(error)))?;
    Ok(Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect()))
}

/// How the pages are to be served.
pub(super) struct Plan {
    pub(super) address: SocketAddr,
    pub(super) title: String,
    pub(super) allowed_hosts: Vec<String>,
    pub(super) token: Option<String>,
    pub(super) access: AccessList,
    pub(super) tls: Option<Tls>,
}

/// The running pages.
pub(super) struct Pages {
    address: SocketAddr,
    token: Option<String>,
    is_tls: bool,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Pages {
    /// Starts the thread.
    pub(super) fn start(listener: TcpListener, control: Controlled, plan: Plan) -> Result<Self, Trouble> {
        let Plan { address, title, mut allowed_hosts, token, access, tls } = plan;
        // Its own name is no stranger's, so it cannot have been rebound to here.
        allowed_hosts.push(title.clone());
        let settings = Settings { listen: address, allowed_hosts, title, token: token.clone().map(Token::new), access };
        let (reader, wish, is_tls) = (control.reader.clone(), control.wish.clone(), tls.is_some());
        let router = allswell_web::router(reader, Arc::new(control), settings);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Trouble::Pages)?;
        let (stop, stopped) = oneshot::channel::<()>();
        let serve = async move {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            let serving = Serving { tls, limits: limits() };
            tokio::select! {
                // A signal is only a wish; the end comes by `stopped`.
                error = heed_signals(&wish) => error,
                served = allswell_web::serve_with(listener, router, serving, async { let _ = stopped.await; }) => served,
            }
        };
        let body = move || {
            if let Err(error) = runtime.block_on(serve) {
                tracing::error!(%error, "the pages ended");
            }
        };
        let thread = std::thread::Builder::new().name("pages".into()).spawn(body).map_err(Trouble::Pages)?;
        Ok(Self { address, token, is_tls, stop: Some(stop), thread: Some(thread) })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where a browser finds the page, with the token where one is needed.
    pub(super) fn url(&self) -> String {
        let at = reachable(self.address, std::env::var("SSH_CONNECTION").ok().as_deref());
        let scheme = scheme(self.is_tls);
        match &self.token {
            None => format!("{scheme}://{at}/"),
            Some(token) => format!("{scheme}://{at}/?token={token}"),
        }
    }

    /// Ends it; open streams are told.
    pub(super) fn stop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Where links in alerts lead: the page as a person may reach it, without any token.
pub(super) fn link(listen: SocketAddr, is_tls: bool) -> String {
    format!("{}://{}", scheme(is_tls), reachable(listen, None))
}

fn scheme(is_tls: bool) -> &'static str {
    if is_tls { "https" } else { "http" }
}

/// Pages leave most descriptors to the probes. Where their number cannot be read, the defaults hold.
fn limits() -> Limits {
    allswell_os::limits::descriptors().map_or_else(|_| Limits::default(), |descriptors| Limits::within(descriptors.soft))
}

/// An address that a browser elsewhere can call, where all addresses of this host are listened on: the one that we were
/// reached by, else the one that leads out.
fn reachable(listen: SocketAddr, ssh: Option<&str>) -> SocketAddr {
    if !listen.ip().is_unspecified() {
        return listen;
    }
    let fits = |address: &IpAddr| address.is_ipv4() || listen.is_ipv6();
    let called = ssh.and_then(|connection| connection.split_whitespace().nth(2)?.parse().ok()).filter(fits);
    let gateways = || route::default_gateways().unwrap_or_default().into_iter();
    let own = || gateways().filter_map(|gateway| route::lookup(gateway.address, &Via::default()).ok()?.source).find(fits);
    SocketAddr::new(called.or_else(own).unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)), listen.port())
}

/// Never ends, but for a system that gives no signals.
async fn heed_signals(wish: &Sender<Wish>) -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    loop {
        let heard = tokio::select! {
            _ = terminate.recv() => Wish::Stop,
            _ = interrupt.recv() => Wish::Stop,
            _ = hang_up.recv() => Wish::Reload(None),
        };
        // The supervisor may be ending already.
        let _ = wish.send(heard);
    }
}

#[cfg(test)]
mod tests;

//! The pages' thread: serves page, API and metrics, and turns signals into wishes.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;

use allswell_engine::Counted;
use allswell_model::Timestamp;
use allswell_os::route;
use allswell_os::socket::Via;
use allswell_store::Reader;
use allswell_web::{Control, Counters, Health, Settings, Token};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

use super::Wish;
use super::trouble::Trouble;

/// Listens where the page is to be.
pub(super) fn listen(address: SocketAddr) -> Result<TcpListener, Trouble> {
    let listener = TcpListener::bind(address).map_err(|error| Trouble::Listen(address, error))?;
    listener.set_nonblocking(true).map_err(|error| Trouble::Listen(address, error))?;
    Ok(listener)
}

/// Beyond loopback whoever calls must know a token: made here, shown once, so that nobody needs to switch protection off.
pub(super) fn token_for(address: SocketAddr) -> Result<Option<String>, Trouble> {
    if address.ip().is_loopback() {
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
}

/// The running pages.
pub(super) struct Pages {
    address: SocketAddr,
    token: Option<String>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Pages {
    /// Starts the thread.
    pub(super) fn start(listener: TcpListener, reader: Reader, counted: Counted, plan: Plan, wish: Sender<Wish>) -> Result<Self, Trouble> {
        let Plan { address, title, mut allowed_hosts, token } = plan;
        // Its own name is no stranger's, so it cannot have been rebound to here.
        allowed_hosts.push(title.clone());
        let settings = Settings { listen: address, allowed_hosts, title, token: token.clone().map(Token::new) };
        let control = Arc::new(Controlled { reader: reader.clone(), counted, wish: wish.clone() });
        let router = allswell_web::router(reader, control, settings);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Trouble::Pages)?;
        let (stop, stopped) = oneshot::channel::<()>();
        let serve = async move {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            tokio::select! {
                // A signal is only a wish; the end comes by `stopped`.
                error = heed_signals(&wish) => error,
                served = allswell_web::serve(listener, router, async { let _ = stopped.await; }) => served,
            }
        };
        let body = move || {
            if let Err(error) = runtime.block_on(serve) {
                tracing::error!(%error, "the pages ended");
            }
        };
        let thread = std::thread::Builder::new().name("pages".into()).spawn(body).map_err(Trouble::Pages)?;
        Ok(Self { address, token, stop: Some(stop), thread: Some(thread) })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where a browser finds the page, with the token where one is needed.
    pub(super) fn url(&self) -> String {
        let at = reachable(self.address, std::env::var("SSH_CONNECTION").ok().as_deref());
        match &self.token {
            None => format!("http://{at}/"),
            Some(token) => format!("http://{at}/?token={token}"),
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

struct Controlled {
    reader: Reader,
    counted: Counted,
    wish: Sender<Wish>,
}

impl Control for Controlled {
    fn now(&self) -> Timestamp {
        self.counted.now()
    }

    fn version(&self) -> String {
        env!("CARGO_PKG_VERSION").into()
    }

    fn counters(&self) -> Counters {
        let counted = &self.counted;
        let (started, skipped) = (counted.started.load(Relaxed), counted.skipped.load(Relaxed));
        let no_place = counted.no_place.load(Relaxed);
        Counters {
            due: started + skipped + no_place,
            started,
            late: counted.late.load(Relaxed),
            skipped: skipped + no_place,
            collapsed: counted.collapsed.load(Relaxed),
            in_flight: counted.in_flight.load(Relaxed),
            lag_p99: counted.lag_quantile(0.99),
            queue_depth: counted.queue_depth() as u64,
            dropped: counted.refused.load(Relaxed),
            not_stored: counted.not_kept.load(Relaxed),
        }
    }

    fn health(&self) -> Health {
        match self.reader.board(|board| board.unwritable.clone()) {
            None => Health::Ok,
            Some(why) => Health::Ailing(vec![why]),
        }
    }

    fn reload(&self) -> Result<(), Vec<String>> {
        let (answer, answered) = channel();
        let ending = || vec!["The program is ending.".to_owned()];
        self.wish.send(Wish::Reload(Some(answer))).map_err(|_| ending())?;
        answered.recv().map_err(|_| ending())?
    }
}

#[cfg(test)]
mod tests;

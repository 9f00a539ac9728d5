//! The mesh as the program holds it: started, given other settings, asked, ended.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;

use allswell_model::link::Links;
use allswell_os::wait::{Waiter, Waker};

use crate::board::Board;
use crate::driver::Driver;
use crate::orders::Orders;
use crate::settings::Settings;
use crate::shown::Shown;
use crate::sockets::Sockets;
use crate::surroundings::Surroundings;

/// Why the mesh did not start.
#[derive(Debug)]
pub enum StartError {
    /// The address cannot be listened on.
    Listen(SocketAddr, io::Error),
    /// The system gives no thread, descriptor or chance.
    System(io::Error),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listen(address, error) => write!(f, "links cannot listen on {address}: {error}"),
            Self::System(error) => write!(f, "the links' thread could not be started: {error}"),
        }
    }
}

// The kernel's word is in the sentence already.
impl std::error::Error for StartError {}

/// The running mesh. Dropping it ends it, too.
#[derive(Debug)]
pub struct Mesh {
    orders: Arc<Orders>,
    waker: Waker,
    shown: Arc<Shown>,
    addresses: Vec<SocketAddr>,
    thread: Option<JoinHandle<()>>,
}

/// Opens the sockets and starts the thread.
///
/// # Errors
/// When an address cannot be listened on, or the system gives no thread.
pub fn start(settings: Settings, surroundings: Surroundings) -> Result<Mesh, StartError> {
    let sockets = Sockets::open(&settings.listen).map_err(|(address, error)| StartError::Listen(address, error))?;
    let waiter = Waiter::new().map_err(StartError::System)?;
    let mut seed = [0; 32];
    allswell_os::random::fill(&mut seed).map_err(StartError::System)?;
    let (waker, addresses) = (waiter.waker(), sockets.addresses());
    let orders = Arc::new(Orders::default());
    let shown = Arc::new(Shown::new(settings.node.clone(), (surroundings.now)()));
    let board = Board::new(&settings, surroundings, Arc::clone(&shown));
    let driver = Driver::new((waiter, sockets), Arc::clone(&orders), board, seed).map_err(StartError::System)?;
    orders.change(settings);
    waker.wake();
    let thread = std::thread::Builder::new().name("links".into()).spawn(move || driver.drive()).map_err(StartError::System)?;
    Ok(Mesh { orders, waker, shown, addresses, thread: Some(thread) })
}

impl Mesh {
    /// Other settings from now on. Links that stay are not disturbed. Where it listens does not change while it runs.
    pub fn reload(&self, settings: Settings) {
        self.orders.change(settings);
        self.waker.wake();
    }

    /// Whether we tell people of troubles, and are heard by them; at first we are not. Of those nodes that are, the first by name tells of
    /// what several see, and the others are told so by [`Inlet::telling`](allswell_model::Inlet::telling).
    pub fn tells(&self, tells: bool) {
        self.orders.tells(tells);
        self.waker.wake();
    }

    /// All that is known of links now.
    #[must_use]
    pub fn links(&self) -> Arc<Links> {
        self.shown.links()
    }

    /// Where it listens.
    #[must_use]
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Whether its thread still runs; one that ended is a bug.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }

    /// Tells the peers that we leave, and ends.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.orders.stop();
        self.waker.wake();
        if let Some(thread) = self.thread.take() {
            // One that panicked has said so already.
            let _ = thread.join();
        }
    }
}

impl Drop for Mesh {
    fn drop(&mut self) {
        self.end();
    }
}

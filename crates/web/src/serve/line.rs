//! What a request knows of the connection that it came by.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use super::places::{Place, Places, Whence};

/// A connection, as each request of it sees it.
#[derive(Clone)]
pub(crate) struct Line(Arc<Inner>);

struct Inner {
    whence: Whence,
    secure: bool,
    closing: watch::Receiver<bool>,
    streams: Arc<Places>,
    /// Held as long as it answers plain requests.
    place: Mutex<Option<Place>>,
}

impl Line {
    /// A line from there, in this place.
    pub(super) fn new(whence: Whence, place: Place, secure: bool, closing: watch::Receiver<bool>, streams: &Arc<Places>) -> Self {
        Self(Arc::new(Inner { whence, secure, closing, streams: Arc::clone(streams), place: Mutex::new(Some(place)) }))
    }

    /// Where its client is.
    pub(crate) fn whence(&self) -> Whence {
        self.0.whence
    }

    /// Whether it speaks TLS.
    pub(crate) fn secure(&self) -> bool {
        self.0.secure
    }

    /// Turns true when the server ends.
    pub(crate) fn closing(&self) -> watch::Receiver<bool> {
        self.0.closing.clone()
    }

    /// A place among those who listen for long, while there is one. The one among those who ask is given back: however many
    /// listen, a page finds its way. After the stream the connection must end.
    pub(crate) fn listen(&self) -> Option<Place> {
        let place = self.0.streams.take(self.0.whence)?;
        drop(self.0.place.lock().unwrap_or_else(PoisonError::into_inner).take());
        Some(place)
    }
}

//! How far a probe has come: kept outside of the exchange, so that a deadline still finds it.

use std::collections::HashSet;
use std::net::SocketAddr;

use allswell_model::{DownCause, Stage};

use crate::ending::spot;
use crate::failure::Failure;
use crate::protocols::http::place::Place;
use crate::wire::{Line, Watch};

/// Where the probe is.
pub(super) struct Trip {
    /// Whom it talks to.
    pub(super) peer: SocketAddr,
    /// The TCP connection, once it stands.
    pub(super) line: Option<Line>,
    /// The stream of HTTP, above TLS where there is TLS.
    pub(super) watch: Option<Watch>,
    /// How many redirects were followed.
    pub(super) redirects: i64,
    /// How much of the body came.
    pub(super) body: u64,
    /// How much of it was announced.
    pub(super) length: Option<u64>,
    /// Where the redirects led, as people read it.
    visited: Vec<String>,
}

impl Trip {
    pub(super) fn new(peer: SocketAddr) -> Self {
        Self { peer, line: None, watch: None, redirects: 0, body: 0, length: None, visited: Vec::new() }
    }

    /// A redirect is followed.
    pub(super) fn redirected(&mut self, to: &Place) {
        self.redirects += 1;
        self.visited.push(to.shown());
    }

    /// The next place has an address.
    pub(super) fn arrive(&mut self, peer: SocketAddr) {
        self.peer = peer;
        self.line = None;
        self.watch = None;
    }

    /// `Redirected to https://b.example/: ` before what went wrong there.
    pub(super) fn told(&self, mut failure: Failure) -> Failure {
        let is_the_loop_itself = failure.outcome.cause() == Some(DownCause::TOO_MANY_REDIRECTS.as_str());
        if let Some(last) = self.visited.last().filter(|_| !is_the_loop_itself) {
            failure.reason = format!("Redirected to {last}: {}", failure.reason);
        }
        failure
    }

    /// One more than is allowed.
    pub(super) fn too_many(&self, next: &Place) -> Failure {
        let next = next.shown();
        let distinct: HashSet<&String> = self.visited.iter().collect();
        let circle = if distinct.len() < self.visited.len() || distinct.contains(&next) { ": a circle" } else { "" };
        let reason = format!(
            "{} redirects once more after {} {}, to {next}{circle}.",
            spot(self.peer),
            self.redirects,
            if self.redirects == 1 { "redirect" } else { "redirects" },
        );
        Failure::down(Stage::FIRST_BYTE, DownCause::TOO_MANY_REDIRECTS, reason).said_by(self.peer.ip())
    }
}

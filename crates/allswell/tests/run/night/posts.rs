//! Targets whose state the test decides: one server, a path for each.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use allswell_testkit::server::Server;
use allswell_testkit::server::site::Answer;

const POSTS: u64 = 6;

/// Some targets; a bit for each that fails.
pub(super) struct Posts {
    server: Server,
    failing: Arc<AtomicU64>,
}

impl Posts {
    pub(super) fn new() -> Self {
        let failing = Arc::new(AtomicU64::new(0));
        let now = Arc::clone(&failing);
        let server = Server::http(move |asked| {
            let post: u64 = asked.target.trim_start_matches('/').parse().unwrap_or(0);
            Answer::status(if now.load(Ordering::SeqCst) >> post & 1 == 0 { 200 } else { 503 })
        });
        Self { server, failing }
    }

    pub(super) fn urls(&self) -> impl Iterator<Item = (String, String)> {
        (0..POSTS).map(|post| (format!("post{post}"), format!("{}/{post}", self.server.url("http"))))
    }

    /// Other targets fail than before; every fourth time none does.
    pub(super) fn shuffle(&self, round: u64) {
        let mixed = (round + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
        self.failing.store(if round % 4 == 3 { 0 } else { mixed % (1 << POSTS) }, Ordering::SeqCst);
    }

    pub(super) fn all_well(&self) {
        self.failing.store(0, Ordering::SeqCst);
    }
}

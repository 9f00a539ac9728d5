//! The other side of a webhook: it fails half of the time, and remembers what it was told.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use allswell_testkit::server::Server;
use allswell_testkit::server::site::{Answer, Asked};

/// One message as it came; it may have been refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) key: String,
    pub(super) kind: String,
    pub(super) incident: i64,
}

pub(super) struct Pager {
    server: Server,
    behaves: Arc<AtomicBool>,
}

impl Pager {
    pub(super) fn new() -> Self {
        let behaves = Arc::new(AtomicBool::new(false));
        let (well, turn) = (Arc::clone(&behaves), AtomicU64::new(0));
        let server = Server::http(move |_| {
            let fails = turn.fetch_add(1, Ordering::SeqCst).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 63 == 1;
            Answer::status(if fails && !well.load(Ordering::SeqCst) { 503 } else { 200 })
        });
        Self { server, behaves }
    }

    pub(super) fn url(&self) -> String {
        format!("{}/oncall", self.server.url("http"))
    }

    /// From now on everything is taken.
    pub(super) fn behave(&self) {
        self.behaves.store(true, Ordering::SeqCst);
    }

    /// All that it was told so far, taken or refused: either way it had left the program.
    pub(super) fn told(&self) -> Vec<Told> {
        self.server.asked().iter().map(told).collect()
    }
}

fn told(asked: &Asked) -> Told {
    let body: serde_json::Value = serde_json::from_slice(&asked.body).unwrap();
    let text = |name: &str| body[name].as_str().unwrap_or_else(|| panic!("no {name} in {body}")).to_owned();
    let key = asked.header("idempotency-key").unwrap().to_owned();
    let incident = body["incident"].as_i64().unwrap_or_else(|| panic!("no incident in {body}"));
    Told { key, kind: text("kind"), incident }
}

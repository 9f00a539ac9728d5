//! The program behind the pages, as far as there is one.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use allswell_model::link::Links;
use allswell_model::{TargetId, Timestamp};
use allswell_web::{Alerts, Control, Counters, Health};

/// It tells the time, and of links those that it was given, as if they were of this moment.
pub(crate) struct Program {
    pub(crate) links: Option<Box<dyn Fn(Timestamp) -> Links + Send + Sync>>,
}

/// The time by the wall's clock.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp(0) + since
}

fn made_up() -> Vec<String> {
    vec!["These targets are made up.".to_owned()]
}

impl Control for Program {
    fn now(&self) -> Timestamp {
        now()
    }
    fn version(&self) -> String {
        env!("CARGO_PKG_VERSION").to_owned()
    }
    fn counters(&self) -> Counters {
        Counters { due: 1_000, started: 990, in_flight: 3, lag_p99: Duration::from_micros(800), ..Counters::default() }
    }
    fn health(&self) -> Health {
        Health::Ok
    }
    fn reload(&self) -> Result<(), Vec<String>> {
        Err(made_up())
    }
    fn check(&self, _: &str) -> Result<String, Vec<String>> {
        Err(made_up())
    }
    fn put_target(&self, _: &TargetId, _: &str) -> Result<bool, Vec<String>> {
        Err(made_up())
    }
    fn remove_target(&self, _: &TargetId) -> Result<bool, Vec<String>> {
        Err(made_up())
    }
    fn alerts(&self) -> Alerts {
        Alerts::default()
    }
    fn links(&self) -> Option<Arc<Links>> {
        self.links.as_ref().map(|links| Arc::new(links(now())))
    }
}

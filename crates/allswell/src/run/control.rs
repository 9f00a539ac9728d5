//! What the pages and the API ask of the program: its counters, its health, and to do something.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc::{Sender, channel};

use allswell_engine::Counted;
use allswell_model::link::Links;
use allswell_model::{TargetId, Timestamp};
use allswell_store::Reader;
use allswell_web::{Alerts, Control, Counters, Health};

use super::Wish;
use super::alarm::Told;
use super::checks::Checks;
use super::links::Shown;

/// The program, as the pages see it.
pub(super) struct Controlled {
    pub(super) reader: Reader,
    pub(super) counted: Counted,
    pub(super) told: Told,
    pub(super) links: Shown,
    pub(super) checks: Checks,
    pub(super) wish: Sender<Wish>,
}

impl Controlled {
    /// Asks the supervisor, and waits for what it says: it does one thing after the other.
    fn ask<T>(&self, wish: impl FnOnce(Sender<Result<T, Vec<String>>>) -> Wish) -> Result<T, Vec<String>> {
        let (answer, answered) = channel();
        let ending = || vec!["The program is ending.".to_owned()];
        self.wish.send(wish(answer)).map_err(|_| ending())?;
        answered.recv().map_err(|_| ending())?
    }
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
        let unwritable = self.reader.board(|board| board.unwritable.clone());
        let stuck = || "No result has been judged for longer than any target's interval.".to_owned();
        let ailing: Vec<String> =
            unwritable.into_iter().chain(self.links.refused()).chain((!self.counted.makes_progress()).then(stuck)).collect();
        if ailing.is_empty() { Health::Ok } else { Health::Ailing(ailing) }
    }

    fn reload(&self) -> Result<(), Vec<String>> {
        self.ask(|answer| Wish::Reload(Some(answer)))
    }

    fn check(&self, target: &str) -> Result<String, Vec<String>> {
        self.checks.once(target)
    }

    fn put_target(&self, id: &TargetId, target: &str) -> Result<bool, Vec<String>> {
        self.ask(|answer| Wish::Put(id.clone(), target.to_owned(), answer))
    }

    fn remove_target(&self, id: &TargetId) -> Result<bool, Vec<String>> {
        self.ask(|answer| Wish::Remove(id.clone(), answer))
    }

    fn alerts(&self) -> Alerts {
        self.told.alerts()
    }

    fn links(&self) -> Option<Arc<Links>> {
        self.links.links()
    }
}

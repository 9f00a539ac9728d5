//! Probes that somebody asks for over the API, once each: beside the watch, bounded in number, and never where they may not go.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use allswell_engine::Plan;
use allswell_model::TargetId;
use allswell_probe::Denied;

use super::source::Read;
use crate::check;
use crate::config::{self, Links, Shared};

/// Each has a thread of its own while it lasts; more at once are refused.
const AT_ONCE: usize = 8;

/// What a target of the API is read with: the configuration's groups, defaults and channels, and what is forbidden.
pub(super) struct Terms {
    pub(super) shared: Shared,
    pub(super) deny: Arc<Denied>,
    /// Their names are not free.
    pub(super) links: Option<Links>,
}

impl Terms {
    pub(super) fn of(read: &Read) -> Self {
        Self { shared: read.shared.clone(), deny: Arc::new(read.deny.clone()), links: read.links.clone() }
    }

    /// A target of the API, which must not take the place of another.
    ///
    /// # Errors
    /// Every mistake, one sentence each.
    pub(super) fn read(&self, id: &TargetId, keys: &str, beside: &[Arc<Plan>]) -> Result<Arc<Plan>, Vec<String>> {
        let plan = config::read_target(Some(id), keys, &self.shared, &self.deny).map_err(sentences)?;
        if let Some((address, range)) = plan.denied() {
            return Err(vec![format!("{address} is in {range}, which targets of the API may not reach; `deny` says so.")]);
        }
        if self.links.as_ref().is_some_and(|links| links.are_called(&plan.target)) {
            return Err(vec![format!("{} is what a link is called or known by, so no target can be.", plan.target.name)]);
        }
        let twin = beside.iter().find(|other| other.target.id == plan.target.id || other.target.name == plan.target.name);
        match twin {
            Some(twin) => Err(vec![format!("{} is watched already, and stands elsewhere than in the API.", twin.target.name)]),
            None => Ok(plan),
        }
    }
}

/// The way to probe once, shared between the supervisor and the pages.
#[derive(Clone)]
pub(super) struct Checks {
    terms: Arc<Mutex<Arc<Terms>>>,
    running: Arc<AtomicUsize>,
}

impl Checks {
    pub(super) fn new(terms: Terms) -> Self {
        Self { terms: Arc::new(Mutex::new(Arc::new(terms))), running: Arc::default() }
    }

    /// The terms as they are now.
    pub(super) fn terms(&self) -> Arc<Terms> {
        Arc::clone(&self.terms.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Other terms from now on.
    pub(super) fn renew(&self, terms: Terms) {
        *self.terms.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(terms);
    }

    /// Probes a target once; the result as `check --json` prints it.
    pub(super) fn once(&self, target: &str) -> Result<String, Vec<String>> {
        let _turn = self.turn()?;
        let terms = self.terms();
        let plan = config::read_target(None, target, &terms.shared, &terms.deny).map_err(sentences)?;
        check::alone(&plan).map_err(|error| vec![format!("Not probed: {error}.")])
    }

    fn turn(&self) -> Result<Turn, Vec<String>> {
        let turn = Turn(Arc::clone(&self.running));
        if self.running.fetch_add(1, Ordering::SeqCst) < AT_ONCE {
            return Ok(turn);
        }
        Err(vec![format!("{AT_ONCE} checks are under way, and no more run at once; ask again in a moment.")])
    }
}

/// One of the places; free again when it is dropped.
struct Turn(Arc<AtomicUsize>);

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn sentences(mistakes: Vec<String>) -> Vec<String> {
    mistakes.into_iter().map(|mistake| if mistake.ends_with(['.', '?']) { mistake } else { mistake + "." }).collect()
}

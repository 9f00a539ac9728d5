//! What an operator orders: each order blocks a thread of its own, and few go on at once.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::control::Control;
use crate::problem::Problem;
use crate::state::App;

/// So many checks at once; each opens sockets, and the watch itself goes first. Further ones are told to come again.
const CHECKS: usize = 4;
/// So many changes under way or waiting for each other; further ones are told to come again.
const CHANGES: usize = 4;
/// Nobody waits longer for an order. It goes on meanwhile, and keeps its place until it has ended.
const PATIENCE: Duration = Duration::from_secs(120);

/// What kind of order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// A target is probed once.
    Check,
    /// What is watched changes.
    Change,
}

/// The places of those who order something.
pub(crate) struct Orders {
    checks: Arc<Semaphore>,
    changes: Arc<Semaphore>,
}

impl Orders {
    pub(crate) fn new() -> Self {
        Self { checks: Arc::new(Semaphore::new(CHECKS)), changes: Arc::new(Semaphore::new(CHANGES)) }
    }

    fn of(&self, order: Order) -> Arc<Semaphore> {
        Arc::clone(match order {
            Order::Check => &self.checks,
            Order::Change => &self.changes,
        })
    }
}

impl App {
    /// Has the program do this, apart from the threads that answer.
    ///
    /// # Errors
    /// When too much is under way already, or it takes too long.
    pub(crate) async fn order<T: Send + 'static>(
        &self,
        order: Order,
        act: impl FnOnce(&dyn Control) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let place = self.orders.of(order).try_acquire_owned();
        let place = place.map_err(|_| {
            tracing::info!(?order, "refused an order over the API: too many are under way");
            Problem::busy("Too much of this is under way already; try again.")
        })?;
        let control = Arc::clone(&self.control);
        let acting = tokio::task::spawn_blocking(move || (act(control.as_ref()), place).0);
        let late = |_| Problem::new(StatusCode::GATEWAY_TIMEOUT, "It takes too long to wait for; it goes on.");
        timeout(PATIENCE, acting).await.map_err(late)?.map_err(|error| Problem::ours(format!("A bug of ours: {error}.")))
    }
}

/// Each mistake of what was sent.
pub(crate) fn mistaken(detail: &str, mistakes: Vec<String>) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail).with_mistakes(mistakes)
}

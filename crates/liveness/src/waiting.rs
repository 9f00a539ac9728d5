//! To wait for what becomes of a connection, under any runtime.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::shared::Shared;
use crate::state::State;
use crate::verdict::Verdict;

/// Waits for an event after which a state is so.
pub(crate) struct Waiting {
    shared: Arc<Shared>,
    until: fn(&State) -> bool,
    /// Under which number the waker is kept.
    place: Option<u64>,
}

impl Waiting {
    pub(crate) fn new(shared: Arc<Shared>, until: fn(&State) -> bool) -> Self {
        Self { shared, until, place: None }
    }
}

impl Future for Waiting {
    type Output = Verdict;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Verdict> {
        // The waker first: what happens between the two steps then wakes again.
        self.place = Some(self.shared.wait(self.place, context.waker()));
        match self.shared.trouble() {
            Some(state) if (self.until)(&state) => Poll::Ready(self.shared.verdict()),
            _ if self.shared.is_let_go() => Poll::Ready(self.shared.verdict()),
            _ => Poll::Pending,
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(place) = self.place {
            self.shared.wait_no_more(place);
        }
    }
}

//! A response that keeps its place until it has been taken: so many are in memory at once, however slowly they are read.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::response::Response;
use hyper::body::{Frame, SizeHint};
use tokio::time::timeout;

use crate::problem::Problem;
use crate::serve::{Place, Places, Whence};

/// So many responses are made or wait to be taken at once; the largest, the metrics of ten thousand targets, have two megabytes.
const MOST: usize = 64;
/// So many of them for one address.
const OF_ONE: usize = 48;
/// The next ones wait, each on its own connection; after so long they are told to come again.
const PATIENCE: Duration = Duration::from_secs(10);

/// The places of responses.
pub(crate) struct Responses(Arc<Places>);

impl Responses {
    pub(crate) fn new() -> Self {
        Self(Places::new(MOST, OF_ONE))
    }

    /// A place for a response that goes there.
    ///
    /// # Errors
    /// When there is none for long, or those of the address are taken.
    pub(crate) async fn place(&self, whence: Whence) -> Result<Place, Problem> {
        let busy = || Problem::busy("Too many responses wait to be taken; try again.");
        let room = timeout(PATIENCE, self.0.room()).await.ok().flatten().ok_or_else(busy)?;
        self.0.give(room, whence).ok_or_else(busy)
    }
}

/// The response, which holds the place until it was sent or given up.
pub(crate) fn until_sent(response: Response, place: Place) -> Response {
    response.map(|body| Body::new(Held { body, _place: place }))
}

struct Held {
    body: Body,
    _place: Place,
}

impl HttpBody for Held {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests;

//! What a kind of channel is, and what a channel does: take one alert to somebody, or say why it did not.

use std::sync::Arc;
use std::time::Duration;

use allswell_model::Alert;
use allswell_model::settings::{Mistake, Settings};
use futures_util::future::BoxFuture;

use crate::declaration::Declaration;

/// A kind of channel: an entry in [`crate::CHANNELS`].
pub trait ChannelKind: Sync {
    /// What is known of it.
    fn declaration(&self) -> &'static Declaration;

    /// A channel, checked once, used for every alert.
    ///
    /// # Errors
    /// All of the operator's mistakes at once; a file that cannot be read is one.
    fn build(&self, settings: &Settings) -> Result<Arc<dyn Channel>, Vec<Mistake>>;
}

/// An alert on its way.
#[derive(Debug, Clone)]
pub struct Letter {
    /// What is to be told.
    pub alert: Arc<Alert>,
    /// Where the pages of this program are found, without a slash at its end; `None` where nobody told.
    pub page: Option<Arc<str>>,
}

/// A way to send alerts, made from an operator's settings.
pub trait Channel: Send + Sync {
    /// One attempt to send. Dropping the future ends it, and all that it began.
    ///
    /// # Errors
    /// Why it was not taken. Neither that nor the sentence on success holds a secret.
    fn send<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<String, Refusal>>;

    /// An attempt is ended after so long.
    fn timeout(&self) -> Duration;

    /// How many attempts there are at once, each of another incident.
    fn at_once(&self) -> usize;
}

/// The same want of ours in the same words, whatever was to be opened.
pub(crate) const OUT_OF_DESCRIPTORS: &str = "Not sent: our descriptors are used up; raise LimitNOFILE.";

/// Why an alert was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// One sentence, without secrets.
    pub sentence: String,
    /// The same attempt will hardly ever succeed: somebody has to change something. It is tried again all the same, but more slowly.
    pub permanent: bool,
    /// The other side asked not to be tried again before so long.
    pub retry_after: Option<Duration>,
}

impl Refusal {
    /// It may go better next time.
    #[must_use]
    pub fn passing(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), permanent: false, retry_after: None }
    }

    /// Somebody has to change something first.
    #[must_use]
    pub fn permanent(sentence: impl Into<String>) -> Self {
        Self { permanent: true, ..Self::passing(sentence) }
    }
}

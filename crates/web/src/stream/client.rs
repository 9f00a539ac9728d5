//! One client of the stream. It is asked for the next bytes when the socket can take some: nothing piles up for a slow
//! client; it falls behind in the log, and beyond a limit it is told so and dropped.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use allswell_store::Cursor;
use bytes::Bytes;
use futures_util::stream::{self, Stream};
use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior, interval, sleep, sleep_until};

use super::frame;
use crate::serve::Place;
use crate::state::App;

/// With no event and no pulse for so long, a comment tells that the line stands.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// A pulse comes so often.
const PULSE: Duration = Duration::from_secs(1);
/// A client that took nothing more for so long is too slow.
const PATIENCE: Duration = Duration::from_secs(10);
/// The log is read at most so often for one client, however fast events come.
const BREATH: Duration = Duration::from_millis(100);

/// One listener.
pub(super) struct Client {
    app: App,
    _place: Place,
    _listening: Arc<()>,
    after: Cursor,
    commits: watch::Receiver<u64>,
    closing: watch::Receiver<bool>,
    pulse: Option<Interval>,
    /// Whether the log may hold more than was read.
    behind: bool,
    /// When it was last given something; without a pulse this is also when the next comment is counted from.
    given: Instant,
    ended: bool,
}

enum Woken {
    Commit,
    Pulse,
    Quiet,
    Closing,
}

impl Client {
    /// A client that has seen everything up to this cursor.
    pub(super) fn new(app: App, place: Place, after: Cursor, closing: watch::Receiver<bool>) -> Self {
        let (commits, listening) = (app.hub.commits(), app.hub.listener());
        Self {
            app,
            _place: place,
            _listening: listening,
            after,
            commits,
            closing,
            pulse: None,
            behind: true,
            given: Instant::now(),
            ended: false,
        }
    }

    /// The same with a pulse each second, the first at once.
    pub(super) fn with_pulse(mut self) -> Self {
        let mut pulse = interval(PULSE);
        pulse.set_missed_tick_behavior(MissedTickBehavior::Delay);
        self.pulse = Some(pulse);
        self
    }

    /// The events, until there is a reason to end.
    pub(super) fn run(self) -> impl Stream<Item = Result<Bytes, Infallible>> + Send {
        stream::unfold(self, |mut client| async move {
            let bytes = client.next().await?;
            Some((Ok(bytes), client))
        })
    }

    /// Nothing comes after a `cut` but the end.
    async fn next(&mut self) -> Option<Bytes> {
        if self.ended {
            return None;
        }
        // Whoever keeps up asks for the next bytes as soon as it has the last ones.
        if self.given.elapsed() > PATIENCE {
            return Some(self.cut("too slow: nothing was taken for ten seconds; connect again, and the events go on where they ended"));
        }
        let bytes = loop {
            let bytes = if self.behind { self.read().await } else { self.hear().await };
            if !bytes.is_empty() {
                break bytes;
            }
        };
        self.given = Instant::now();
        Some(bytes)
    }

    /// What comes of the next thing that happens; it may be nothing.
    async fn hear(&mut self) -> Bytes {
        match self.wait().await {
            Woken::Commit => {
                self.behind = true;
                sleep(BREATH).await;
                Bytes::new()
            }
            Woken::Pulse => self.app.hub.pulse(&self.app),
            Woken::Quiet => frame::COMMENT,
            Woken::Closing => self.cut("the program ends"),
        }
    }

    async fn wait(&mut self) -> Woken {
        let Self { commits, closing, pulse, given, .. } = self;
        tokio::select! {
            biased;
            () = ends(closing) => Woken::Closing,
            woken = beats(pulse, *given) => woken,
            () = news(commits) => Woken::Commit,
        }
    }

    /// Reads the next page of the log.
    async fn read(&mut self) -> Bytes {
        let commit = *self.commits.borrow_and_update();
        match self.app.hub.read(&self.app, self.after, commit).await {
            Ok(told) => {
                (self.after, self.behind) = (told.next, told.more);
                told.text
            }
            Err(problem) => self.cut(problem.detail()),
        }
    }

    fn cut(&mut self, reason: &str) -> Bytes {
        self.ended = true;
        frame::reason("cut", reason)
    }
}

async fn ends(closing: &mut watch::Receiver<bool>) {
    // The server that told us is gone: the same.
    drop(closing.wait_for(|ends| *ends).await);
}

/// Whether there is news. It must not do more: what is awaited beside others may be dropped after it has heard.
async fn news(commits: &mut watch::Receiver<u64>) {
    if commits.changed().await.is_err() {
        std::future::pending::<()>().await;
    }
}

async fn beats(pulse: &mut Option<Interval>, given: Instant) -> Woken {
    match pulse {
        Some(pulse) => {
            pulse.tick().await;
            Woken::Pulse
        }
        None => {
            sleep_until((given + HEARTBEAT).into()).await;
            Woken::Quiet
        }
    }
}

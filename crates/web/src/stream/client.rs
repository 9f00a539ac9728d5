//! One client of the stream. It is asked for the next event when the socket can take one: nothing piles up for a slow
//! client; it falls behind in the log, and beyond a limit it is told so and dropped.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::{Duration, Instant};

use allswell_model::Event;
use allswell_store::Cursor;
use axum::response::sse;
use futures_util::stream::{self, Stream};
use serde::Serialize;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::{Interval, MissedTickBehavior, interval, sleep};

use crate::state::App;

/// With no event and no pulse for so long, a comment tells that the line stands.
pub(super) const HEARTBEAT: Duration = Duration::from_secs(15);
/// A pulse comes so often.
const PULSE: Duration = Duration::from_secs(1);
/// So many events are read from the log at once: all that is ever held for a client.
const PAGE: usize = 100;
/// A client that took nothing more for so long is too slow.
const PATIENCE: Duration = Duration::from_secs(10);
/// What is said when the cursor is older than what is kept.
const GAP: &str = "events after this cursor are no longer kept; those that are follow";
/// The log is read at most so often for one client, however fast commits come.
const BREATH: Duration = Duration::from_millis(100);

/// One listener.
pub(super) struct Client {
    app: App,
    _place: OwnedSemaphorePermit,
    after: Cursor,
    commits: watch::Receiver<u64>,
    closing: Option<watch::Receiver<bool>>,
    pulse: Option<Interval>,
    ready: VecDeque<sse::Event>,
    /// Whether the log may hold more than was read.
    behind: bool,
    /// When it was last given something.
    given: Instant,
    ended: bool,
}

/// Why the stream ends, told as its last event.
#[derive(Serialize)]
struct Cut {
    reason: String,
}

enum Woken {
    Commit,
    Pulse,
    Closing,
}

impl Client {
    /// A client that has seen everything up to this cursor.
    pub(super) fn new(app: App, place: OwnedSemaphorePermit, after: Cursor, closing: Option<watch::Receiver<bool>>) -> Self {
        let commits = app.hub.commits();
        Self {
            app,
            _place: place,
            after,
            commits,
            closing,
            pulse: None,
            ready: VecDeque::new(),
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
    pub(super) fn run(self) -> impl Stream<Item = Result<sse::Event, Infallible>> + Send {
        stream::unfold(self, |mut client| async move {
            let event = client.next().await?;
            Some((Ok(event), client))
        })
    }

    async fn next(&mut self) -> Option<sse::Event> {
        // Whoever keeps up asks for the next event as soon as it has the last one.
        if !self.ended && self.given.elapsed() > PATIENCE {
            self.cut("too slow: nothing was taken for ten seconds; connect again, and the events go on where they ended");
        }
        while self.ready.is_empty() && !self.ended {
            if self.behind {
                self.read().await;
            } else {
                match self.wait().await {
                    Woken::Commit => {
                        self.behind = true;
                        sleep(BREATH).await;
                    }
                    Woken::Pulse => self.beat(),
                    Woken::Closing => self.cut("the program ends"),
                }
            }
        }
        self.given = Instant::now();
        self.ready.pop_front()
    }

    async fn wait(&mut self) -> Woken {
        let Self { commits, closing, pulse, .. } = self;
        tokio::select! {
            biased;
            () = ends(closing) => Woken::Closing,
            () = beats(pulse) => Woken::Pulse,
            () = news(commits) => Woken::Commit,
        }
    }

    /// Reads the next page of the log.
    async fn read(&mut self) {
        self.commits.mark_unchanged();
        let after = self.after;
        match self.app.read(move |reader| reader.events(after, PAGE)).await {
            Ok(page) => {
                self.after = page.next;
                self.behind = page.more;
                if page.gap {
                    self.ready.extend(json("gap", &Cut { reason: GAP.to_owned() }));
                }
                let reader = &self.app.reader;
                self.ready.extend(page.events.iter().filter_map(|event| told(event, reader.cursor_of(&event.stamp))));
            }
            Err(problem) => self.cut(problem.detail()),
        }
    }

    fn beat(&mut self) {
        let pulse = self.app.hub.pulse(&self.app);
        self.ready.extend(json("pulse", &*pulse));
    }

    /// Nothing comes after this but the end.
    fn cut(&mut self, reason: impl Into<String>) {
        self.ready.clear();
        self.ready.extend(json("cut", &Cut { reason: reason.into() }));
        self.ended = true;
    }
}

async fn ends(closing: &mut Option<watch::Receiver<bool>>) {
    match closing {
        // The server that told us is gone: the same.
        Some(closing) => drop(closing.wait_for(|ends| *ends).await),
        None => std::future::pending().await,
    }
}

/// Whether there is news. It must not do more: what is awaited beside others may be dropped after it has heard.
async fn news(commits: &mut watch::Receiver<u64>) {
    if commits.changed().await.is_err() {
        std::future::pending::<()>().await;
    }
}

async fn beats(pulse: &mut Option<Interval>) {
    match pulse {
        Some(pulse) => drop(pulse.tick().await),
        None => std::future::pending().await,
    }
}

/// An event of the log under its own name, with the cursor after it as its id.
fn told(event: &Event, after: Cursor) -> Option<sse::Event> {
    let data = serde_json::to_value(event).ok()?;
    let name = data.get("event")?.as_str()?.to_owned();
    Some(sse::Event::default().event(name).id(after.to_string()).data(data.to_string()))
}

fn json(name: &str, data: &impl Serialize) -> Option<sse::Event> {
    Some(sse::Event::default().event(name).data(serde_json::to_string(data).ok()?))
}

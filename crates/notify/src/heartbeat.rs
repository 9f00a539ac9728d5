//! The heartbeat: a dead man's switch elsewhere is asked for as long as the watch lives, and rings when that ends.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use allswell_model::settings::{Mistake, Raw, SettingKind, SettingSpec, Settings};
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval, interval_at};

use crate::client::{Ask, Client};
use crate::counters::{HeartbeatCounters, Ledger};
use crate::notifier::Wall;

/// What `heartbeat` takes in the configuration.
pub const HEARTBEAT_SETTINGS: &[SettingSpec] = &[
    SettingSpec {
        name: "url",
        kind: SettingKind::Secret,
        default: None,
        doc: "what to GET, http or https, while probing and judging make progress; any 2xx reply counts, a redirect does not",
    },
    SettingSpec {
        name: "every",
        kind: SettingKind::Duration(Duration::from_secs(1), Duration::from_secs(24 * 60 * 60)),
        default: Some("1m"),
        doc: "how often",
    },
];

/// A beat is given up after this long, or after the interval where that is shorter.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Before the first beat.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Whom to tell that the watch lives, and how often.
#[derive(Clone)]
pub struct Heartbeat {
    settings: Settings,
    every: Duration,
    client: Arc<Client>,
}

impl Heartbeat {
    /// Reads [`HEARTBEAT_SETTINGS`].
    ///
    /// # Errors
    /// Every mistake at once.
    pub fn read(typed: &[(String, Raw)]) -> Result<Self, Vec<Mistake>> {
        let settings = Settings::read(HEARTBEAT_SETTINGS, typed)?;
        let client = Client::read(&settings).map_err(|mistake| vec![mistake])?;
        let every = settings.duration("every").unwrap_or(TIMEOUT);
        Ok(Self { settings, every, client: Arc::new(client) })
    }

    /// How often.
    #[must_use]
    pub fn every(&self) -> Duration {
        self.every
    }

    async fn beat(&self) -> Result<(), String> {
        let timeout = TIMEOUT.min(self.every);
        let reply = self.client.ask(Ask::get(), timeout).await?;
        if (200..300).contains(&reply.status) { Ok(()) } else { Err(reply.refusal(&self.client).sentence) }
    }
}

impl PartialEq for Heartbeat {
    fn eq(&self, other: &Self) -> bool {
        self.settings == other.settings
    }
}

impl fmt::Debug for Heartbeat {
    /// The URL is a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Heartbeat").field("host", &self.client.shown()).field("every", &self.every).finish_non_exhaustive()
    }
}

/// A heartbeat, and who says whether it may beat.
#[derive(Clone)]
pub(crate) struct Beating {
    pub(crate) heartbeat: Heartbeat,
    pub(crate) healthy: Arc<dyn Fn() -> bool + Send + Sync>,
}

/// Beats until it is told to stop.
pub(crate) async fn run(mut told: watch::Receiver<Option<Beating>>, mut stop: watch::Receiver<()>, wall: Wall, ledger: Ledger) {
    loop {
        let now = told.borrow_and_update().clone();
        {
            let mut counters = ledger.open();
            counters.heartbeat = now.as_ref().map(|_| counters.heartbeat.take().unwrap_or_default());
        }
        let again = told.clone();
        tokio::select! {
            biased;
            _ = stop.changed() => return,
            () = until_another(&mut told, now.as_ref()) => {}
            () = beat(now.as_ref(), again, &wall, &ledger) => {}
        }
    }
}

/// Ends when there is another heartbeat than this one.
async fn until_another(told: &mut watch::Receiver<Option<Beating>>, now: Option<&Beating>) {
    let another = |told: &Option<Beating>| told.as_ref().map(|told| &told.heartbeat) != now.map(|now| &now.heartbeat);
    // An error is the end of the whole, which is noticed beside this.
    if told.wait_for(another).await.is_err() {
        std::future::pending::<()>().await;
    }
}

async fn beat(now: Option<&Beating>, told: watch::Receiver<Option<Beating>>, wall: &Wall, ledger: &Ledger) {
    let Some(now) = now else { return std::future::pending().await };
    let every = now.heartbeat.every;
    // Whoever told the same heartbeat again may have brought another judge.
    let healthy = || told.borrow().as_ref().map_or_else(|| Arc::clone(&now.healthy), |told| Arc::clone(&told.healthy))();
    until_first(healthy, every).await;
    let mut clock = interval_at(Instant::now(), every);
    // After a stall one beat is enough.
    clock.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        clock.tick().await;
        if healthy() {
            let beaten = now.heartbeat.beat().await;
            ledger.heartbeat(|counters| count(counters, beaten, wall));
        } else {
            ledger.heartbeat(withheld);
        }
    }
}

/// A watch that has just begun is not well before its first results: that is no beat left out. It has one interval for them.
async fn until_first(healthy: impl Fn() -> bool, every: Duration) {
    let until = Instant::now() + every;
    let mut look = interval(LOOK_EVERY);
    while Instant::now() < until && !healthy() {
        look.tick().await;
    }
}

fn count(counters: &mut HeartbeatCounters, beaten: Result<(), String>, wall: &Wall) {
    match beaten {
        Ok(()) => {
            if counters.last_error.take().is_some() {
                tracing::info!("the heartbeat is taken again");
            }
            counters.sent += 1;
            counters.last_ok = Some(wall());
        }
        Err(why) => {
            if counters.last_error.is_none() {
                tracing::warn!("the heartbeat is not taken: {why}");
            }
            counters.failed += 1;
            counters.last_error = Some(why);
        }
    }
}

fn withheld(counters: &mut HeartbeatCounters) {
    const WHY: &str = "Left out: probing and judging make no progress.";
    if counters.last_error.as_deref() != Some(WHY) {
        tracing::error!("the heartbeat is left out: probing and judging make no progress");
    }
    counters.withheld += 1;
    counters.last_error = Some(WHY.into());
}

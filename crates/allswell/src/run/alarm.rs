//! What wakes people: the thread that sends alerts, the heartbeat that proves the watch itself, and what pages tell of both.

use std::sync::Arc;

use allswell_engine::{Counted, Engine};
use allswell_model::ChannelName;
use allswell_notify::{ChannelCounters, Channels, Counters, Heartbeat, Notifier};
use allswell_web::{Alerts, Heartbeat as Beats, Sending};

use super::trouble::Trouble;

/// The sender, and what of it the pages may ask.
pub(super) struct Alarm {
    notifier: Arc<Notifier>,
    counted: Counted,
}

impl Alarm {
    /// Begins to send what waits in the outbox. `page` is where a person finds the page.
    pub(super) fn start(engine: &Engine, page: String) -> Result<Self, Trouble> {
        let counted = engine.counters();
        let outbox = engine.outbox().ok_or_else(|| Trouble::Alarm("the engine has ended".into()))?;
        let clock = counted.clone();
        let notifier = allswell_notify::start(outbox, Arc::new(move || clock.now()), Some(page));
        let notifier = Arc::new(notifier.map_err(|error| Trouble::Alarm(error.to_string()))?);
        Ok(Self { notifier, counted })
    }

    /// Channels and heartbeat from now on.
    pub(super) fn heed(&self, channels: Channels, heartbeat: Option<Heartbeat>) {
        self.notifier.channels(channels);
        let counted = self.counted.clone();
        self.notifier.heartbeat(heartbeat, Arc::new(move || counted.makes_progress()));
    }

    /// What pages ask of it.
    pub(super) fn told(&self) -> Told {
        Told(Arc::downgrade(&self.notifier))
    }

    /// Whether what was last sent by this channel was not taken.
    pub(super) fn fails(&self, channel: &ChannelName) -> bool {
        self.notifier.counters().channels.get(channel).is_some_and(|counted| counted.last_error.is_some())
    }

    /// Whether its thread lives; one that ended is a bug, and nobody would be woken any more.
    pub(super) fn is_alive(&self) -> bool {
        self.notifier.is_alive()
    }

    /// Lets what is under way end in order, and notes it.
    pub(super) fn stop(self) {
        // Pages hold it for moments only, and have ended.
        if let Ok(notifier) = Arc::try_unwrap(self.notifier) {
            notifier.stop();
        }
    }
}

/// The counters of the sender, for as long as it lives.
#[derive(Clone)]
pub(super) struct Told(std::sync::Weak<Notifier>);

impl Told {
    pub(super) fn alerts(&self) -> Alerts {
        self.0.upgrade().map(|notifier| alerts(&notifier.counters())).unwrap_or_default()
    }
}

fn alerts(counters: &Counters) -> Alerts {
    let channels = counters.channels.iter().map(|(name, counted)| (name.clone(), sending(counted))).collect();
    let heartbeat = counters.heartbeat.as_ref().map(|beats| Beats { sent: beats.sent, failed: beats.failed, last_ok: beats.last_ok });
    Alerts { channels, waiting: counters.waiting, heartbeat }
}

fn sending(counted: &ChannelCounters) -> Sending {
    let ChannelCounters { delivered, failed, given_up, last_error, .. } = counted.clone();
    Sending { delivered, failed, given_up, last_error }
}

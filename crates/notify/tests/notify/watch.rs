//! A notifier with its outbox and clock, and how a test waits.

use std::sync::Arc;
use std::time::{Duration, Instant};

use allswell_model::ChannelName;
use allswell_model::settings::Raw;
use allswell_notify::{ChannelCounters, Channels, Notifier, start};

use crate::memory::{Clock, Memory};

pub(crate) struct Watch {
    pub(crate) outbox: Arc<Memory>,
    pub(crate) clock: Clock,
    pub(crate) notifier: Notifier,
}

impl Watch {
    pub(crate) fn over(outbox: Arc<Memory>, channels: Channels) -> Self {
        let clock = Clock::default();
        let notifier = start(Arc::clone(&outbox) as _, clock.wall(), Some("https://watch.example/".into())).unwrap();
        notifier.channels(channels);
        Self { outbox, clock, notifier }
    }

    pub(crate) fn new(channels: Channels) -> Self {
        Self::over(Memory::new(), channels)
    }

    pub(crate) fn counters(&self, channel: &str) -> ChannelCounters {
        self.notifier.counters().channels.remove(&name(channel)).unwrap_or_default()
    }

    /// Waits until the sender has noted as many attempts.
    pub(crate) fn until_told(&self, count: usize) {
        until("a note", || self.outbox.told().len() >= count);
    }

    pub(crate) fn forward(&self, by: Duration) {
        self.clock.forward(by);
        self.outbox.ring();
    }
}

pub(crate) fn name(text: &str) -> ChannelName {
    ChannelName::new(text).unwrap()
}

/// Waits for a condition, for twenty seconds at most.
pub(crate) fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < deadline, "{what} did not come about");
        std::thread::park_timeout(Duration::from_millis(2));
    }
}

pub(crate) fn text(value: &str) -> Raw {
    Raw::Scalar(value.to_owned())
}

pub(crate) fn hooks(all: &[(&str, &str)]) -> Channels {
    let mut channels = Channels::new();
    for (channel, url) in all {
        hook(&mut channels, channel, url, &[]);
    }
    channels
}

pub(crate) fn hook(channels: &mut Channels, channel: &str, url: &str, more: &[(&str, &str)]) {
    let mut typed = vec![("url".to_owned(), text(url))];
    typed.extend(more.iter().map(|(name, value)| ((*name).to_owned(), text(value))));
    channels.insert(name(channel), "webhook", &typed).unwrap();
}

/// A channel that runs a script by the shell.
pub(crate) fn script(channels: &mut Channels, channel: &str, script: &str, more: &[(&str, &str)]) {
    let command = Raw::List(["/bin/sh", "-c", script].into_iter().map(text).collect());
    let mut typed = vec![("command".to_owned(), command)];
    typed.extend(more.iter().map(|(name, value)| ((*name).to_owned(), text(value))));
    channels.insert(name(channel), "exec", &typed).unwrap();
}

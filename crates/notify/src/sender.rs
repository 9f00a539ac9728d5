//! The sender's loop: waits for the outbox, a due time, an attempt's end, or an order, and does nothing else.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use allswell_model::{Attempted, ChannelName, Outbox, Pending, Sent, Timestamp};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::attempt;
use crate::channel::{Letter, Refusal};
use crate::counters::Ledger;
use crate::lanes::Lanes;
use crate::notes::Notes;
use crate::notifier::Wall;
use crate::set::{Channels, Defined};

/// Alerts of a channel that is no longer configured wait so long for it to come back, since a slip in an edit must lose none; then they
/// are given up. The time runs anew after a start of the program.
pub const GRACE: Duration = Duration::from_secs(15 * 60);

/// The outbox is read again no sooner than this after it was: ten thousand waiting alerts must not be listed for each that comes.
const READ_GAP: Duration = Duration::from_millis(50);
/// Nor sooner than this many times what reading it took, up to a second: a long list must leave time to send.
const READ_SHARE: u32 = 4;
const LONGEST_READ_GAP: Duration = Duration::from_secs(1);
/// And no later than this, should a wake-up have been lost; clocks that jump are noticed too.
const READ_AT_LEAST: Duration = Duration::from_secs(30);
/// A note that found no place is tried again after this long.
const NOTE_AGAIN: Duration = Duration::from_millis(250);
/// So many orphans are given up at a time: a note is a write.
const ORPHANS_AT_ONCE: usize = 256;
/// What is under way at the end gets this long.
const LAST_CALL: Duration = Duration::from_secs(1);
/// And within it, notes that find no place are tried again so often.
const LAST_NOTES: Duration = Duration::from_millis(20);

/// What it is told from outside: the latest value counts.
pub(crate) struct Orders {
    /// `None` until somebody told.
    pub(crate) channels: watch::Receiver<Option<Channels>>,
    /// Ends when its sender is dropped.
    pub(crate) stop: watch::Receiver<()>,
}

/// An attempt that ended.
type Ended = (Pending, Result<String, Refusal>);

/// All that the sender's thread holds.
pub(crate) struct Sender {
    notes: Notes,
    wall: Wall,
    page: Option<Arc<str>>,
    ledger: Ledger,
    orders: Orders,
    /// `None` until somebody told: nothing is sent, and nothing given up, before.
    channels: Option<Channels>,
    lanes: Lanes,
    attempts: JoinSet<Ended>,
    /// Since when a channel, for which alerts wait, is not configured.
    gone: BTreeMap<ChannelName, Timestamp>,
    read: Option<Instant>,
    /// Not again before so long after that.
    gap: Duration,
    stale: bool,
}

impl Sender {
    pub(crate) fn new(notes: Notes, wall: Wall, page: Option<Arc<str>>, ledger: Ledger, orders: Orders) -> Self {
        Self {
            notes,
            wall,
            page,
            ledger,
            orders,
            channels: None,
            lanes: Lanes::default(),
            attempts: JoinSet::new(),
            gone: BTreeMap::new(),
            read: None,
            gap: READ_GAP,
            stale: true,
        }
    }

    /// Runs until it is told to stop.
    pub(crate) async fn run(mut self, outbox: Arc<dyn Outbox>) {
        let wake = Arc::new(Notify::new());
        let bell = Arc::clone(&wake);
        let following = outbox.follow(Box::new(move || bell.notify_one()));
        loop {
            self.notes.save();
            self.read_outbox();
            self.give_up_orphans();
            self.begin_attempts();
            self.publish();
            let until = self.next_look();
            tokio::select! {
                _ = self.orders.stop.changed() => break,
                Some(ended) = self.attempts.join_next() => self.ended(ended.ok()),
                told = self.orders.channels.changed() => if told.is_ok() { self.adopt() } else { break },
                () = wake.notified() => self.stale = true,
                () = sleep_until(until) => {}
            }
        }
        drop(following);
        self.last_call().await;
    }

    /// Takes the new set of channels.
    fn adopt(&mut self) {
        let Some(told) = self.orders.channels.borrow_and_update().clone() else { return };
        let (channels, changed) = told.after(self.channels.as_ref().unwrap_or(&Channels::default()));
        let is_first = self.channels.is_none();
        for name in &changed {
            // At the start nothing was mended: what waits keeps its due time.
            if !is_first {
                self.lanes.hurry(name, (self.wall)());
            }
        }
        let mut counters = self.ledger.open();
        counters.channels.retain(|name, _| channels.contains(name));
        for (name, defined) in channels.iter() {
            counters.channels.entry(name.clone()).or_default().kind = defined.kind();
        }
        drop(counters);
        self.channels = Some(channels);
    }

    fn read_outbox(&mut self) {
        let now = Instant::now();
        let age = self.read.map(|read| now.duration_since(read));
        let is_due = age.is_none_or(|age| age >= READ_AT_LEAST || self.stale && age >= self.gap);
        if is_due {
            self.read = Some(now);
            self.stale = false;
            self.lanes.read(self.notes.waiting(), (self.wall)());
            self.gap = (now.elapsed() * READ_SHARE).clamp(READ_GAP, LONGEST_READ_GAP);
        }
    }

    fn give_up_orphans(&mut self) {
        let Some(channels) = &self.channels else { return };
        let now = (self.wall)();
        let orphaned: Vec<ChannelName> =
            self.lanes.depths().filter(|(name, ..)| !channels.contains(name)).map(|(name, ..)| name.clone()).collect();
        self.gone.retain(|name, _| orphaned.contains(name));
        for name in orphaned {
            let since = *self.gone.entry(name.clone()).or_insert(now);
            if now.since(since) < GRACE {
                continue;
            }
            let orphans = self.lanes.idle(&name, ORPHANS_AT_ONCE);
            let detail = format!("Given up: there is no channel {name} any longer.");
            tracing::error!(channel = %name, "{} alerts are given up: there is no such channel any longer", orphans.len());
            self.ledger.open().orphaned += orphans.len() as u64;
            for pending in orphans {
                let key = pending.alert.key.clone();
                self.note(&pending, Attempted { key, at: now, ended: Sent::GivenUp, detail: detail.clone() });
            }
        }
    }

    fn begin_attempts(&mut self) {
        let Some(channels) = &self.channels else { return };
        let ready = self.lanes.take((self.wall)(), |name| room(channels, name));
        for pending in ready {
            let Some(defined) = channels.find(&pending.alert.channel) else { continue };
            let channel = Arc::clone(defined.channel());
            let letter = Letter { alert: Arc::clone(&pending.alert), page: self.page.clone() };
            self.attempts.spawn(async move {
                let ended = attempt::send(channel, letter).await;
                (pending, ended)
            });
        }
    }

    /// `None` would be an attempt that was ended from outside, which only the end of the whole does.
    fn ended(&mut self, ended: Option<Ended>) {
        let Some((pending, ended)) = ended else { return };
        let now = (self.wall)();
        let attempted = attempt::noted(&pending, &ended, now);
        let name = &pending.alert.channel;
        self.ledger.channel(name, |counters| counters.count(&attempted, ended.as_ref().err(), name));
        self.note(&pending, attempted);
    }

    fn note(&mut self, pending: &Pending, attempted: Attempted) {
        self.lanes.ended(&pending.alert.channel, pending.alert.incident, &attempted);
        self.notes.add(attempted);
    }

    fn publish(&self) {
        let mut counters = self.ledger.open();
        for channel in counters.channels.values_mut() {
            (channel.waiting, channel.under_way) = (0, 0);
        }
        counters.waiting = 0;
        for (name, waiting, under_way) in self.lanes.depths() {
            counters.waiting += waiting as u64;
            if let Some(channel) = counters.channels.get_mut(name) {
                (channel.waiting, channel.under_way) = (waiting as u64, under_way as u64);
            }
        }
    }

    fn next_look(&self) -> Instant {
        let (now, wall) = (Instant::now(), (self.wall)());
        let mut until = now + READ_AT_LEAST;
        if self.stale {
            until = until.min(self.read.map_or(now, |read| read + self.gap));
        }
        if !self.notes.are_saved() {
            until = until.min(now + NOTE_AGAIN);
        }
        if let Some(since) = self.gone.values().min() {
            // Past that, the next lot of orphans is due a little later.
            until = until.min(now + (*since + GRACE).since(wall).max(READ_GAP));
        }
        if let Some(channels) = &self.channels
            && let Some(due) = self.lanes.next_due(|name| room(channels, name))
        {
            until = until.min(now + due.since(wall));
        }
        until
    }

    async fn last_call(mut self) {
        let until = Instant::now() + LAST_CALL;
        while let Ok(Some(ended)) = timeout_at(until, self.attempts.join_next()).await {
            self.ended(ended.ok());
        }
        while !self.notes.are_saved() && Instant::now() < until {
            sleep_until(Instant::now() + LAST_NOTES).await;
            self.notes.save();
        }
        // What is still under way ends here, with its sockets and processes.
        self.attempts.shutdown().await;
    }
}

fn room(channels: &Channels, name: &ChannelName) -> usize {
    channels.find(name).map(Defined::channel).map_or(0, |channel| channel.at_once())
}

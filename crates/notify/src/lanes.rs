//! Which alert is next: in order within an incident, at once across incidents and channels. Pure: times are arguments.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use allswell_model::{AlertKey, Attempted, ChannelName, IncidentId, Pending, Sent, Timestamp};

use crate::backoff::LONGEST_WAIT;

/// What waits, by channel. Its order of calls: [`Lanes::read`] whenever the outbox may have changed, [`Lanes::take`] to begin attempts,
/// [`Lanes::ended`] for each that was taken.
#[derive(Debug, Default)]
pub(crate) struct Lanes {
    lanes: BTreeMap<ChannelName, Lane>,
    /// To be tried without waiting for their due time: their channel was mended. What was under way just then stays here, for its attempt
    /// was the old channel's.
    eager: BTreeSet<AlertKey>,
}

/// One channel's.
#[derive(Debug, Default)]
struct Lane {
    /// The alerts of each incident, the oldest first. Only the first may be sent.
    trains: BTreeMap<IncidentId, VecDeque<Pending>>,
    /// The incidents whose first alert is not under way, by when that is due.
    ready: BTreeSet<(Timestamp, IncidentId)>,
    under_way: BTreeMap<IncidentId, AlertKey>,
    /// How many alerts stand in the trains.
    waiting: usize,
}

impl Lanes {
    /// Takes what waits, in the order in which it was decided, in the place of what it knew; what is under way stays so.
    pub(crate) fn read(&mut self, waiting: Vec<Pending>, now: Timestamp) {
        let mut eager = BTreeSet::new();
        for lane in self.lanes.values_mut() {
            lane.trains.clear();
            lane.waiting = 0;
        }
        for mut pending in waiting {
            if self.eager.contains(&pending.alert.key) {
                eager.insert(pending.alert.key.clone());
                pending.due = pending.due.min(now);
            }
            // A clock that was set back must not silence an alert for as long.
            if pending.due > now + LONGEST_WAIT * 2 {
                pending.due = now;
            }
            let lane = self.lanes.entry(pending.alert.channel.clone()).or_default();
            lane.trains.entry(pending.alert.incident).or_default().push_back(pending);
            lane.waiting += 1;
        }
        self.eager = eager;
        self.lanes.retain(|_, lane| {
            lane.line_up();
            !lane.trains.is_empty() || !lane.under_way.is_empty()
        });
    }

    /// Begins attempts: all that are due and find room. `room` tells how many a channel may have at once; 0 for one that is not there.
    pub(crate) fn take(&mut self, now: Timestamp, room: impl Fn(&ChannelName) -> usize) -> Vec<Pending> {
        let mut taken = Vec::new();
        for (name, lane) in &mut self.lanes {
            let room = room(name);
            while lane.under_way.len() < room
                && let Some(pending) = lane.depart(now)
            {
                self.eager.remove(&pending.alert.key);
                taken.push(pending);
            }
        }
        taken
    }

    /// Notes what came of an attempt, or of giving up without one.
    pub(crate) fn ended(&mut self, channel: &ChannelName, incident: IncidentId, attempted: &Attempted) {
        let at_once = self.eager.contains(&attempted.key).then_some(attempted.at);
        if let Some(lane) = self.lanes.get_mut(channel) {
            lane.arrive(incident, attempted, at_once);
        }
    }

    /// A channel was mended: what waits for it is tried at once.
    pub(crate) fn hurry(&mut self, channel: &ChannelName, now: Timestamp) {
        let Some(lane) = self.lanes.get_mut(channel) else { return };
        for pending in lane.trains.values_mut().flatten() {
            pending.due = pending.due.min(now);
            self.eager.insert(pending.alert.key.clone());
        }
        lane.line_up();
    }

    /// When the next attempt that would find room is due.
    pub(crate) fn next_due(&self, room: impl Fn(&ChannelName) -> usize) -> Option<Timestamp> {
        let waiting = self.lanes.iter().filter(|(name, lane)| lane.under_way.len() < room(name));
        waiting.filter_map(|(_, lane)| lane.ready.first().map(|(due, _)| *due)).min()
    }

    /// The channels for which something waits, how much, and how many attempts are under way.
    pub(crate) fn depths(&self) -> impl Iterator<Item = (&ChannelName, usize, usize)> {
        self.lanes.iter().map(|(name, lane)| (name, lane.waiting, lane.under_way.len()))
    }

    /// At most so many alerts of a channel that are not under way, nor behind one that is.
    pub(crate) fn idle(&self, channel: &ChannelName, at_most: usize) -> Vec<Pending> {
        let Some(lane) = self.lanes.get(channel) else { return Vec::new() };
        let trains = lane.trains.iter().filter(|(incident, _)| !lane.under_way.contains_key(incident));
        trains.flat_map(|(_, train)| train).take(at_most).cloned().collect()
    }
}

impl Lane {
    /// Finds out anew which incidents are ready.
    fn line_up(&mut self) {
        let idle = self.trains.iter().filter(|(incident, _)| !self.under_way.contains_key(incident));
        self.ready = idle.filter_map(|(incident, train)| Some((train.front()?.due, *incident))).collect();
    }

    fn depart(&mut self, now: Timestamp) -> Option<Pending> {
        let (due, incident) = *self.ready.first()?;
        if due > now {
            return None;
        }
        self.ready.pop_first();
        let pending = self.trains.get(&incident)?.front()?.clone();
        self.under_way.insert(incident, pending.alert.key.clone());
        Some(pending)
    }

    /// `at_once` is the time to try again where the failure does not count.
    fn arrive(&mut self, incident: IncidentId, attempted: &Attempted, at_once: Option<Timestamp>) {
        if self.under_way.get(&incident) == Some(&attempted.key) {
            self.under_way.remove(&incident);
        }
        let Some(train) = self.trains.get_mut(&incident) else { return };
        if let Some(front) = train.front() {
            self.ready.remove(&(front.due, incident));
        }
        if let Some(index) = train.iter().position(|pending| pending.alert.key == attempted.key) {
            match (attempted.ended, train.get_mut(index)) {
                (Sent::Again(due), Some(pending)) => {
                    pending.due = at_once.unwrap_or(due);
                    pending.attempts = pending.attempts.saturating_add(1);
                }
                _ => {
                    train.remove(index);
                    self.waiting -= 1;
                }
            }
        }
        match train.front() {
            None => drop(self.trains.remove(&incident)),
            Some(front) if !self.under_way.contains_key(&incident) => drop(self.ready.insert((front.due, incident))),
            Some(_) => {}
        }
    }
}

#[cfg(test)]
mod tests;

//! One timer for many connections: whom to ask when, and who did not answer. No clock, no socket.
//!
//! Each connection has a grid: turns at `first + k * interval`, where the first is spread over the interval by a hash, and each question
//! is asked at its turn or a little later (jitter). So nothing drifts. One question at a time: a turn that comes while an answer is awaited
//! is passed over. A miss asks the same question again, because the acknowledgement of those few bytes is the freshest proof of the
//! peer's kernel that can be had; a new question would gain nothing, since TCP has not lost the old one.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::{Duration, Instant};

use super::beat::{Back, Beat, Miss};
use super::queue::Queue;
use super::settings::Heartbeat;
use super::spread;

/// The heartbeats of many connections, known by a key each: a number, a token, an address.
///
/// Wait until [`next_due`](Self::next_due) or until something can be read. First read, and tell [`pong`](Self::pong) or
/// [`heard`](Self::heard) of every whole frame; then call [`poll`](Self::poll) until it says nothing. In this order an answer that lies
/// ready is never called a miss.
///
/// A beat allocates nothing and makes no system call of its own. Keys are cloned with each beat, so let them be cheap.
#[derive(Debug)]
pub struct Beats<K> {
    heartbeat: Heartbeat,
    seed: u64,
    /// How many numbers were drawn; no two are the same.
    drawn: u64,
    /// Only ever asked for one key, never walked through: its order would depend on a seed.
    by_key: HashMap<K, usize>,
    slots: Vec<Option<Slot<K>>>,
    free: Vec<usize>,
    queue: Queue,
}

#[derive(Debug)]
struct Slot<K> {
    key: K,
    /// The coming question's place on the grid, its jitter not counted.
    turn: Instant,
    /// Of the last question.
    number: u64,
    /// When that was first asked, until its pong came.
    asked: Option<Instant>,
    heard: Instant,
    missed: u32,
    wait: Wait,
}

/// What a slot waits for.
#[derive(Debug, Clone, Copy)]
enum Wait {
    /// Its turn to be asked.
    Turn,
    /// An answer, or the deadline.
    Answer,
    /// To be asked again, at once.
    Again,
    /// That its return is said, at once.
    Back(Back),
    /// To be heard or removed: it is lost, and not armed.
    Frame,
}

impl<K: Clone + Eq + Hash> Beats<K> {
    /// None yet. The seed shapes first turns, jitter and numbers: one of its own for each process, so that many of them do not ask in step.
    #[must_use]
    pub fn new(heartbeat: Heartbeat, seed: u64) -> Self {
        Self { heartbeat, seed, drawn: 0, by_key: HashMap::new(), slots: Vec::new(), free: Vec::new(), queue: Queue::default() }
    }

    /// How many connections there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_key.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_key.is_empty()
    }

    /// Adds a connection; one of the same key ends, and no pong to it counts for the new one.
    pub fn add(&mut self, key: K, now: Instant) {
        self.remove(&key);
        let number = draw(self.seed, &mut self.drawn);
        let turn = now + spread::part(number, self.heartbeat.interval());
        let fresh = Slot { key: key.clone(), turn, number, asked: None, heard: now, missed: 0, wait: Wait::Turn };
        let slot = self.free.pop().unwrap_or(self.slots.len());
        match self.slots.get_mut(slot) {
            Some(place) => *place = Some(fresh),
            None => self.slots.push(Some(fresh)),
        }
        self.by_key.insert(key, slot);
        self.queue.set(slot, turn);
    }

    /// Removes a connection; nothing more is said of it. Says whether there was one.
    pub fn remove(&mut self, key: &K) -> bool {
        let Some(slot) = self.by_key.remove(key) else { return false };
        self.queue.unset(slot);
        if let Some(place) = self.slots.get_mut(slot) {
            *place = None;
        }
        self.free.push(slot);
        true
    }

    /// How many misses in a row a connection has.
    #[must_use]
    pub fn missed(&self, key: &K) -> Option<u32> {
        let slot = *self.by_key.get(key)?;
        self.slots.get(slot)?.as_ref().map(|slot| slot.missed)
    }

    /// When to call [`poll`](Self::poll) at the latest.
    #[must_use]
    pub fn next_due(&self) -> Option<Instant> {
        self.queue.first().map(|(at, _)| at)
    }

    /// A pong came. Gives how long its ping took, when that was the last one asked and not answered yet; anything else (late for a question
    /// that others replaced, twice, of another connection, invented) counts for nothing.
    pub fn pong(&mut self, key: &K, number: u64, now: Instant) -> Option<Duration> {
        let slot = self.slot(key)?.1;
        let asked = slot.asked.filter(|_| slot.number == number)?;
        slot.asked = None;
        self.heard(key, now);
        Some(now.saturating_duration_since(asked))
    }

    /// Another whole frame came: that too proves the application, and answers the question as far as life goes.
    pub fn heard(&mut self, key: &K, now: Instant) {
        let heartbeat = self.heartbeat;
        let Some((place, slot)) = self.slot(key) else { return };
        let silent = now.saturating_duration_since(slot.heard);
        slot.heard = now;
        let at = match slot.wait {
            Wait::Turn | Wait::Back(_) => return,
            _ if slot.missed > 0 => {
                slot.wait = Wait::Back(Back { missed: slot.missed, silent });
                now
            }
            _ => slot.await_turn(&heartbeat, now),
        };
        slot.missed = 0;
        self.queue.set(place, at);
    }

    /// What is due by now; call it until it says nothing.
    pub fn poll(&mut self, now: Instant) -> Option<(K, Beat)> {
        loop {
            let (due, place) = self.queue.first().filter(|(due, _)| *due <= now)?;
            let heartbeat = self.heartbeat;
            let (seed, drawn) = (self.seed, &mut self.drawn);
            let Some(slot) = self.slots.get_mut(place).and_then(Option::as_mut) else {
                self.queue.unset(place);
                continue;
            };
            let (beat, next) = slot.fire(&heartbeat, || draw(seed, drawn), now.saturating_duration_since(due), now);
            let key = slot.key.clone();
            match next {
                Some(at) => self.queue.set(place, at),
                None => self.queue.unset(place),
            }
            return Some((key, beat));
        }
    }

    fn slot(&mut self, key: &K) -> Option<(usize, &mut Slot<K>)> {
        let place = *self.by_key.get(key)?;
        Some((place, self.slots.get_mut(place)?.as_mut()?))
    }
}

/// The next number of this seed.
fn draw(seed: u64, drawn: &mut u64) -> u64 {
    *drawn = drawn.wrapping_add(1);
    spread::number(seed, *drawn)
}

impl<K> Slot<K> {
    /// What it waited for is due: says so, and when it is due next.
    fn fire(&mut self, heartbeat: &Heartbeat, draw: impl FnOnce() -> u64, late: Duration, now: Instant) -> (Beat, Option<Instant>) {
        let deadline = Some(now + heartbeat.timeout());
        match self.wait {
            Wait::Turn => {
                (self.number, self.asked, self.wait) = (draw(), Some(now), Wait::Answer);
                (Beat::Ping(self.number), deadline)
            }
            Wait::Again => {
                self.wait = Wait::Answer;
                (Beat::Ping(self.number), deadline)
            }
            Wait::Answer if late > heartbeat.tolerance() => (Beat::Late(late), deadline),
            Wait::Answer => self.miss(heartbeat, now),
            Wait::Back(back) => (Beat::Back(back), Some(self.await_turn(heartbeat, now))),
            // Never armed; should it be, it is asked and nothing is lost.
            Wait::Frame => (Beat::Ping(self.number), None),
        }
    }

    fn miss(&mut self, heartbeat: &Heartbeat, now: Instant) -> (Beat, Option<Instant>) {
        self.missed = self.missed.saturating_add(1);
        let miss = Miss {
            number: self.number,
            missed: self.missed,
            allowed: heartbeat.misses_allowed(),
            waited: self.asked.map_or(Duration::ZERO, |asked| now.saturating_duration_since(asked)),
            silent: now.saturating_duration_since(self.heard),
        };
        if miss.missed > miss.allowed {
            self.wait = Wait::Frame;
            return (Beat::Lost(miss), None);
        }
        self.wait = Wait::Again;
        (Beat::Missed(miss), Some(now))
    }

    /// Waits for the first turn that is still to come; those that went by meanwhile are passed over.
    fn await_turn(&mut self, heartbeat: &Heartbeat, now: Instant) -> Instant {
        self.wait = Wait::Turn;
        self.turn = spread::next_on_grid(self.turn, heartbeat.interval(), now);
        self.turn + spread::part(spread::mix(self.number), heartbeat.jitter())
    }
}

#[cfg(test)]
mod tests;

//! When each target is due. Pure: the time is an argument, and the order depends on nothing but the ids.
//!
//! Each target has a grid: turns at `phase + k * every` with the phase a hash of its id, so that targets
//! spread evenly, do not drift, and keep their places when others come and go. Beside the grid a target may have
//! one early turn: soon after it was added, and while it is suspect.
//!
//! Call [`Schedule::pop`] until it gives nothing, run what it gave, say [`Schedule::finished`] of each, and come
//! back at [`Schedule::next_due`].

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::time::Duration;

use allswell_model::TargetId;

/// Microseconds since the engine's start, by the monotonic clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct Moment(pub u64);

impl Moment {
    /// The moment this much later.
    pub(crate) fn after(self, d: Duration) -> Self {
        Self(self.0.saturating_add(micros(d)))
    }

    /// The time since an earlier moment; nothing when it is not earlier.
    pub(crate) fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0))
    }
}

/// A target is first probed within this time of being added, so that a start shows something soon.
pub(crate) const FIRST_TURN_WITHIN: Duration = Duration::from_secs(2);

/// A target's place in the schedule, cheap to copy. It names nothing once the target was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    slot: usize,
    generation: u64,
}

impl Place {
    /// Which slot, for a table beside the schedule; slots are used again after a removal.
    pub(crate) fn slot(self) -> usize {
        self.slot
    }
}

/// A target's turn to be probed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Turn {
    /// Whose.
    pub(crate) place: Place,
    /// When it was due; the difference to now is the start lag.
    pub(crate) due: Moment,
    /// How many of the target's grid turns went by unpopped and are made up for by this one.
    pub(crate) collapsed: u64,
}

/// What [`Schedule::pop`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Popped {
    /// Probe it now.
    Run(Turn),
    /// Its last probe still runs, so this turn is skipped.
    Skipped(Turn),
}

#[derive(Debug)]
struct Slot {
    id: TargetId,
    generation: u64,
    every: u64,
    phase: u64,
    running: bool,
    /// The armed turn on the grid. A heap entry that does not match it is stale.
    grid: Moment,
    /// The armed turn beside the grid.
    early: Option<Moment>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Lane {
    Grid,
    Early,
}

type Armed = Reverse<(Moment, usize, u64, Lane)>;

/// Every target's next turn.
#[derive(Debug, Default)]
pub(crate) struct Schedule {
    slots: Vec<Option<Slot>>,
    free: Vec<usize>,
    by_id: BTreeMap<TargetId, usize>,
    heap: BinaryHeap<Armed>,
    generations: u64,
}

impl Schedule {
    /// How many targets it holds.
    pub(crate) fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether it holds none.
    pub(crate) fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// Adds a target, or changes its interval. With the same interval nothing changes, least of all its clock.
    pub(crate) fn insert(&mut self, id: &TargetId, every: Duration, now: Moment) -> Place {
        let every = micros(every).max(1);
        if let Some(place) = self.place(id) {
            if self.slot(place).is_some_and(|slot| slot.every == every) {
                return place;
            }
            self.regrid(place, every, now);
            return place;
        }
        let slot = self.free.pop().unwrap_or(self.slots.len());
        self.generations += 1;
        let phase = hash(id.as_str()) % every;
        let entry = Slot { id: id.clone(), generation: self.generations, every, phase, running: false, grid: Moment(0), early: None };
        match self.slots.get_mut(slot) {
            Some(place) => *place = Some(entry),
            None => self.slots.push(Some(entry)),
        }
        self.by_id.insert(id.clone(), slot);
        let place = Place { slot, generation: self.generations };
        self.arm_first(place, now);
        place
    }

    /// Removes a target; nothing of it is popped any more.
    pub(crate) fn remove(&mut self, id: &TargetId) -> Option<Place> {
        let slot = self.by_id.remove(id)?;
        let removed = self.slots.get_mut(slot)?.take()?;
        self.free.push(slot);
        Some(Place { slot, generation: removed.generation })
    }

    /// Where a target stands.
    pub(crate) fn place(&self, id: &TargetId) -> Option<Place> {
        let slot = *self.by_id.get(id)?;
        let generation = self.slots.get(slot)?.as_ref()?.generation;
        Some(Place { slot, generation })
    }

    /// Whose place it is, while it is anybody's.
    #[cfg(test)]
    pub(crate) fn id(&self, place: Place) -> Option<&TargetId> {
        self.slot(place).map(|slot| &slot.id)
    }

    /// Arms an early turn, unless one is armed for sooner. The grid stays as it is.
    pub(crate) fn hasten(&mut self, place: Place, at: Moment) {
        let Some(slot) = self.slot_mut(place) else { return };
        if slot.early.is_none_or(|early| at < early) {
            slot.early = Some(at);
            self.heap.push(Reverse((at, place.slot, place.generation, Lane::Early)));
        }
    }

    /// When to come back; earlier than needed at worst.
    pub(crate) fn next_due(&self) -> Option<Moment> {
        self.heap.peek().map(|Reverse((due, ..))| *due)
    }

    /// The next turn that is due by now, and re-arms its target. Its order is by time, then by when targets were added.
    pub(crate) fn pop(&mut self, now: Moment) -> Option<Popped> {
        loop {
            let Reverse((due, slot, generation, lane)) = *self.heap.peek()?;
            if due > now {
                return None;
            }
            self.heap.pop();
            let place = Place { slot, generation };
            if let Some(collapsed) = self.take(place, due, lane, now) {
                let turn = Turn { place, due, collapsed };
                let Some(slot) = self.slot_mut(place) else { continue };
                let busy = std::mem::replace(&mut slot.running, true);
                return Some(if busy { Popped::Skipped(turn) } else { Popped::Run(turn) });
            }
        }
    }

    /// A probe ended; its target may run again. Of a removed target it says nothing.
    pub(crate) fn finished(&mut self, place: Place) {
        if let Some(slot) = self.slot_mut(place) {
            slot.running = false;
        }
    }

    /// Disarms the popped turn; `None` when it was stale. Gives how many grid turns it makes up for.
    fn take(&mut self, place: Place, due: Moment, lane: Lane, now: Moment) -> Option<u64> {
        let slot = self.slot_mut(place)?;
        if lane == Lane::Early {
            (slot.early == Some(due)).then(|| slot.early = None)?;
            return Some(0);
        }
        if slot.grid != due {
            return None;
        }
        let next = slot.next_on_grid(now);
        slot.grid = next;
        let collapsed = ((next.0 - due.0) / slot.every).saturating_sub(1);
        self.heap.push(Reverse((next, place.slot, place.generation, Lane::Grid)));
        Some(collapsed)
    }

    fn arm_first(&mut self, place: Place, now: Moment) {
        let Some(slot) = self.slot_mut(place) else { return };
        let within = micros(FIRST_TURN_WITHIN);
        if slot.every <= within {
            slot.grid = slot.next_on_grid(now);
        } else {
            let first = Moment(now.0 + slot.phase % within);
            // The first grid turn keeps half an interval's distance from the early one.
            slot.grid = slot.next_on_grid(Moment(first.0 + slot.every / 2));
            slot.early = Some(first);
            self.heap.push(Reverse((first, place.slot, place.generation, Lane::Early)));
        }
        self.arm_grid(place);
    }

    fn arm_grid(&mut self, place: Place) {
        if let Some(grid) = self.slot(place).map(|slot| slot.grid) {
            self.heap.push(Reverse((grid, place.slot, place.generation, Lane::Grid)));
        }
    }

    fn regrid(&mut self, place: Place, every: u64, now: Moment) {
        if let Some(slot) = self.slot_mut(place) {
            slot.every = every;
            slot.phase = hash(slot.id.as_str()) % every;
            slot.grid = slot.next_on_grid(now);
        }
        self.arm_grid(place);
    }

    fn slot(&self, place: Place) -> Option<&Slot> {
        self.slots.get(place.slot)?.as_ref().filter(|slot| slot.generation == place.generation)
    }

    fn slot_mut(&mut self, place: Place) -> Option<&mut Slot> {
        self.slots.get_mut(place.slot)?.as_mut().filter(|slot| slot.generation == place.generation)
    }
}

impl Slot {
    /// The first grid turn strictly after this moment.
    fn next_on_grid(&self, after: Moment) -> Moment {
        if after.0 < self.phase {
            return Moment(self.phase);
        }
        Moment(self.phase + ((after.0 - self.phase) / self.every + 1) * self.every)
    }
}

fn micros(d: Duration) -> u64 {
    u64::try_from(d.as_micros()).unwrap_or(u64::MAX)
}

/// FNV-1a with a final mix: the same on every machine and in every release, as the spread must be.
fn hash(text: &str) -> u64 {
    let fnv = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    let mixed = (fnv ^ (fnv >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ (mixed >> 29)
}

#[cfg(test)]
mod tests;

//! The open incidents: who joins which, who leaves, and which of them changed since they were last settled.

use std::collections::{BTreeMap, BTreeSet};

use allswell_model::{EventBody, Incident, IncidentId, TargetId, Timestamp};

use crate::incidents::running::{Left, Running};
use crate::incidents::sort::Sort;
use crate::incidents::watched::{Place, Watched};

#[derive(Debug, Default)]
pub(crate) struct Book {
    open: BTreeMap<IncidentId, Running>,
    /// The newest open one of each sort.
    newest: BTreeMap<Sort, IncidentId>,
    last: IncidentId,
    /// How many ever joined: the next one's place.
    joined: u64,
    /// Those to look at when settling: nothing else is looked at.
    pub(crate) touched: BTreeSet<IncidentId>,
    /// Whose incident is not what it was.
    pub(crate) moved: BTreeSet<TargetId>,
    pub(crate) events: Vec<EventBody>,
    /// How often one was looked up.
    #[cfg(test)]
    pub(crate) looked: std::cell::Cell<usize>,
}

impl Book {
    pub(crate) fn recovered(mut open: Vec<Incident>) -> Self {
        let mut book = Self::default();
        open.retain(Incident::is_open);
        open.sort_by_key(|incident| incident.id);
        for incident in open {
            let id = incident.id;
            let running = Running::recovered(incident);
            book.newest.insert(running.sort(), id);
            book.last = book.last.max(id);
            book.touched.insert(id);
            book.open.insert(id, running);
        }
        book
    }

    pub(crate) fn get(&self, id: IncidentId) -> Option<&Running> {
        #[cfg(test)]
        self.looked.set(self.looked.get() + 1);
        self.open.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: IncidentId) -> Option<&mut Running> {
        self.open.get_mut(&id)
    }

    pub(crate) fn touch(&mut self, id: IncidentId) -> Option<&mut Running> {
        let running = self.open.get_mut(&id)?;
        self.touched.insert(id);
        Some(running)
    }

    pub(crate) fn each(&mut self) -> impl Iterator<Item = &mut Running> {
        self.open.values_mut()
    }

    #[cfg(test)]
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Running> {
        self.open.values()
    }

    #[cfg(test)]
    pub(crate) fn newest(&self) -> impl Iterator<Item = (&Sort, Option<&Running>)> {
        self.newest.iter().map(|(sort, id)| (sort, self.open.get(id)))
    }

    /// Takes the target into an incident of its kind that grew lately, else into a new one; out of the one it is in.
    pub(crate) fn join(&mut self, id: &TargetId, watched: &mut Watched, at: (Timestamp, Timestamp)) {
        let sort = Sort::new(&watched.asks, watched.status, &watched.why());
        self.change(id, watched, sort, at);
    }

    /// Takes the target into another incident for the same trouble: others are to be told of it from now on.
    pub(crate) fn reroute(&mut self, id: &TargetId, watched: &mut Watched, at: (Timestamp, Timestamp)) {
        let Some(before) = watched.place.and_then(|place| self.open.get(&place.incident)) else { return };
        let sort = before.sort().told_as(&watched.asks);
        self.change(id, watched, sort, at);
    }

    /// In one step: where a target goes is known to the one that it leaves.
    fn change(&mut self, id: &TargetId, watched: &mut Watched, sort: Sort, at: (Timestamp, Timestamp)) {
        let from = watched.place.map(|place| place.incident);
        self.leave(id, watched);
        let to = self.enter(id, watched, sort, at);
        if let Some(running) = from.and_then(|from| self.open.get_mut(&from)) {
            running.went_to.insert(to);
        }
    }

    fn enter(&mut self, id: &TargetId, watched: &mut Watched, sort: Sort, (now, wall): (Timestamp, Timestamp)) -> IncidentId {
        let joinable = self.newest.get(&sort).copied().filter(|id| self.open.get(id).is_some_and(|running| running.is_joinable(now)));
        let incident = joinable.unwrap_or_else(|| self.begin(id, watched, sort, (now, wall)));
        self.joined += 1;
        let order = self.joined;
        if let Some(running) = self.touch(incident) {
            running.grow(order, id, (now, wall));
            let eased = watched.status != running.incident.status;
            running.eased += u64::from(eased);
            watched.place = Some(Place { incident, order, eased });
        }
        self.moved.insert(id.clone());
        incident
    }

    fn begin(&mut self, first: &TargetId, watched: &Watched, sort: Sort, (now, wall): (Timestamp, Timestamp)) -> IncidentId {
        let began = wall - now.since(watched.turned);
        let id = IncidentId(began.0.max(self.last.0.saturating_add(1)));
        self.last = id;
        let incident = Incident {
            id,
            began,
            ended: None,
            grew: wall,
            status: sort.status,
            stage: sort.stage.clone(),
            cause: sort.cause.clone(),
            said_by: sort.said_by.clone(),
            reason: watched.reason().to_owned(),
            channels: sort.channels.clone(),
            remind: sort.remind,
            first: first.clone(),
            targets: 0,
            most: 0,
            told_targets: 0,
            told: None,
            alerts: 0,
        };
        let (status, reason) = (incident.status, incident.reason.clone());
        self.events.push(EventBody::IncidentBegan { incident: id, target: first.clone(), status, reason });
        self.newest.insert(sort, id);
        self.open.insert(id, Running::new(incident, watched.turned, now));
        id
    }

    /// Takes the target back into the incident that it was in when it was last watched.
    pub(crate) fn adopt(&mut self, id: &TargetId, watched: &mut Watched, incident: IncidentId) {
        // Of one that ended we know but this: its number is taken.
        self.last = self.last.max(incident);
        let order = self.joined + 1;
        let Some(running) = self.touch(incident) else { return };
        running.adopt(order, id);
        watched.place = Some(Place { incident, order, eased: false });
        self.joined = order;
    }

    /// The target stays where it is, though its status may be another.
    pub(crate) fn stay(&mut self, watched: &mut Watched) {
        let Some(place) = &mut watched.place else { return };
        let Some(running) = self.open.get_mut(&place.incident) else { return };
        let eased = watched.status != running.incident.status;
        running.eased = running.eased + u64::from(eased) - u64::from(place.eased);
        place.eased = eased;
    }

    pub(crate) fn leave(&mut self, id: &TargetId, watched: &mut Watched) {
        let Some(place) = watched.place.take() else { return };
        let left = Left { target: id.clone(), called: watched.called(id) };
        let Some(running) = self.touch(place.incident) else { return };
        running.leave(place.order, left);
        running.eased -= u64::from(place.eased);
        self.moved.insert(id.clone());
    }

    /// Who has the same trouble from now on finds it by what it asks for.
    pub(crate) fn resort(&mut self, id: IncidentId, change: impl FnOnce(&mut Running)) {
        let Some(running) = self.open.get_mut(&id) else { return };
        let before = running.sort();
        change(running);
        let after = running.sort();
        if before != after {
            self.unlist(&before, id);
            self.newest.entry(after).and_modify(|newest| *newest = id.max(*newest)).or_insert(id);
        }
    }

    /// Where those went that did not get well is told no later than that the incident they were in is over.
    pub(crate) fn hurry(&mut self, over: &[IncidentId]) -> Vec<IncidentId> {
        let went_to = over.iter().filter_map(|id| self.open.get(id)).flat_map(|running| running.went_to.iter().copied());
        let went_to: Vec<_> = went_to.collect();
        for id in &went_to {
            if let Some(running) = self.open.get_mut(id) {
                running.hurried = true;
            }
        }
        went_to
    }

    pub(crate) fn end(&mut self, id: IncidentId) -> Option<Running> {
        let running = self.open.remove(&id)?;
        self.unlist(&running.sort(), id);
        Some(running)
    }

    fn unlist(&mut self, sort: &Sort, id: IncidentId) {
        if self.newest.get(sort) == Some(&id) {
            self.newest.remove(sort);
        }
    }
}

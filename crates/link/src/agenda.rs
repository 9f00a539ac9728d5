//! Which link is due: one moment for each, side by side.
//!
//! They are looked through one after the other. A node has hundreds of links, not millions: a few cache lines once a wake-up cost less than
//! a heap that every packet has to move in, and leave no stale entry behind.

use crate::time::Moment;

/// Later than anything.
const NEVER: Moment = Moment(u64::MAX);

/// When each link is due.
#[derive(Debug, Default)]
pub(crate) struct Agenda(Vec<Moment>);

impl Agenda {
    /// A link is due then, or not at all.
    pub(crate) fn set(&mut self, link: usize, at: Option<Moment>) {
        if self.0.len() <= link {
            self.0.resize(link + 1, NEVER);
        }
        if let Some(place) = self.0.get_mut(link) {
            *place = at.unwrap_or(NEVER);
        }
    }

    /// The earliest.
    pub(crate) fn first(&self) -> Option<Moment> {
        self.0.iter().copied().min().filter(|at| *at != NEVER)
    }

    /// The link whose moment that is.
    pub(crate) fn first_link(&self) -> Option<usize> {
        let (link, at) = self.0.iter().enumerate().min_by_key(|(_, at)| **at)?;
        (*at != NEVER).then_some(link)
    }

    /// The next link from `after` on that is due by then.
    pub(crate) fn due(&self, after: usize, by: Moment) -> Option<usize> {
        let rest = self.0.get(after..)?;
        rest.iter().position(|at| *at <= by && *at != NEVER).map(|found| after + found)
    }
}

#[cfg(test)]
mod tests;

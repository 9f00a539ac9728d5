//! The chart on a target's page, and the ways to see more or less time in it.

use allswell_model::{Policy, TargetId, Timestamp};
use allswell_store::{ReadError, Reader, Rollup};

use crate::chart::extent::{Extent, Window};
use crate::chart::{self, Chart};
use crate::percent;
use crate::problem::Problem;

/// What the address asks for, and what is read for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Asked {
    /// How much time.
    pub(super) extent: Extent,
    window: Window,
    patience: std::time::Duration,
}

/// A way to another extent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Way {
    /// What it says.
    pub(super) words: &'static str,
    /// Where it leads.
    pub(super) href: String,
    /// Whether it is this one.
    pub(super) here: bool,
}

/// Reads `span`.
///
/// # Errors
/// When it is none of those that there are.
pub(super) fn extent(said: Option<&str>) -> Result<Extent, Problem> {
    let Some(said) = said.filter(|said| !said.is_empty()) else { return Ok(Extent::default()) };
    let known = || Extent::ALL.map(Extent::code).join(", ");
    Extent::from_code(said).ok_or_else(|| Problem::bad_request(format!("`span` is one of {}.", known())))
}

impl Asked {
    /// This much time up to now, of a target of this policy.
    pub(super) fn of(extent: Extent, policy: &Policy, now: Timestamp) -> Self {
        Self { extent, window: Window::until(now, extent, policy.every), patience: policy.stale_after() }
    }

    /// Reads what the chart is made of.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn read(&self, reader: &Reader, target: &TargetId) -> Result<Vec<(Timestamp, Rollup)>, ReadError> {
        reader.rollups(target, self.extent.rollups(), self.window.from, self.window.to())
    }

    /// Draws what was read.
    pub(super) fn draw(&self, read: &[(Timestamp, Rollup)], now: Timestamp) -> Chart {
        chart::draw(&self.window, read, now, self.patience)
    }
}

/// The ways from here to every extent.
pub(super) fn ways(target: &TargetId, here: Extent) -> Vec<Way> {
    let path = percent::target_path(target.as_str());
    let way = |extent: Extent| Way {
        words: extent.words(),
        href: format!("{path}{}#latency", percent::query([("span", extent.code())])),
        here: extent == here,
    };
    Extent::ALL.into_iter().map(way).collect()
}

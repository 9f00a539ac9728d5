//! The rules: from a status and the rows of results to the next status. Pure.

use allswell_model::{Policy, Status, Timestamp};

use crate::rows::{Rows, Says};

/// The next status and since when, or `None` while it stays.
///
/// Up and degraded change after `down_after` results that say so; degraded returns after `up_after` clean ones, down
/// after `up_after` good ones. From unknown the first good result decides, and `down_after` bad ones.
pub(crate) fn next(status: Status, rows: &Rows, policy: &Policy) -> Option<(Status, Timestamp)> {
    let down_after = policy.down_after.max(1);
    let up_after = policy.up_after.max(1);
    let full = |row: crate::rows::Row, count: u32, to: Status| (row.count >= count).then_some((to, row.since));
    let down = || full(rows.down, down_after, Status::Down);
    let unknown = || full(rows.nothing, down_after, Status::Unknown);
    match status {
        Status::Up => down().or_else(unknown).or_else(|| full(rows.warned, down_after, Status::Degraded)),
        Status::Degraded => down().or_else(unknown).or_else(|| full(rows.clean, up_after, Status::Up)),
        Status::Down => unknown().or_else(|| full(rows.good, up_after, recovered(rows, down_after))),
        Status::Unknown | Status::Paused => down().or_else(|| full(rows.good, 1, recovered(rows, down_after))),
    }
}

/// What a target is that answers again: up, unless it never did so without a warning.
fn recovered(rows: &Rows, down_after: u32) -> Status {
    let warned = rows.warned.count;
    if warned >= rows.good.count || warned >= down_after { Status::Degraded } else { Status::Up }
}

/// Whether a result is what the status would lead one to expect.
pub(crate) fn agrees(status: Status, says: Says) -> bool {
    match says {
        Says::Clean => status == Status::Up,
        Says::Warned => status == Status::Degraded,
        Says::Down => status == Status::Down,
        Says::Nothing => status == Status::Unknown,
    }
}

#[cfg(test)]
mod tests;

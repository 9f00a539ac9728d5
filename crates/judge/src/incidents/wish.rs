//! The rule: where a target belongs, by its status, what its policy asks for, and the incident it is in. Pure.

use allswell_model::{Alerting, Status};

/// Where a target belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wish {
    /// In no incident.
    Nowhere,
    /// In the incident it is in.
    Stay,
    /// In an incident of its own kind; out of the one it is in.
    Join,
    /// In an incident of its own kind, if this lasts.
    Wait,
}

/// `within` is the status of the incident that it is in.
///
/// Trouble that eases keeps its incident until it is over, trouble that grows begins another. Unknown is no news: it
/// ends no incident, and for a while it begins none.
pub(crate) fn wish(asks: &Alerting, status: Status, within: Option<Status>) -> Wish {
    let asked = |status: Status| asks.on.contains(&status);
    if asks.channels.is_empty() || asks.on.is_empty() {
        return Wish::Nowhere;
    }
    match (status, within) {
        (Status::Up | Status::Paused, _) => Wish::Nowhere,
        (Status::Unknown, Some(_)) => Wish::Stay,
        (Status::Unknown, None) if asked(status) => Wish::Wait,
        (Status::Degraded, Some(_)) | (Status::Down, Some(Status::Down)) if asked(status) => Wish::Stay,
        (Status::Degraded, None) | (Status::Down, _) if asked(status) => Wish::Join,
        (Status::Unknown | Status::Degraded | Status::Down, _) => Wish::Nowhere,
    }
}

#[cfg(test)]
mod tests;

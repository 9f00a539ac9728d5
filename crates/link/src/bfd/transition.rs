//! The state machine of RFC 5880, 6.2 and 6.8.6: one state, one input, one `match`.

use crate::bfd::state::{Diagnostic, State};

/// What can move a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Input {
    /// The peer says that it is so.
    Heard(State),
    /// Nothing was heard for the detection time.
    Silence,
    /// Our operator holds the session down.
    Pause,
    /// And lets it go.
    Resume,
}

/// Where to, and what is to be said of it; `None` where the session stays as it is. Without a diagnostic the last one stands.
pub(crate) fn next(state: State, input: Input) -> Option<(State, Option<Diagnostic>)> {
    use Input::{Heard, Pause, Resume, Silence};
    use State::{AdminDown, Down, Init, Up};
    match (state, input) {
        (AdminDown, Resume) => Some((Down, Some(Diagnostic::None))),
        (AdminDown, _) | (_, Resume) => None,
        (_, Pause) => Some((AdminDown, Some(Diagnostic::AdministrativelyDown))),

        // Why it was down is said until both ends are up again: a peer that did not hear us then learns of it now.
        (Down, Heard(Down)) => Some((Init, None)),
        (Down, Heard(Init)) | (Init, Heard(Init | Up)) => Some((Up, Some(Diagnostic::None))),
        (Down, Heard(AdminDown | Up) | Silence) => None,

        (Init | Up, Heard(AdminDown)) | (Up, Heard(Down)) => Some((Down, Some(Diagnostic::NeighborSignaledDown))),
        (Init | Up, Silence) => Some((Down, Some(Diagnostic::DetectionTimeExpired))),
        (Init, Heard(Down)) | (Up, Heard(Init | Up)) => None,
    }
}

#[cfg(test)]
mod tests;

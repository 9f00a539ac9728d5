//! How a link can be.

use super::silence::Silence;
use crate::happening::Death;
use crate::ids::SessionId;
use crate::session::Session;
use crate::time::Moment;

/// A session that is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Attempt {
    /// Our half of its identity.
    pub id: SessionId,
    /// When it was first asked for.
    pub began: Moment,
    /// How often it was asked for.
    pub tries: u32,
    /// When it was last asked for.
    pub(super) asked: Moment,
}

/// A session that stands.
#[derive(Debug, Clone)]
pub struct Standing {
    /// It.
    pub session: Session,
    /// The one before it, of which packets may still be on their way. It is heard and never spoken in.
    pub draining: Option<Box<Session>>,
    /// Since when the peer's process is silent though its kernel answers; `None` when all is well.
    pub stalled: Option<Moment>,
    pub(super) silence: Silence,
}

/// How a link is.
#[derive(Debug, Clone)]
pub enum State {
    /// Switched off.
    Closed,
    /// No session yet since it was switched on.
    Opening(Attempt),
    /// A session stands.
    Up(Box<Standing>),
    /// The session died, and another is asked for.
    Down(Attempt, Death),
}

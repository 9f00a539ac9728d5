//! The other end of a session, as far as it has said.

use crate::bfd::packet::{Micros, Packet};
use crate::bfd::state::{Diagnostic, State};

/// What the peer last said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remote {
    /// Which session of its; 0 when it is not known, or has been silent for the detection time.
    pub discriminator: u32,
    /// How its end is.
    pub state: State,
    /// Why that last changed.
    pub diagnostic: Diagnostic,
    /// It wants no periodic packets while both ends are up.
    pub demand: bool,
    /// It would send no more often.
    pub desired_tx: Micros,
    /// It can hear no more often; 0 when it wants no periodic packets.
    pub required_rx: Micros,
    /// It is to be taken for dead after so many of its intervals of silence.
    pub multiplier: u8,
}

impl Remote {
    /// Before anything was heard (RFC 5880, 6.8.1).
    pub(crate) const UNHEARD: Self = Self {
        discriminator: 0,
        state: State::Down,
        diagnostic: Diagnostic::None,
        demand: false,
        desired_tx: Micros(0),
        required_rx: Micros(1),
        multiplier: 0,
    };

    pub(crate) fn of(packet: &Packet) -> Self {
        Self {
            discriminator: packet.mine,
            state: packet.state,
            diagnostic: packet.diagnostic,
            demand: packet.demand,
            desired_tx: packet.desired_tx,
            required_rx: packet.required_rx,
            multiplier: packet.multiplier,
        }
    }
}

//! What a session does with a packet (RFC 5880, 6.8.6, in its order).

use super::Session;
use crate::bfd::happening::Cause;
use crate::bfd::packet::{HOP_LIMIT, Packet};
use crate::bfd::refused::Refused;
use crate::bfd::remote::Remote;
use crate::bfd::state::State;
use crate::bfd::transition::Input;
use crate::time::Moment;

impl Session {
    /// Takes in a packet that is this session's: it names its discriminator or, naming none, comes from its peer. `now` is when it came,
    /// `hop_limit` what was left of that.
    ///
    /// # Errors
    /// Why it was refused. Then nothing has changed, but for [`Refused::AdminDown`]: that packet's figures are taken, and it alters no state.
    pub fn handle_packet(&mut self, now: Moment, packet: &Packet, hop_limit: u8) -> Result<(), Refused> {
        self.admit(packet, hop_limit)?;
        self.remote = Remote::of(packet);
        if packet.is_final {
            self.terms.answered();
        }
        if self.state == State::AdminDown {
            self.repace(now);
            return Err(Refused::AdminDown);
        }
        self.heard = Some(self.heard.map_or(now, |heard| heard.max(now)));
        self.excused = false;
        self.step(now, Input::Heard(packet.state));
        self.learn_why(packet.state);
        self.due.answer |= packet.poll;
        self.rearm_detect();
        self.repace(now);
        Ok(())
    }

    fn admit(&self, packet: &Packet, hop_limit: u8) -> Result<(), Refused> {
        if packet.yours != 0 && packet.yours != self.discriminator.get() {
            return Err(Refused::UnknownSession);
        }
        if hop_limit != HOP_LIMIT {
            return Err(Refused::HopLimit);
        }
        match packet.authentication {
            Some(_) => Err(Refused::Authentication),
            None => Ok(()),
        }
    }

    /// A peer that was held down before we ever were up is no failure either, nor is one that was let go still held.
    fn learn_why(&mut self, theirs: State) {
        if self.state == State::Down && theirs == State::AdminDown {
            self.cause = Some(Cause::PeerAdminDown);
        } else if self.cause == Some(Cause::PeerAdminDown) {
            self.cause = None;
        }
    }
}

#[cfg(test)]
mod tests;

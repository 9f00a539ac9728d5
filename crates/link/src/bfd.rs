//! Bidirectional Forwarding Detection (RFC 5880, over one hop as RFC 5881 has it), as routers speak it: packets, and one end of a session.
//!
//! Asynchronous mode, without authentication and without the echo function. Which socket a packet goes through, and which session one
//! that came belongs to, is the driver's.

pub mod happening;
pub mod pace;
pub mod packet;
pub mod refused;
pub mod remote;
#[cfg(test)]
mod sample;
pub mod session;
pub mod state;
mod terms;
mod timers;
mod transition;

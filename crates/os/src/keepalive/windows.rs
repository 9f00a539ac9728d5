//! The options of Windows (10, version 1709): the two times are never told again.

use std::io;

use socket2::SockRef;

use crate::handle::AsSocket;
use crate::keepalive::{Knob, Reading};

pub(super) use crate::keepalive::elsewhere::{MISSING, retransmission, set_probes, set_user_timeout};

pub(super) const UNTOLD: &[Knob] = &[Knob::Idle, Knob::Interval];

pub(super) fn read(socket: &impl AsSocket) -> io::Result<Reading> {
    let socket = SockRef::from(socket);
    Ok(Reading { on: socket.keepalive()?, idle: None, interval: None, count: Some(socket.tcp_keepalive_retries()?), user_timeout: None })
}

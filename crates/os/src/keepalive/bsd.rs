//! The options of macOS, FreeBSD and their kin.

use std::io;

use socket2::SockRef;

use crate::handle::AsSocket;
use crate::keepalive::{Knob, Reading};

pub(super) use crate::keepalive::elsewhere::{MISSING, retransmission, set_probes, set_user_timeout};

pub(super) const UNTOLD: &[Knob] = &[];

pub(super) fn read(socket: &impl AsSocket) -> io::Result<Reading> {
    let socket = SockRef::from(socket);
    Ok(Reading {
        on: socket.keepalive()?,
        idle: Some(socket.tcp_keepalive_time()?),
        interval: Some(socket.tcp_keepalive_interval()?),
        count: Some(socket.tcp_keepalive_retries()?),
        user_timeout: None,
    })
}

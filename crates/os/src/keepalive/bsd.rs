//! The options of macOS, FreeBSD and their kin: no user time-out, and the retransmission timers are not told.

use std::io;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};

use crate::handle::AsSocket;
use crate::keepalive::{Knob, Reading, Retransmission};

pub(super) const MISSING: &[Knob] = &[Knob::UserTimeout];
pub(super) const UNTOLD: &[Knob] = &[];

pub(super) fn set_probes(socket: &impl AsSocket, idle: Duration, interval: Duration, count: u32) -> io::Result<()> {
    let figures = TcpKeepalive::new().with_time(idle).with_interval(interval).with_retries(count);
    SockRef::from(socket).set_tcp_keepalive(&figures)
}

pub(super) fn set_user_timeout(_: &impl AsSocket, _: Duration) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

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

pub(super) fn retransmission(_: &impl AsSocket) -> io::Result<Retransmission> {
    Ok(Retransmission { rto: None, longest: None, retries: None })
}

//! What macOS, FreeBSD, their kin and Windows have alike: probes, no user time-out, and retransmission timers that are not told.

use std::io;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};

use crate::handle::AsSocket;
use crate::keepalive::{Knob, Retransmission};

pub(super) const MISSING: &[Knob] = &[Knob::UserTimeout];

pub(super) fn set_probes(socket: &impl AsSocket, idle: Duration, interval: Duration, count: u32) -> io::Result<()> {
    let figures = TcpKeepalive::new().with_time(idle).with_interval(interval).with_retries(count);
    SockRef::from(socket).set_tcp_keepalive(&figures)
}

pub(super) fn set_user_timeout(_: &impl AsSocket, _: Duration) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

pub(super) fn retransmission(_: &impl AsSocket) -> io::Result<Retransmission> {
    Ok(Retransmission { rto: None, longest: None, retries: None })
}

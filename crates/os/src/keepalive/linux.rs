//! The options of Linux, which has them all.

use std::fs;
use std::io;
use std::time::Duration;

use rustix::net::sockopt;

use crate::handle::AsSocket;
use crate::keepalive::{Knob, Reading, Retransmission};
use crate::{option, tcp_info};

pub(super) const MISSING: &[Knob] = &[];
pub(super) const UNTOLD: &[Knob] = &[];

/// Newer than libc's list.
const TCP_RTO_MAX_MS: i32 = 44;

/// `TCP_RTO_MAX` of all kernels that cannot be told another.
const LONGEST: Duration = Duration::from_secs(120);

pub(super) fn set_probes(socket: &impl AsSocket, idle: Duration, interval: Duration, count: u32) -> io::Result<()> {
    sockopt::set_tcp_keepidle(socket, idle)?;
    sockopt::set_tcp_keepintvl(socket, interval)?;
    sockopt::set_tcp_keepcnt(socket, count)?;
    Ok(sockopt::set_socket_keepalive(socket, true)?)
}

pub(super) fn set_user_timeout(socket: &impl AsSocket, user_timeout: Duration) -> io::Result<()> {
    let millis = u32::try_from(user_timeout.as_millis()).map_err(|_| io::ErrorKind::InvalidInput)?;
    Ok(sockopt::set_tcp_user_timeout(socket, millis)?)
}

pub(super) fn read(socket: &impl AsSocket) -> io::Result<Reading> {
    Ok(Reading {
        on: sockopt::socket_keepalive(socket)?,
        idle: Some(sockopt::tcp_keepidle(socket)?),
        interval: Some(sockopt::tcp_keepintvl(socket)?),
        count: Some(sockopt::tcp_keepcnt(socket)?),
        user_timeout: Some(Duration::from_millis(sockopt::tcp_user_timeout(socket)?.into())),
    })
}

pub(super) fn retransmission(socket: &impl AsSocket) -> io::Result<Retransmission> {
    let rto = tcp_info::read(socket)?.rto;
    Ok(Retransmission { rto: Some(rto), longest: Some(longest(socket)?), retries: retries() })
}

fn longest(socket: &impl AsSocket) -> io::Result<Duration> {
    let mut millis = [0; 4];
    match option::read(socket.as_fd(), libc::SOL_TCP, TCP_RTO_MAX_MS, &mut millis) {
        Ok(_) => Ok(Duration::from_millis(u32::from_ne_bytes(millis).into())),
        Err(error) if error.raw_os_error() == Some(libc::ENOPROTOOPT) => Ok(LONGEST),
        Err(error) => Err(error),
    }
}

/// Absent where `/proc` is not mounted or is kept from us: then nobody knows.
fn retries() -> Option<u8> {
    let text = fs::read_to_string("/proc/sys/net/ipv4/tcp_retries2").ok()?;
    // Older kernels take larger figures, which differ in nothing but patience.
    Some(text.trim().parse::<u32>().ok()?.try_into().unwrap_or(u8::MAX))
}

//! A TCP connection, and what the kernel truly says when there is none.
//!
//! The error queue is read before SO_ERROR, because reading either clears both, and only the queue says who spoke.

use std::io;
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use allswell_model::{DownCause, Stage, UnknownCause};
use allswell_os::error_queue::{self, QueuedError, Said};
use allswell_os::socket::{self, StartError, Step, Via};
use allswell_os::tcp_info::TcpInfo;
use allswell_os::{errno, tcp_info};
use tokio::io::Interest;
use tokio::net::TcpStream;

use crate::attempt::Attempt;
use crate::blame::Blame;
use crate::failure::{Failure, shown};
use allswell_model::quantity::spoken;

/// Connects; the stage `connect` begins and ends here, and its time is returned.
///
/// # Errors
/// Why there is no connection, and who said so.
pub(crate) async fn tcp(attempt: &mut Attempt, peer: SocketAddr) -> Result<(TcpStream, Duration), Failure> {
    attempt.enter(Stage::CONNECT);
    let begun = Instant::now();
    let socket = socket::begin_connect(peer, &attempt.network.via).map_err(|error| not_started(&error, peer, &attempt.network.via))?;
    let stream = TcpStream::from_std(socket).map_err(|error| Failure::our_own(&Stage::CONNECT, &error).unwrap_or_else(|| bug(&error)))?;
    loop {
        let ready = match attempt.within(stream.ready(Interest::WRITABLE | Interest::ERROR)).await {
            Err(_) => return Err(silent(attempt, &stream, peer)),
            Ok(Err(error)) => return Err(bug(&error)),
            Ok(Ok(ready)) => ready,
        };
        let took = begun.elapsed();
        // Ready to write and nothing else is a connection; the kernel is asked for more only where it has more to say.
        if ready.is_error() || ready.is_write_closed() {
            if let Some(failure) = failed(&stream, peer, took, &attempt.network.via) {
                return Err(failure);
            }
            // Woken without an error and without a connection: wait for the next event.
            if stream.peer_addr().is_err() {
                clear_readiness(&stream);
                continue;
            }
        }
        if stream.local_addr().is_ok_and(|local| local == peer) {
            return Err(connected_to_itself(peer));
        }
        attempt.round_trip(took);
        return Ok((stream, took));
    }
}

/// Makes the next `ready` wait for a new event.
fn clear_readiness(stream: &TcpStream) {
    let would_block = || io::Error::from(io::ErrorKind::WouldBlock);
    let _ = stream.try_io(Interest::WRITABLE | Interest::ERROR, || Err::<(), _>(would_block()));
}

fn bug(error: &io::Error) -> Failure {
    Failure::unknown(Stage::CONNECT, UnknownCause::BUG, format!("Not probed: the connection could not be watched ({error})."))
}

/// The error that ended the connecting, if one did.
fn failed(stream: &TcpStream, peer: SocketAddr, took: Duration, via: &Via) -> Option<Failure> {
    let queued = error_queue::drain(stream.as_fd()).unwrap_or_default();
    if let Some(said) = queued.iter().rev().find(|entry| matches!(entry.said, Said::Icmp | Said::Icmp6 | Said::Local)) {
        return Some(icmp(said, peer, took, via));
    }
    let error = socket::take_error(stream.as_fd()).ok().flatten()?;
    Some(plain(error, peer, took))
}

/// An error without an entry in the error queue: the peer's own kernel, or our own timer, said so.
fn plain(error: i32, peer: SocketAddr, took: Duration) -> Failure {
    let at = shown(peer);
    let down = |cause, reason| Failure::down(Stage::CONNECT, cause, reason);
    match error {
        errno::ECONNREFUSED => {
            down(DownCause::REFUSED, format!("{at} refused (RST in {}): nothing listens, or a firewall rejects.", spoken(took)))
                .said_by(peer.ip())
        }
        errno::ECONNRESET => {
            // A reset of a mere SYN is a refusal, so the peer had accepted.
            let what = format!("{at} accepted, then reset at once ({}): often a proxy without backends, or a full service.", spoken(took));
            down(DownCause::RESET, what).said_by(peer.ip())
        }
        errno::ETIMEDOUT => down(
            DownCause::TIMED_OUT,
            format!("No answer from {at} in {} (the kernel gave up): host off, filtered, or accept queue full.", spoken(took)),
        ),
        errno::EACCES | errno::EPERM => {
            down(DownCause::PROHIBITED, format!("{at} is prohibited by a router or firewall that does not say its name."))
        }
        other => down(
            DownCause::UNREACHABLE,
            format!("{at} cannot be reached ({}); who says so is not known.", io::Error::from_raw_os_error(other)),
        ),
    }
}

/// An ICMP error about our SYN: from a router, from the target's host, or made by our own kernel.
pub(crate) fn icmp(said: &QueuedError, peer: SocketAddr, took: Duration, via: &Via) -> Failure {
    Blame { stage: Stage::CONNECT, peer, took, via }.icmp(said)
}

/// The deadline came first. Before the target is blamed, our own neighbourhood is looked at.
fn silent(attempt: &Attempt, stream: &TcpStream, peer: SocketAddr) -> Failure {
    let took = attempt.in_stage();
    if let Some(failure) = failed(stream, peer, took, &attempt.network.via) {
        return failure;
    }
    if let Some(failure) = (Blame { stage: Stage::CONNECT, peer, took, via: &attempt.network.via }).missing_neighbour() {
        return failure;
    }
    let info = tcp_info::read(stream.as_fd()).ok();
    if info.as_ref().is_some_and(never_left) {
        return dropped_by_ourselves(&shown(peer));
    }
    let syns = info.map_or(1, |info| info.total_retrans + 1);
    let noun = if syns == 1 { "SYN" } else { "SYNs" };
    let reason = format!("No answer to {syns} {noun} to {} in {}: host off, filtered, or accept queue full.", shown(peer), spoken(took));
    Failure::down(Stage::CONNECT, DownCause::TIMED_OUT, reason)
}

/// Whether our own kernel refused to send the last SYN again: a firewall or traffic control that drops on the way out does that
/// without a word. The first SYN leaves no such trace, so it takes a second of silence to see it.
fn never_left(info: &TcpInfo) -> bool {
    info.total_retrans > 0 && info.retransmitted == 0
}

pub(crate) fn dropped_by_ourselves(at: &str) -> Failure {
    let reason = format!("Not judged: this host itself drops what we send to {at}: its firewall, or its traffic control.");
    Failure::unknown(Stage::CONNECT, UnknownCause::LOCAL_POLICY, reason).said_by("this host")
}

fn connected_to_itself(peer: SocketAddr) -> Failure {
    let reason = format!("{} refused: nothing listens there (the kernel had connected the probe's socket to itself).", shown(peer));
    Failure::down(Stage::CONNECT, DownCause::REFUSED, reason).said_by(peer.ip())
}

/// The kernel did not even begin: nothing was sent, so nothing is known of the target.
pub(crate) fn not_started(start: &StartError, peer: SocketAddr, via: &Via) -> Failure {
    let at = shown(peer);
    let code = start.error.raw_os_error().unwrap_or_default();
    let unknown = |cause, reason: String| Failure::unknown(Stage::CONNECT, cause, reason);
    if let Some(failure) = Failure::our_own(&Stage::CONNECT, &start.error) {
        return failure;
    }
    let source = via.source.map_or_else(|| "the source address".to_owned(), |source| source.to_string());
    let interface = via.interface.as_deref().unwrap_or("the interface");
    match (start.step, code) {
        (Step::Mark, _) => unknown(UnknownCause::NO_PERMISSION, "Not probed: a firewall mark needs CAP_NET_ADMIN.".into()),
        (Step::Interface, errno::EPERM) => {
            unknown(UnknownCause::NO_PERMISSION, format!("Not probed: to use {interface} needs CAP_NET_RAW."))
        }
        (Step::Interface, _) => unknown(UnknownCause::NO_ROUTE, format!("Not probed: this host has no interface {interface}.")),
        (Step::Source | Step::Connect, errno::EADDRINUSE) => no_ports(&at),
        (Step::Source, _) => {
            unknown(UnknownCause::NO_SOURCE_ADDRESS, format!("Not probed: {source} is not an address of this host ({}).", start.error))
        }
        (Step::Connect, errno::EADDRNOTAVAIL) if via.source.is_none() => no_ports(&at),
        (Step::Connect, errno::EADDRNOTAVAIL) => no_ports(&at),
        (Step::Connect, errno::EPERM) => dropped_by_ourselves(&at),
        (Step::Connect, errno::ECONNREFUSED) => plain(errno::ECONNREFUSED, peer, Duration::ZERO),
        (Step::Open, errno::EAFNOSUPPORT) => unknown(UnknownCause::NO_ROUTE, format!("Not probed: this host has no {}.", family_of(peer))),
        (Step::Open | Step::Options, _) => {
            unknown(UnknownCause::NO_PERMISSION, format!("Not probed: the kernel refuses a socket for {at} ({}).", start.error))
        }
        (Step::Connect, _) => unknown(UnknownCause::NO_ROUTE, no_route(code, &at, peer)),
    }
}

fn no_ports(at: &str) -> Failure {
    Failure::unknown(
        Stage::CONNECT,
        UnknownCause::NO_PORTS,
        format!("Not probed: all of our ephemeral ports towards {at} are in use; widen net.ipv4.ip_local_port_range."),
    )
}

fn family_of(peer: SocketAddr) -> &'static str {
    if peer.is_ipv4() { "IPv4" } else { "IPv6" }
}

fn no_route(code: i32, at: &str, peer: SocketAddr) -> String {
    match code {
        errno::EHOSTUNREACH => format!("Not probed: our routing table has an `unreachable` route for {at}."),
        errno::EINVAL => format!("Not probed: our routing table has a `blackhole` route for {at}."),
        errno::EACCES => format!("Not probed: our routing table has a `prohibit` route for {at}."),
        errno::ENETUNREACH => format!("Not probed: this host has no {} route to {at}.", family_of(peer)),
        other => format!("Not probed: the kernel sends nothing to {at} ({}).", io::Error::from_raw_os_error(other)),
    }
}

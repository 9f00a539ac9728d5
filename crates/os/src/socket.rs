//! Sockets that leave by a chosen way: source address, interface, firewall mark; non-blocking from birth.

use std::fmt;
use std::io::{self, IoSlice};
use std::net::{IpAddr, SocketAddr, SocketAddrV6, TcpStream, UdpSocket};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::io::Errno;
use rustix::net::{AddressFamily, SendAncillaryBuffer, SendFlags, Shutdown, SocketFlags, SocketType};

use crate::option;

/// How a socket leaves this host.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Via {
    /// The address it leaves from; the kernel chooses when absent.
    pub source: Option<IpAddr>,
    /// The interface it is bound to (`SO_BINDTODEVICE`).
    pub interface: Option<String>,
    /// The firewall mark of its packets (`SO_MARK`).
    pub mark: Option<u32>,
}

/// Which step of making a socket failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// The descriptor itself.
    Open,
    /// Binding to the source address.
    Source,
    /// Binding to the interface.
    Interface,
    /// Setting the firewall mark.
    Mark,
    /// Asking for the error queue, and other options.
    Options,
    /// `connect` refused at once: no route, no port, a policy.
    Connect,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open => "opening a socket",
            Self::Source => "binding the source address",
            Self::Interface => "binding to the interface",
            Self::Mark => "setting the firewall mark",
            Self::Options => "setting the socket's options",
            Self::Connect => "connecting",
        })
    }
}

/// A socket that could not be made, or whose `connect` failed before a packet left.
#[derive(Debug)]
pub struct StartError {
    /// What was being done.
    pub step: Step,
    /// What the kernel said.
    pub error: io::Error,
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} failed: {}", self.step, self.error)
    }
}

// The kernel's word is in the sentence already, so it is not offered as a source a second time.
impl std::error::Error for StartError {}

/// Begins to connect; the handshake goes on by itself and the stream becomes writable when it has ended, well or badly.
///
/// # Errors
/// When the socket cannot be made, or the kernel refuses before a packet leaves.
pub fn begin_connect(peer: SocketAddr, via: &Via) -> Result<TcpStream, StartError> {
    let fd = open(peer, SocketType::STREAM)?;
    leave_by(fd.as_fd(), peer, via)?;
    // Without this IPv6 keeps only the error's number, not who said so. IPv4 queues the entry
    // for a connection that is not yet established in any case.
    if peer.is_ipv6() {
        attempt(Step::Options, receive_errors(fd.as_fd(), peer))?;
    }
    match rustix::net::connect(&fd, &peer) {
        Ok(()) | Err(Errno::INPROGRESS) => Ok(TcpStream::from(fd)),
        Err(errno) => Err(StartError { step: Step::Connect, error: errno.into() }),
    }
}

/// A connected datagram socket, non-blocking, whose error queue tells who refused.
///
/// # Errors
/// As [`begin_connect`].
pub fn datagram(peer: SocketAddr, via: &Via) -> Result<UdpSocket, StartError> {
    let fd = open(peer, SocketType::DGRAM)?;
    leave_by(fd.as_fd(), peer, via)?;
    attempt(Step::Options, receive_errors(fd.as_fd(), peer))?;
    attempt(Step::Connect, rustix::net::connect(&fd, &peer).map_err(io::Error::from))?;
    Ok(UdpSocket::from(fd))
}

/// The socket's pending error (`SO_ERROR`), which this clears.
///
/// # Errors
/// When the descriptor is not a socket.
pub fn take_error(fd: impl AsFd) -> io::Result<Option<i32>> {
    Ok(rustix::net::sockopt::socket_error(fd)?.err().map(Errno::raw_os_error))
}

/// The address of the other end; `None` when there is none (any more).
#[must_use]
pub fn peer(fd: impl AsFd) -> Option<SocketAddr> {
    SocketAddr::try_from(rustix::net::getpeername(fd).ok()??).ok()
}

/// Our own address; `None` when the descriptor is not a socket of the internet.
#[must_use]
pub fn local(fd: impl AsFd) -> Option<SocketAddr> {
    SocketAddr::try_from(rustix::net::getsockname(fd).ok()?).ok()
}

/// Writes as much as finds room, and raises no signal where the peer has gone.
///
/// # Errors
/// The kernel's, the pending error of the socket among them.
pub fn send(fd: impl AsFd, bytes: &[u8]) -> io::Result<usize> {
    Ok(rustix::net::send(fd, bytes, SendFlags::NOSIGNAL)?)
}

/// How many parts the kernel takes at once (`UIO_MAXIOV` of `include/uapi/linux/uio.h`).
pub const PARTS_AT_MOST: usize = 1024;

/// The same of several parts, at most [`PARTS_AT_MOST`].
///
/// # Errors
/// As [`send`].
pub fn send_parts(fd: impl AsFd, parts: &[IoSlice<'_>]) -> io::Result<usize> {
    Ok(rustix::net::sendmsg(fd, parts, &mut SendAncillaryBuffer::default(), SendFlags::NOSIGNAL)?)
}

/// Tells the peer that we write no more.
///
/// # Errors
/// When there is no connection.
pub fn finish(fd: impl AsFd) -> io::Result<()> {
    Ok(rustix::net::shutdown(fd, Shutdown::Write)?)
}

/// How many bytes came and were not read. Asking takes none, and no error either.
///
/// # Errors
/// When the descriptor is no connection: a listener, a file.
pub fn unread(fd: impl AsFd) -> io::Result<u64> {
    Ok(rustix::io::ioctl_fionread(fd)?)
}

/// Whether it is a socket of TCP itself. One of MPTCP answers many of the same questions, about its first path alone.
#[must_use]
pub fn is_tcp(fd: impl AsFd) -> bool {
    rustix::net::sockopt::socket_protocol(fd).is_ok_and(|protocol| protocol == Some(rustix::net::ipproto::TCP))
}

/// Whether an IPv6 socket keeps who raised an error. One of IPv4 does so unasked, as long as it connects.
#[must_use]
pub fn keeps_who_said_so(fd: impl AsFd) -> bool {
    let mut value = [0; 4];
    option::read(fd.as_fd(), libc::SOL_IPV6, libc::IPV6_RECVERR, &mut value).is_ok() && value != [0; 4]
}

/// Asks that every error which a packet towards `peer` meets is queued, with who said so (`IP_RECVERR`, `IPV6_RECVERR`).
/// An established connection then also raises what it would otherwise only remember.
///
/// # Errors
/// When the descriptor is not a socket of the peer's family.
pub fn receive_errors(fd: impl AsFd, peer: SocketAddr) -> io::Result<()> {
    match peer {
        SocketAddr::V4(_) => option::set(fd.as_fd(), libc::SOL_IP, libc::IP_RECVERR, 1),
        SocketAddr::V6(_) => option::set(fd.as_fd(), libc::SOL_IPV6, libc::IPV6_RECVERR, 1),
    }
}

fn open(peer: SocketAddr, kind: SocketType) -> Result<OwnedFd, StartError> {
    let family = if peer.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let fd = rustix::net::socket_with(family, kind, SocketFlags::NONBLOCK | SocketFlags::CLOEXEC, None);
    attempt(Step::Open, fd.map_err(io::Error::from))
}

fn leave_by(fd: BorrowedFd<'_>, peer: SocketAddr, via: &Via) -> Result<(), StartError> {
    if let Some(mark) = via.mark {
        attempt(Step::Mark, option::set_bytes(fd, libc::SOL_SOCKET, libc::SO_MARK, &mark.to_ne_bytes()))?;
    }
    if let Some(interface) = &via.interface {
        attempt(Step::Interface, bind_to_interface(fd, interface))?;
    }
    match via.source {
        Some(source) => attempt(Step::Source, bind_source(fd, source, peer)),
        None => Ok(()),
    }
}

fn bind_to_interface(fd: BorrowedFd<'_>, interface: &str) -> io::Result<()> {
    // The kernel would cut a longer name, and an empty one would unbind.
    if interface.is_empty() || interface.len() >= libc::IFNAMSIZ || interface.contains('\0') {
        return Err(io::Error::from_raw_os_error(libc::ENODEV));
    }
    option::set_bytes(fd, libc::SOL_SOCKET, libc::SO_BINDTODEVICE, interface.as_bytes())
}

/// The port is left to `connect`, which needs to avoid only the ports in use towards this peer.
fn bind_source(fd: BorrowedFd<'_>, source: IpAddr, peer: SocketAddr) -> io::Result<()> {
    option::set(fd, libc::SOL_IP, libc::IP_BIND_ADDRESS_NO_PORT, 1)?;
    let address = match (source, peer) {
        (IpAddr::V6(ip), SocketAddr::V6(peer)) if ip.is_unicast_link_local() => {
            SocketAddr::V6(SocketAddrV6::new(ip, 0, 0, peer.scope_id()))
        }
        (ip, _) => SocketAddr::new(ip, 0),
    };
    Ok(rustix::net::bind(fd, &address)?)
}

fn attempt<T>(step: Step, done: io::Result<T>) -> Result<T, StartError> {
    done.map_err(|error| StartError { step, error })
}

#[cfg(test)]
pub(crate) mod tests;

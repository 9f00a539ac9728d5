//! Sockets of the client and of the server, four of each: two for the kernel's own words, two for the library's.

use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::ops::Deref;
use std::time::Duration;

use allswell_liveness::{Live, Witness};
use allswell_os::socket::receive_errors;
use allswell_os::tcp_info::TcpState;
use allswell_testkit::namespace::path::Path;
use rustix::io::Errno;
use rustix::net::{AddressFamily, SendFlags, SocketFlags, SocketType, connect, send, socket_with, sockopt};

use crate::wait;

/// Where the server listens, when it does.
pub(crate) const SERVER: SocketAddr = SocketAddr::new(Path::SERVER, 80);
/// The same over IPv6.
pub(crate) const SERVER6: SocketAddr = SocketAddr::new(Path::SERVER6, 80);

/// The sockets of one situation, all alike. Two are for the kernel's own words, in either order; the third is shown to the library in the
/// end, and the fourth is the library's from the beginning.
pub(crate) struct Four {
    pub(crate) sockets: [TcpStream; 4],
    /// Of the fourth.
    pub(crate) live: Live<TcpStream>,
}

impl Four {
    /// The library is told the peer of a socket that is still connecting, since the kernel does not tell it.
    pub(crate) fn of(sockets: [TcpStream; 4], peer: SocketAddr) -> Self {
        let fourth = sockets[3].try_clone().unwrap();
        let witness = Witness::of(&fourth).unwrap().towards(peer);
        Self { live: Live::with(fourth, witness).unwrap(), sockets }
    }
}

impl Deref for Four {
    type Target = [TcpStream];

    fn deref(&self) -> &Self::Target {
        &self.sockets
    }
}

/// Four connections, seen from both ends. The far ends' listener lives as long as they do.
pub(crate) struct Pairs {
    pub(crate) near: Four,
    pub(crate) far: [TcpStream; 4],
    pub(crate) listener: TcpListener,
}

/// A socket that does nothing yet. It does not ask for the error queue, as most programs do not.
pub(crate) fn socket(family: IpAddr) -> TcpStream {
    let family = if family.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    TcpStream::from(socket_with(family, SocketType::STREAM, flags, None).unwrap())
}

/// Four sockets that have begun to connect, and what `connect` said.
pub(crate) fn attempt(to: SocketAddr, prepare: impl Fn(&TcpStream)) -> [(TcpStream, Option<Errno>); 4] {
    [(); 4].map(|()| {
        let socket = socket(to.ip());
        prepare(&socket);
        let said = connect(&socket, &to).err();
        (socket, said)
    })
}

/// Four sockets that connect in the background.
pub(crate) fn connecting(to: SocketAddr) -> Four {
    connecting_with(to, |_| ())
}

/// As [`connecting`], each prepared before.
pub(crate) fn connecting_with(to: SocketAddr, prepare: impl Fn(&TcpStream)) -> Four {
    refused(to, Errno::INPROGRESS, prepare)
}

/// Four sockets whose `connect` said this at once.
pub(crate) fn refused(to: SocketAddr, expected: Errno, prepare: impl Fn(&TcpStream)) -> Four {
    let sockets = attempt(to, prepare).map(|(socket, said)| {
        assert_eq!(said, Some(expected));
        socket
    });
    Four::of(sockets, to)
}

/// The server listens here.
pub(crate) fn listen(path: &Path, at: SocketAddr) -> TcpListener {
    path.server.run(|| TcpListener::bind(at).unwrap())
}

/// Four connections between client and server, on which nothing was sent yet.
pub(crate) fn connected(path: &Path, to: SocketAddr) -> Pairs {
    let listener = listen(path, to);
    let near = attempt(to, |_| ()).map(|(socket, _)| socket);
    wait::state(&near, TcpState::Established);
    let mut far: Vec<_> = near.iter().map(|_| listener.accept().unwrap()).collect();
    // They are accepted in the order in which their handshakes ended.
    let far = near.each_ref().map(|near| {
        let name = near.local_addr().unwrap();
        let at = far.iter().position(|(_, peer)| *peer == name).unwrap();
        far.swap_remove(at).0
    });
    Pairs { near: Four::of(near, to), far, listener }
}

/// One byte on each.
pub(crate) fn send_one(sockets: &[TcpStream]) {
    sockets.iter().for_each(|socket| assert_eq!(send(socket, b"x", SendFlags::NOSIGNAL).unwrap(), 1));
}

/// Breaks them off (RST).
pub(crate) fn reset(sockets: [TcpStream; 4]) {
    for socket in sockets {
        sockopt::set_socket_linger(&socket, Some(Duration::ZERO)).unwrap();
    }
}

/// Asks for keepalive probes: after so many seconds of idleness, so many apart, so many without an answer.
pub(crate) fn keepalive(socket: &TcpStream, [idle, interval, count]: [u32; 3]) {
    sockopt::set_tcp_keepidle(socket, Duration::from_secs(idle.into())).unwrap();
    sockopt::set_tcp_keepintvl(socket, Duration::from_secs(interval.into())).unwrap();
    sockopt::set_tcp_keepcnt(socket, count).unwrap();
    sockopt::set_socket_keepalive(socket, true).unwrap();
}

/// Sets TCP_USER_TIMEOUT.
pub(crate) fn user_timeout(socket: &TcpStream, millis: u32) {
    sockopt::set_tcp_user_timeout(socket, millis).unwrap();
}

/// Asks for the error queue.
pub(crate) fn queue_errors(socket: &TcpStream) {
    receive_errors(socket, SERVER).unwrap();
}

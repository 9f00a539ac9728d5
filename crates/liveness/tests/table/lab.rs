//! Sockets of the client and of the server, four of each: two for the kernel's own words, two for the library's.

use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use allswell_os::events::Events;
use allswell_os::socket::receive_errors;
use allswell_os::tcp_info::TcpState;
use allswell_testkit::namespace::path::Path;
use rustix::io::Errno;
use rustix::net::{AddressFamily, SendFlags, SocketFlags, SocketType, connect, send, socket_with, sockopt};

use crate::reading::{self, ErrorFirst};
use crate::row::Row;
use crate::wait;

/// Where the server listens, when it does.
pub(crate) const SERVER: SocketAddr = SocketAddr::new(Path::SERVER, 80);
/// The same over IPv6.
pub(crate) const SERVER6: SocketAddr = SocketAddr::new(Path::SERVER6, 80);

/// The sockets of one situation, all alike.
pub(crate) type Four = [TcpStream; 4];

/// Four connections, seen from both ends. The far ends' listener lives as long as they do.
pub(crate) struct Pairs {
    pub(crate) near: Four,
    pub(crate) far: Four,
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
    attempt(to, prepare).map(|(socket, said)| {
        assert_eq!(said, Some(Errno::INPROGRESS));
        socket
    })
}

/// The server listens here.
pub(crate) fn listen(path: &Path, at: SocketAddr) -> TcpListener {
    path.server.run(|| TcpListener::bind(at).unwrap())
}

/// Four connections between client and server, on which nothing was sent yet.
pub(crate) fn connected(path: &Path, to: SocketAddr) -> Pairs {
    let listener = listen(path, to);
    let near = connecting(to);
    wait::state(&near, TcpState::Established);
    let mut far: Vec<_> = near.iter().map(|_| listener.accept().unwrap()).collect();
    // They are accepted in the order in which their handshakes ended.
    let far = near.each_ref().map(|near| {
        let name = near.local_addr().unwrap();
        let at = far.iter().position(|(_, peer)| *peer == name).unwrap();
        far.swap_remove(at).0
    });
    Pairs { near, far, listener }
}

/// One byte on each.
pub(crate) fn send_one(sockets: &Four) {
    sockets.iter().for_each(|socket| assert_eq!(send(socket, b"x", SendFlags::NOSIGNAL).unwrap(), 1));
}

/// Breaks them off (RST).
pub(crate) fn reset(sockets: Four) {
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

/// A descriptor that is no stream, in a stream's dress: what is asked of it here is asked of any socket.
pub(crate) fn disguised(listener: TcpListener) -> TcpStream {
    TcpStream::from(OwnedFd::from(listener))
}

/// Reads the four sockets and compares with the row.
pub(crate) fn check(key: &str, sockets: Four) {
    compare(key, sockets, &[]);
}

/// Waits for the end of each socket, counted from `begun`; then as [`check`].
pub(crate) fn check_ends(key: &str, sockets: Four, begun: Instant) {
    let waited = wait::ends(&sockets, begun, Duration::from_secs(20));
    compare(key, sockets, &waited);
}

/// Lets nothing happen for as long as the row says, counted from `begun`; then as [`check`].
pub(crate) fn check_quiet(key: &str, sockets: Four, begun: Instant) {
    let seconds = Row::of(key).cell("waited").parse().unwrap();
    wait::quiet(&sockets, begun, Duration::from_secs_f64(seconds));
    compare(key, sockets, &[begun.elapsed()]);
}

/// Waits for errors or ends that come at once; then as [`check`].
pub(crate) fn check_after(key: &str, sockets: Four, events: Events) {
    wait::events(&sockets, events);
    compare(key, sockets, &[]);
}

/// Tells all columns that differ at once.
fn compare(key: &str, sockets: Four, waited: &[Duration]) {
    let row = Row::of(key);
    assert!(std::env::args().any(|test| test.contains(&format!("::{}", row.prefix()))), "{key} is the row of another test");
    let [a, b, before, after] = sockets;
    let verdicts = crate::verdict::both(before, after);
    let first = ErrorFirst::read(&a);
    let order_b = reading::peek_first(&b);
    let [sent_a, sent_b] = reading::sends([&a, &b]);
    let columns = [
        ("epoll", &first.epoll),
        ("state", &first.state),
        ("peername", &first.peername),
        ("SO_ERROR", &first.so_error),
        ("peek", &first.peek),
        ("order B", &order_b),
        ("epoll after", &first.epoll_after),
        ("sends", &sent_a),
        ("sends", &sent_b),
        ("error queue", &first.error_queue),
        ("verdict", &verdicts[0]),
        ("verdict", &verdicts[1]),
    ];
    let mut differ: Vec<String> = columns.iter().filter_map(|(column, read)| row.differs(column, read).filter(|_| *read != "?")).collect();
    differ.extend(row.differs_in_time(waited));
    println!("{}: waited {waited:?}", row.name);
    assert!(differ.is_empty(), "{}\n  {}", row.name, differ.join("\n  "));
}

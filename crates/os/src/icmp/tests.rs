//! Sockets on the real loopback, of whichever kinds this user may open.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant, SystemTime};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::*;

const LOOPBACK: [(Family, IpAddr); 2] =
    [(Family::V4, IpAddr::V4(Ipv4Addr::new(127, 0, 3, 9))), (Family::V6, IpAddr::V6(std::net::Ipv6Addr::LOCALHOST))];

/// Every kind of socket that may be opened here.
fn sockets() -> Vec<(Socket, IpAddr)> {
    let kinds = [Kind::Datagram, Kind::Raw];
    let pairs = LOOPBACK.iter().flat_map(|at| kinds.map(|kind| (*at, kind)));
    let open = |((family, address), kind)| match Socket::open(family, kind, 0x1230, false) {
        Ok(socket) => Some((socket, address)),
        Err(error) => {
            println!("not tried, because {family:?} {kind:?} is refused: {error}");
            None
        }
    };
    pairs.filter_map(open).collect()
}

fn request(to: IpAddr, way: &Way) -> Request<'_> {
    Request { to: SocketAddr::new(to, 0), way, hop_limit: Some(33), id: 0x1235, sequence: 77, payload: b"nonce", size: 56 }
}

fn wait(socket: &Socket) {
    let deadline = Timespec { tv_sec: 5, tv_nsec: 0 };
    assert_eq!(poll(&mut [PollFd::new(socket, PollFlags::IN)], Some(&deadline)).unwrap(), 1, "nothing came within 5 s");
}

#[test]
fn a_reply_comes_back_with_stamp_hop_limit_and_payload() {
    for (socket, address) in sockets() {
        let way = Way { source: Some(address), ..Way::default() };
        let before = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        socket.send(&request(address, &way)).unwrap();
        wait(&socket);
        let mut batch = Batch::new(&socket);
        assert_eq!(socket.receive(&mut batch).unwrap(), 1);
        let heard: Vec<Heard<'_>> = batch.heard().collect();
        let [Heard::Reply(reply)] = heard.as_slice() else { panic!("{heard:?}") };
        assert_eq!((reply.from, reply.sequence, &reply.payload[..5]), (address, 77, b"nonce".as_slice()));
        assert_eq!(reply.payload.len(), 56);
        assert_eq!(reply.hop_limit, Some(64));
        assert_eq!(reply.id, if socket.kind() == Kind::Raw { 0x1235 } else { socket.id() });
        assert!(reply.received.unwrap() >= before && reply.received.unwrap() < before + Duration::from_secs(5));
        assert_eq!(socket.receive(&mut batch).unwrap_err().kind(), io::ErrorKind::WouldBlock);
    }
}

#[test]
fn a_source_that_is_not_ours_is_refused() {
    for (socket, address) in sockets() {
        assert!(socket.heeds_ways());
        let elsewhere: IpAddr = if address.is_ipv4() { [192, 0, 2, 1].into() } else { "2001:db8::1".parse().unwrap() };
        let way = Way { source: Some(elsewhere), ..Way::default() };
        let error = socket.send(&request(address, &way)).unwrap_err();
        // IPv4 answers as if it had no route.
        assert!(matches!(error.raw_os_error(), Some(libc::EINVAL | libc::ENETUNREACH)), "{error}");
    }
}

#[test]
fn a_raw_socket_does_not_hear_another_block() {
    for (family, address) in LOOPBACK {
        let Ok(ours) = Socket::open(family, Kind::Raw, 0x2000, false) else { continue };
        let Ok(theirs) = Socket::open(family, Kind::Raw, 0x3000, false) else { continue };
        let way = Way::default();
        theirs.send(&Request { id: 0x3001, ..request(address, &way) }).unwrap();
        wait(&theirs);
        assert_eq!(ours.receive(&mut Batch::new(&ours)).unwrap_err().kind(), io::ErrorKind::WouldBlock);
    }
}

#[test]
fn what_overflows_is_counted() {
    for (socket, address) in sockets() {
        assert_eq!(socket.dropped().unwrap(), 0);
        option::set(socket.as_fd(), libc::SOL_SOCKET, libc::SO_RCVBUF, 1).unwrap();
        for _ in 0..64 {
            socket.send(&request(address, &Way::default())).unwrap();
        }
        wait(&socket);
        let deadline = Instant::now() + Duration::from_secs(5);
        while socket.dropped().unwrap() == 0 {
            assert!(Instant::now() < deadline);
            std::thread::yield_now();
        }
    }
}

#[test]
fn departure_is_seen() {
    for (_, address) in sockets().into_iter().filter(|(socket, _)| socket.kind() == Kind::Datagram) {
        assert!(Socket::departs(&request(address, &Way::default())).unwrap());
    }
}

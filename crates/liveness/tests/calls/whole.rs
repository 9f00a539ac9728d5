//! "End" is said of a stream whose end came, whatever happened to the connection afterwards, and of no other: also when somebody else has
//! taken the error.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use allswell_liveness::{Live, State, TcpState, Verdict, tcp_info};
use socket2::{Domain, SockRef, Socket, Type};

fn until(near: &Live<TcpStream>, state: TcpState) {
    let began = Instant::now();
    while tcp_info(near.get_ref()).unwrap().state != state {
        assert!(began.elapsed() < Duration::from_secs(5), "{state:?} did not come");
        std::thread::yield_now();
    }
}

/// Both ends; the far one has room for little.
fn pair() -> (Live<TcpStream>, TcpStream) {
    let narrow = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    narrow.set_recv_buffer_size(4096).unwrap();
    narrow.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    narrow.listen(1).unwrap();
    let listener = TcpListener::from(narrow);
    let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    near.set_nonblocking(true).unwrap();
    (Live::new(near).unwrap(), listener.accept().unwrap().0)
}

fn reset(near: &Live<TcpStream>, far: TcpStream) {
    SockRef::from(&far).set_linger(Some(Duration::ZERO)).unwrap();
    drop(far);
    until(near, TcpState::Close);
}

/// Somebody who holds a duplicate asks as if he were the owner.
fn steal(near: &Live<TcpStream>) -> State {
    Verdict::of(near.get_ref().as_fd().try_clone_to_owned().unwrap()).unwrap().state
}

fn read_all(near: &mut Live<TcpStream>) -> (usize, io::Result<usize>) {
    let mut bytes = 0;
    loop {
        match near.read(&mut [0; 3]) {
            Ok(more) if more > 0 => bytes += more,
            end => return (bytes, end),
        }
    }
}

/// Its answer is whole, and what it did not read of our request is another matter.
#[test]
fn an_answer_that_ended_before_the_request_was_read_is_whole() {
    for asked_before in [false, true] {
        let (mut near, mut far) = pair();
        far.write_all(b"too large").unwrap();
        far.shutdown(Shutdown::Write).unwrap();
        until(&near, TcpState::CloseWait);
        while near.write(&[0; 65_536]).is_ok() {}
        near.get_ref().shutdown(Shutdown::Write).unwrap();
        assert_eq!(tcp_info(near.get_ref()).unwrap().state, TcpState::LastAck, "our end waits behind what the peer does not read");
        drop(far);
        until(&near, TcpState::Close);
        if asked_before {
            assert_eq!(near.handle().verdict().state, State::Reset, "it broke off what we sent");
        }
        let (bytes, end) = read_all(&mut near);
        assert_eq!((bytes, end.unwrap()), (9, 0));
        assert_eq!(near.handle().verdict().state, State::Reset);
        assert_eq!(near.read(&mut [0; 3]).unwrap(), 0, "and stays so");
        assert_eq!(near.write(b"x").unwrap_err().kind(), ErrorKind::ConnectionReset);
    }
}

#[test]
fn a_torn_answer_is_not_whole_for_want_of_a_reason() {
    for finished in [false, true] {
        let (mut near, mut far) = pair();
        far.write_all(b"half an").unwrap();
        if finished {
            near.get_ref().shutdown(Shutdown::Write).unwrap();
            until(&near, TcpState::FinWait2);
        }
        reset(&near, far);
        assert_eq!(steal(&near), State::Reset);
        for (bytes, end) in [read_all(&mut near), read_all(&mut near)] {
            assert!(bytes == 7 || bytes == 0);
            let error = end.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::ConnectionAborted, "{error}");
            let verdict = error.get_ref().unwrap().downcast_ref::<Verdict>().unwrap();
            assert_eq!(verdict.state, State::Ended { pending: false }, "{verdict}");
        }
        assert_eq!(near.handle().verdict().state, State::Ended { pending: false });
    }
}

#[test]
fn a_whole_answer_stays_whole_for_want_of_a_reason() {
    let (mut near, mut far) = pair();
    far.write_all(b"whole").unwrap();
    drop(far);
    until(&near, TcpState::CloseWait);
    near.write_all(b"more?").unwrap();
    until(&near, TcpState::Close);
    assert_eq!(steal(&near), State::ResetAfterFin);
    let (bytes, end) = read_all(&mut near);
    assert_eq!((bytes, end.unwrap()), (5, 0));
}

/// What was read before it was watched, and what is read beside it.
#[test]
fn bytes_that_others_have_read_do_not_make_it_whole() {
    for beside in [false, true] {
        let (near, mut far) = pair();
        far.write_all(b"an answer").unwrap();
        let mut near = if beside {
            let near = Live::new(near.into_inner()).unwrap();
            assert_eq!(near.get_ref().read(&mut [0; 4]).unwrap(), 4);
            near
        } else {
            let mut stream = near.into_inner();
            assert_eq!(stream.read(&mut [0; 4]).unwrap(), 4);
            Live::new(stream).unwrap()
        };
        reset(&near, far);
        let (bytes, end) = read_all(&mut near);
        assert_eq!((bytes, end.unwrap_err().kind()), (5, ErrorKind::ConnectionReset), "{beside}");
    }
}

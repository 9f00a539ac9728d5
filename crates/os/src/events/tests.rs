//! The bits as the kernel gives them, and as they are written.

use std::io::Write;
use std::net::{TcpListener, TcpStream};

use super::*;

#[test]
fn a_connection_before_and_after_bytes_came() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    assert_eq!(now(&near).unwrap(), Events::OUT);
    let (mut far, _) = listener.accept().unwrap();
    far.write_all(b"x").unwrap();
    let mut fds = [PollFd::new(&near, PollFlags::IN)];
    poll(&mut fds, None).unwrap();
    assert_eq!(now(&near).unwrap(), Events::IN | Events::OUT);
}

#[test]
fn they_are_written_by_name() {
    assert_eq!(Events::default().to_string(), "-");
    assert_eq!((Events::RDHUP | Events::IN | Events::ERR).to_string(), "IN ERR RDHUP");
    assert_eq!(Events::from_bits(0x201f).to_string(), "PRI IN OUT ERR HUP RDHUP");
}

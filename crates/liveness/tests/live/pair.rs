//! Both ends of a connection over loopback.

use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use allswell_liveness::Live;
use socket2::SockRef;

pub(crate) fn streams() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (near, listener.accept().unwrap().0)
}

pub(crate) fn live() -> (Live<TcpStream>, TcpStream) {
    let (near, far) = streams();
    (Live::new(near).unwrap(), far)
}

pub(crate) fn reset(far: TcpStream) {
    SockRef::from(&far).set_linger(Some(Duration::ZERO)).unwrap();
    drop(far);
}

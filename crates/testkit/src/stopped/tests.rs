//! The process is stopped, and gone with its holder.

use std::fs;
use std::net::{TcpListener, TcpStream};

use super::*;

#[test]
fn the_kernel_answers_for_it_until_it_ends() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let stopped = Stopped::holding(listener.into());
    let status = fs::read_to_string(format!("/proc/{}/status", stopped.child.id())).unwrap();
    assert!(status.contains("State:\tT"), "{status}");
    TcpStream::connect(address).unwrap();
    drop(stopped);
    TcpStream::connect(address).unwrap_err();
}

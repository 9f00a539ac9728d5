//! The servers do what they are told, and end.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use super::*;

fn connected(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    stream
}

#[test]
fn the_end_of_a_script_is_an_orderly_close() {
    let server = Server::scripted(&[Act::ReadHead, Act::say("hello")]);
    let mut stream = connected(&server);
    stream.write_all(b"GET / HTTP/1.1\r\n\r\nand more").unwrap();
    let mut all = String::new();
    stream.read_to_string(&mut all).unwrap();
    assert_eq!(all, "hello");
}

#[test]
fn a_reset_is_a_reset() {
    let server = Server::scripted(&[Act::Reset]);
    let error = connected(&server).read(&mut [0; 1]).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
}

#[test]
fn a_dropped_server_has_closed_its_connections() {
    let server = Server::scripted(&[Act::say("x"), Act::Hold]);
    let mut stream = connected(&server);
    stream.read_exact(&mut [0; 1]).unwrap();
    let address = server.address();
    drop(server);
    assert_eq!(stream.read(&mut [0; 1]).unwrap_or(0), 0);
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn requests_are_remembered() {
    let server = Server::http(|asked| Answer::ok(asked.target.clone()));
    let mut stream = connected(&server);
    stream.write_all(b"GET /a?b HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
    let mut all = String::new();
    stream.read_to_string(&mut all).unwrap();
    assert!(all.ends_with("/a?b"), "{all}");
    assert_eq!(server.asked()[0].header("host"), Some("x"));
}

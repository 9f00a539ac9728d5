//! Ends that are told, and data that is not.

use std::io::Write;
use std::net::{Shutdown, TcpListener, TcpStream};

use super::*;

fn next(watcher: &Watcher) -> Vec<(u64, Events)> {
    let mut told = Vec::new();
    assert!(watcher.wait(&mut |token, events| told.push((token, events))).unwrap());
    told
}

#[test]
fn ends_are_told_and_data_is_not() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (mut far, _) = listener.accept().unwrap();
    let watcher = Watcher::new().unwrap();
    watcher.add(&near, 7).unwrap();
    far.write_all(b"data").unwrap();
    far.shutdown(Shutdown::Write).unwrap();
    let told = next(&watcher);
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].0, 7);
    assert!(told[0].1.contains(Events::RDHUP) && !told[0].1.contains(Events::HUP), "{}", told[0].1);
    near.shutdown(Shutdown::Write).unwrap();
    assert!(next(&watcher)[0].1.contains(Events::HUP));
}

#[test]
fn what_ended_before_is_told_too() {
    let watcher = Watcher::new().unwrap();
    let socket = crate::socket::begin_connect(crate::socket::tests::closed_port([127, 0, 0, 1].into()), &Default::default()).unwrap();
    crate::socket::tests::settled(&socket);
    watcher.add(&socket, 1).unwrap();
    assert!(next(&watcher)[0].1.contains(Events::ERR | Events::HUP));
}

#[test]
fn it_can_be_stopped_from_another_thread() {
    let watcher = Watcher::new().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| watcher.stop());
        while watcher.wait(&mut |_, _| {}).unwrap() {}
    });
    assert!(!watcher.wait(&mut |_, _| {}).unwrap(), "it stays stopped");
    watcher.go_on();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    watcher.add(&near, 9).unwrap();
    near.shutdown(Shutdown::Both).unwrap();
    assert_eq!(next(&watcher)[0].0, 9);
}

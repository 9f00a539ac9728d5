//! Keepalive for connections that somebody else in this process holds.

use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use allswell_liveness::{Keepalive, mine};

#[test]
fn keepalive_reaches_the_connections_of_a_client_that_hides_them_and_no_others() {
    let [server, other] = ["127.0.0.1:0", "127.0.0.1:0"].map(|at| TcpListener::bind(at).unwrap());
    let connect = |to: &TcpListener| TcpStream::connect(to.local_addr().unwrap()).unwrap();
    let hidden: Vec<TcpStream> = (0..3).map(|_| connect(&server)).collect();
    let elsewhere = connect(&other);
    let accepted = server.accept().unwrap().0;
    let keepalive = Keepalive::detect_within(Duration::from_secs(20)).unwrap();
    assert_eq!(keepalive.apply_to_mine(server.local_addr().unwrap()).unwrap(), 3);
    for stream in &hidden {
        let now = Keepalive::read(stream).unwrap();
        assert!(now.on);
        assert_eq!((now.idle, now.user_timeout), (Some(keepalive.idle()), keepalive.user_timeout()));
    }
    assert!([&elsewhere, &accepted].iter().all(|stream| !Keepalive::read(*stream).unwrap().on));
    drop(hidden);
    assert_eq!(mine(server.local_addr().unwrap()).unwrap().len(), 0, "nothing keeps them open");
    assert_eq!(keepalive.apply_to_mine(server.local_addr().unwrap()).unwrap(), 0);
}

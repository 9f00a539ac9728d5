//! The server's patience: with slow heads, long heads, idle lines and clients that take nothing.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use allswell_model::Status;
use allswell_web::Limits;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use crate::house::{House, PATIENCE, Plan, rest, target};

const SHORT: Duration = Duration::from_millis(200);

async fn house(limits: Limits) -> House {
    House::with(Plan { limits, ..Plan::default() }).await
}

#[tokio::test]
async fn a_head_that_drips_and_a_line_that_idles_are_ended() {
    let house = house(Limits { header: SHORT, ..Limits::default() }).await;
    let mut dripping = TcpStream::connect(house.address).await.unwrap();
    dripping.write_all(b"GET / HTTP/1.1\r\nHost: loc").await.unwrap();
    let mut idle = TcpStream::connect(house.address).await.unwrap();
    rest(&mut dripping).await;
    rest(&mut idle).await;
}

#[tokio::test]
async fn a_head_without_end_is_refused() {
    let house = house(Limits::default()).await;
    let mut stream = TcpStream::connect(house.address).await.unwrap();
    let head = format!("GET / HTTP/1.1\r\nHost: localhost\r\nX: {}", "x".repeat(100_000));
    // The server may close before it has all of it.
    let _ = stream.write_all(head.as_bytes()).await;
    let said = rest(&mut stream).await;
    assert!(said.is_empty() || said.starts_with("HTTP/1.1 431"), "{said}");
}

#[tokio::test]
async fn connections_beyond_the_cap_wait_and_are_then_served() {
    let house = house(Limits { connections: 2, header: SHORT, ..Limits::default() }).await;
    let _held = [TcpStream::connect(house.address).await.unwrap(), TcpStream::connect(house.address).await.unwrap()];
    assert_eq!(house.get("/healthz").await.status, 200);
}

#[tokio::test]
async fn a_client_that_takes_nothing_is_dropped_and_nothing_piles_up_for_it() {
    let mut house = house(Limits { stalled: SHORT, ..Limits::default() }).await;
    let db = target("prod/db", "db1");
    house.watch(std::slice::from_ref(&db));
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut deaf = socket.connect(house.address).await.unwrap();
    deaf.write_all(format!("GET /api/v1/stream?after= HTTP/1.1\r\nHost: {}\r\n\r\n", house.address).as_bytes()).await.unwrap();
    clients(&house, 1).await;
    let long = "x".repeat(60_000);
    (0..200).for_each(|_| house.change(&db, Status::Down, &long));
    clients(&house, 0).await;
}

/// Waits until the stream has so many clients.
async fn clients(house: &House, wanted: usize) {
    let line = format!("allswell_stream_clients {wanted}");
    let seen = async { while !house.get("/metrics").await.text.lines().any(|known| known == line) {} };
    timeout(PATIENCE, seen).await.unwrap();
}

#[tokio::test]
async fn it_ends_within_a_second_whoever_hangs_on() {
    let mut house = house(Limits::default()).await;
    let mut asking = TcpStream::connect(house.address).await.unwrap();
    asking
        .write_all(b"POST /api/v1/reload HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{")
        .await
        .unwrap();
    assert_eq!(house.get("/healthz").await.status, 200);
    let began = Instant::now();
    house.stop();
    timeout(PATIENCE, house.server).await.unwrap().unwrap().unwrap();
    assert!(began.elapsed() < Duration::from_secs(1), "it took {:?}", began.elapsed());
    rest(&mut asking).await;
}

/// Listens on a line of its own, from this address of loopback, and gives it once its head was answered.
async fn listen(house: &House, from: &str) -> (TcpStream, String) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::new(from.parse().unwrap(), 0)).unwrap();
    let mut stream = socket.connect(house.address).await.unwrap();
    stream.write_all(b"GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    let mut head = String::new();
    while !head.contains("\r\n\r\n") {
        let mut bytes = [0; 1024];
        let read = timeout(PATIENCE, stream.read(&mut bytes)).await.unwrap().unwrap();
        assert!(read > 0, "{head}");
        head.push_str(std::str::from_utf8(&bytes[..read]).unwrap());
    }
    (stream, head)
}

#[tokio::test]
async fn a_thousand_listen_and_a_page_finds_its_way() {
    allswell_os::limits::raise_descriptors().unwrap();
    // Fewer places to ask than there are listeners: those do not take them.
    let mut house = house(Limits { connections: 8, ..Limits::default() }).await;
    let db = target("prod/db", "db1");
    house.watch(std::slice::from_ref(&db));
    let mut listeners = Vec::new();
    for _ in 0..1000 {
        let (stream, head) = listen(&house, "127.0.0.1").await;
        assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
        listeners.push(stream);
    }
    clients(&house, 1000).await;
    assert_eq!(house.get("/").await.status, 200);
    // All are told, by one reading of the log.
    house.change(&db, Status::Down, "for all to hear");
    for stream in &mut listeners {
        let mut heard = String::new();
        while !heard.contains("for all to hear") {
            let mut bytes = [0; 4096];
            let read = timeout(PATIENCE, stream.read(&mut bytes)).await.unwrap().unwrap();
            assert!(read > 0, "{heard}");
            heard.push_str(&String::from_utf8_lossy(&bytes[..read]));
        }
    }
    drop(listeners);
    clients(&house, 0).await;
}

#[tokio::test]
async fn one_address_takes_its_share_of_the_stream_and_leaves_the_rest() {
    let house = house(Limits { streams: 6, streams_of_one: 4, ..Limits::default() }).await;
    let mut listeners = Vec::new();
    let mut refused = 0;
    for _ in 0..8 {
        let (stream, head) = listen(&house, "127.0.0.1").await;
        refused += usize::from(head.starts_with("HTTP/1.1 503 ") && head.contains("retry-after: 5"));
        listeners.push(stream);
    }
    assert_eq!(refused, 4);
    for (from, status) in [("127.0.0.2", "200"), ("127.0.0.3", "200"), ("127.0.0.4", "503")] {
        let (stream, head) = listen(&house, from).await;
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{from}: {head}");
        listeners.push(stream);
    }
}

#[tokio::test]
async fn one_address_takes_its_share_of_the_connections_and_leaves_the_rest() {
    let house = house(Limits { connections: 4, connections_of_one: 2, ..Limits::default() }).await;
    let _held = [TcpStream::connect(house.address).await.unwrap(), TcpStream::connect(house.address).await.unwrap()];
    let turned_away = house.say("").await;
    assert!(turned_away.starts_with("HTTP/1.1 503 ") && turned_away.contains("Retry-After: 5"), "{turned_away}");
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.2:0".parse().unwrap()).unwrap();
    let mut other = socket.connect(house.address).await.unwrap();
    other.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await.unwrap();
    assert!(rest(&mut other).await.starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn a_listener_that_is_cut_gives_its_line_back() {
    // The line that listened has no place among those who ask; it must not go on to ask.
    let house = house(Limits { streams: 1, streams_of_one: 1, ..Limits::default() }).await;
    let (_stream, head) = listen(&house, "127.0.0.1").await;
    assert!(head.to_ascii_lowercase().contains("connection: close"), "{head}");
}

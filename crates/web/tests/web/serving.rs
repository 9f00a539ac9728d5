//! The server's patience: with slow heads, long heads, idle lines and clients that take nothing.

use std::time::{Duration, Instant};

use allswell_model::Status;
use allswell_web::Limits;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use crate::house::{House, PATIENCE, Plan, target};

const SHORT: Duration = Duration::from_millis(200);

async fn house(limits: Limits) -> House {
    House::with(Plan { limits, ..Plan::default() }).await
}

/// What comes until the server closes.
async fn rest(stream: &mut TcpStream) -> String {
    let mut read = Vec::new();
    // A reset is an end as well.
    let _ = timeout(PATIENCE, stream.read_to_end(&mut read)).await.unwrap();
    String::from_utf8_lossy(&read).into_owned()
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

//! The stream of events: resumed without loss, bounded, and ended with a reason.

use std::time::Duration;

use allswell_model::Status;
use allswell_web::Limits;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::{Request, Response};
use serde_json::Value;

use crate::house::{House, PATIENCE, Plan, target, up};
use crate::schema::check_named;

/// One message, as a browser takes it apart.
#[derive(Debug, Clone)]
struct Message {
    name: String,
    id: Option<String>,
    data: Value,
}

struct Listener {
    response: Response<Incoming>,
    read: String,
}

impl Listener {
    async fn at(house: &House, request: hyper::http::request::Builder) -> Self {
        let response = house.open(request).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, read: String::new() }
    }

    /// The next message; nothing at the end of the stream.
    async fn next(&mut self) -> Option<Message> {
        loop {
            if let Some((message, rest)) = self.read.split_once("\n\n") {
                let (message, rest) = (message.to_owned(), rest.to_owned());
                self.read = rest;
                if !message.starts_with(':') {
                    return Some(parse(&message));
                }
                continue;
            }
            let frame = tokio::time::timeout(PATIENCE, self.response.frame()).await.unwrap()?;
            self.read.push_str(std::str::from_utf8(frame.unwrap().data_ref().unwrap()).unwrap());
        }
    }

    /// The next message of this name.
    async fn next_named(&mut self, name: &str) -> Message {
        loop {
            let message = self.next().await.unwrap_or_else(|| panic!("the stream ended before a `{name}`"));
            if message.name == name {
                return message;
            }
        }
    }
}

fn parse(text: &str) -> Message {
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ").map(str::to_owned));
    let data = serde_json::from_str(&field("data").unwrap()).unwrap();
    Message { name: field("event").unwrap(), id: field("id"), data }
}

#[tokio::test]
async fn what_happens_is_told_and_a_pulse_each_second() {
    let mut house = House::new().await;
    let db = target("prod/db", "db1");
    house.watch(std::slice::from_ref(&db));
    let mut listener = Listener::at(&house, Request::get("/api/v1/stream")).await;
    let pulse = listener.next_named("pulse").await;
    check_named("Pulse", &pulse.data);
    assert_eq!((pulse.id, &pulse.data["headline"]), (None, &Value::from("1 unknown (no result yet)")));
    house.change(&db, Status::Down, "refused");
    let told = listener.next_named("transition").await;
    check_named("Event", &told.data);
    assert_eq!((&told.data["to"], &told.data["reason"]), (&Value::from("down"), &Value::from("refused")));
    listener.next_named("pulse").await;
}

#[tokio::test]
async fn the_pulse_tells_that_the_history_is_not_kept() {
    let mut house = House::new().await;
    let db = target("prod/db", "db1");
    house.watch(std::slice::from_ref(&db));
    let mut listener = Listener::at(&house, Request::get("/api/v1/stream")).await;
    assert_eq!(listener.next_named("pulse").await.data["trouble"], Value::Null);
    house.lose([up(&db, 1)]);
    let pulse = loop {
        let pulse = listener.next_named("pulse").await;
        if !pulse.data["trouble"].is_null() {
            break pulse;
        }
    };
    check_named("Pulse", &pulse.data);
    assert!(pulse.data["trouble"].as_str().unwrap().ends_with("1 result is missing from it."), "{:?}", pulse.data);
}

#[tokio::test]
async fn every_event_of_a_page_can_be_resumed_from() {
    let mut house = House::new().await;
    let db = target("prod/db", "db1");
    house.watch(std::slice::from_ref(&db));
    let start = house.json("/api/v1/events?limit=1").await["next"].as_str().unwrap().to_owned();
    (0..250).for_each(|n| house.change(&db, Status::Down, &n.to_string()));
    let mut listener = Listener::at(&house, Request::get(format!("/api/v1/stream?pulse=false&after={start}"))).await;
    for n in 0..250 {
        let message = listener.next_named("transition").await;
        assert_eq!(message.data["reason"], n.to_string());
        if n % 83 == 7 {
            let again = Request::get("/api/v1/stream?pulse=false").header("last-event-id", message.id.unwrap());
            listener = Listener::at(&house, again).await;
        }
    }
}

#[tokio::test]
async fn a_listener_that_comes_back_misses_nothing_and_hears_nothing_twice() {
    let mut house = House::new().await;
    let db = target("prod/db", "db1");
    house.watch(std::slice::from_ref(&db));
    let quiet = || Request::get("/api/v1/stream?pulse=false");
    let mut listener = Listener::at(&house, quiet()).await;
    let (mut heard, mut last) = (Vec::new(), String::new());
    for n in 0..60 {
        house.change(&db, Status::Down, &format!("{n}"));
        if n % 7 == 3 {
            let message = listener.next_named("transition").await;
            heard.push(message.data["reason"].as_str().unwrap().to_owned());
            last = message.id.unwrap();
            drop(listener);
            house.change(&db, Status::Down, &format!("{n} unheard"));
            // The address still says where it first began; the header is what counts.
            let again = Request::get("/api/v1/stream?pulse=false&after=").header("last-event-id", &last);
            listener = Listener::at(&house, again).await;
        }
    }
    while heard.len() < 68 {
        heard.push(listener.next_named("transition").await.data["reason"].as_str().unwrap().to_owned());
    }
    let expected: Vec<String> =
        (0..60).flat_map(|n| [Some(n.to_string()), (n % 7 == 3).then(|| format!("{n} unheard"))]).flatten().collect();
    assert_eq!(heard, expected[..68]);
    assert!(!last.is_empty());
}

#[tokio::test]
async fn a_cursor_that_is_none_is_refused_before_the_stream_begins() {
    let house = House::new().await;
    for id in ["nonsense", "01deadbeef0101"] {
        let answer = house.ask(Request::get("/api/v1/stream").header("last-event-id", id)).await;
        assert_eq!(answer.status, 400);
        check_named("Problem", &answer.json());
    }
}

#[tokio::test]
async fn places_are_bounded_and_come_free() {
    let limits = Limits { streams: 8, streams_of_one: 8, ..Limits::default() };
    let house = House::with(Plan { limits, ..Plan::default() }).await;
    let mut listeners = Vec::new();
    for _ in 0..8 {
        listeners.push(Listener::at(&house, Request::get("/api/v1/stream")).await);
    }
    let answer = house.get("/api/v1/stream").await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (503, "5"));
    check_named("Problem", &answer.json());
    listeners.pop();
    // The server notices at its next pulse that the client has gone.
    let freed = async {
        while house.open(Request::get("/api/v1/stream")).await.status() != 200 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, freed).await.unwrap();
}

#[tokio::test]
async fn the_end_is_told_with_its_reason_and_comes_within_a_second() {
    let mut house = House::new().await;
    let mut listener = Listener::at(&house, Request::get("/api/v1/stream?pulse=false")).await;
    house.stop();
    let asked = std::time::Instant::now();
    let cut = listener.next_named("cut").await;
    check_named("Cut", &cut.data);
    assert_eq!(cut.data["reason"], "the program ends");
    assert!(listener.next().await.is_none());
    tokio::time::timeout(PATIENCE, house.server).await.unwrap().unwrap().unwrap();
    assert!(asked.elapsed() < Duration::from_secs(1), "it took {:?}", asked.elapsed());
}

//! Who may call and what they may do: roles, passwords and tokens, over real sockets.

use std::net::SocketAddr;

use allswell_web::{Access, Role, Secret, hash_token};
use hyper::Request;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpSocket;

use crate::house::{House, Plan, ann_and_bob, basic, rest};

async fn guarded() -> House {
    House::with(Plan { access: ann_and_bob(), token: Some("s3cret"), ..Plan::default() }).await
}

/// What somebody shows, and whether that makes an operator.
fn shown() -> [(&'static str, String, bool); 6] {
    [
        ("authorization", basic("ann", "viewer"), false),
        ("authorization", basic("bob", "horse"), true),
        ("authorization", "Bearer ann's token".to_owned(), false),
        ("authorization", "Bearer bob's token".to_owned(), true),
        ("authorization", "Bearer s3cret".to_owned(), true),
        ("cookie", String::new(), true),
    ]
}

#[tokio::test]
async fn viewers_look_and_operators_act() {
    let house = guarded().await;
    for (header, shown, operator) in shown() {
        let shown = if shown.is_empty() { format!("allswell_{}=s3cret", house.address.port()) } else { shown };
        for (method, path, looking) in [
            ("GET", "/", true),
            ("HEAD", "/", true),
            ("GET", "/metrics", true),
            ("GET", "/api/v1/targets", true),
            ("POST", "/api/v1/reload", false),
            ("POST", "/api/v1/check", false),
            ("PUT", "/api/v1/targets/x", false),
            ("DELETE", "/api/v1/targets/x", false),
            ("PATCH", "/", false),
            ("OPTIONS", "/", false),
        ] {
            let answer = house.ask(Request::builder().method(method).uri(path).header(header, &shown)).await;
            match (looking, operator) {
                (true, _) => assert_eq!(answer.status, 200, "{shown}: {method} {path}"),
                (false, false) => {
                    assert_eq!(answer.status, 403, "{shown}: {method} {path}");
                    assert_eq!(answer.json()["detail"], "A viewer may look and change nothing; this needs an operator.");
                }
                (false, true) => assert!(matches!(answer.status.as_u16(), 200 | 405 | 415), "{shown}: {method} {path}: {}", answer.status),
            }
        }
    }
    assert!(house.done().iter().all(|done| done == "remove x"), "only a DELETE needs no body");
}

#[tokio::test]
async fn the_stream_opens_to_a_password_as_browsers_send_it() {
    let house = guarded().await;
    let asked = Request::get("/api/v1/stream").header("authorization", basic("ann", "viewer")).header("sec-fetch-site", "same-origin");
    assert_eq!(house.open(asked).await.status(), 200);
    assert_eq!(house.get("/api/v1/stream").await.status, 401);
}

#[tokio::test]
async fn whoever_shows_nothing_or_something_wrong_is_told_what_may_be_shown() {
    let (password, token) = ("Basic realm=\"Allswell\", charset=\"UTF-8\"", "Bearer realm=\"Allswell\"");
    let only = |wanted: fn(&Secret) -> bool| ann_and_bob().into_iter().filter(|access| wanted(&access.secret)).collect::<Vec<_>>();
    for (access, generated, challenges) in [
        (ann_and_bob(), Some("s3cret"), vec![password, token]),
        (only(|secret| matches!(secret, Secret::Password(_))), None, vec![password]),
        (only(|secret| matches!(secret, Secret::Token(_))), None, vec![token]),
        (only(|secret| matches!(secret, Secret::Password(_))), Some("s3cret"), vec![password, token]),
        (Vec::new(), Some("s3cret"), vec![token]),
    ] {
        let house = House::with(Plan { access, token: generated, ..Plan::default() }).await;
        for wrong in ["", "Bearer wrong", &basic("ann", "wrong"), &basic("nobody", "viewer"), "Basic !", "Digest x"] {
            let answer = house.ask(Request::get("/").header("authorization", wrong)).await;
            assert_eq!(answer.status, 401, "{wrong}");
            let said: Vec<_> = answer.headers.get_all("www-authenticate").iter().map(|value| value.to_str().unwrap()).collect();
            assert_eq!(said, challenges, "{wrong}");
            assert_eq!(answer.header("content-type"), "application/problem+json");
        }
        let page = house.ask(Request::get("/").header("accept", "text/html,*/*;q=0.8")).await;
        assert_eq!((page.status.as_u16(), page.header("content-type")), (401, "text/html; charset=utf-8"));
        assert!(page.text.contains("needed"), "{}", page.text);
    }
}

#[tokio::test]
async fn off_loopback_nobody_gets_in_unless_somebody_is_declared() {
    let house = House::with(Plan { listen: Some("0.0.0.0"), ..Plan::default() }).await;
    for path in ["/", "/metrics", "/api/v1/targets"] {
        assert_eq!(house.get(path).await.status, 401, "{path}");
    }
    assert_eq!(house.get("/healthz").await.status, 200);
    house.access.replace(ann_and_bob());
    assert_eq!(house.ask(Request::get("/").header("authorization", "Bearer ann's token")).await.status, 200);
}

#[tokio::test]
async fn whoever_is_taken_off_the_list_is_out_at_once() {
    let house = House::with(Plan { access: ann_and_bob(), ..Plan::default() }).await;
    let status = async |shown: &str| house.ask(Request::get("/").header("authorization", shown)).await.status.as_u16();
    let (by_password, by_token) = (basic("bob", "horse"), "Bearer bob's token");
    assert_eq!((status(&by_password).await, status(by_token).await), (200, 200));
    house.access.replace(ann_and_bob().into_iter().filter(|access| access.name != "bob").collect());
    assert_eq!((status(&by_password).await, status(by_token).await), (401, 401));
    // A list that is emptied opens nothing that was not open before it was filled; on loopback that is everything.
    let viewer = Access { name: "bob".into(), role: Role::Viewer, secret: Secret::token(&hash_token("bob's token")).unwrap() };
    house.access.replace(vec![viewer]);
    let asked = Request::delete("/api/v1/targets/x").header("authorization", by_token);
    assert_eq!(house.ask(asked).await.status, 403);
}

/// Asks from this address of loopback, and gives the answer's first line and headers.
async fn from(house: &House, address: &str, authorization: &str) -> String {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::new(address.parse().unwrap(), 0)).unwrap();
    let mut stream = socket.connect(house.address).await.unwrap();
    let asked = format!("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: {authorization}\r\n\r\n");
    stream.write_all(asked.as_bytes()).await.unwrap();
    rest(&mut stream).await
}

#[tokio::test]
async fn whoever_tries_passwords_is_slowed_down_and_nobody_else_is() {
    let house = House::with(Plan { access: ann_and_bob(), ..Plan::default() }).await;
    for n in 0..5 {
        let answer = from(&house, "127.0.0.1", &basic("bob", &format!("wrong {n}"))).await;
        assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    }
    let slowed = from(&house, "127.0.0.1", &basic("bob", "horse")).await.to_ascii_lowercase();
    assert!(slowed.starts_with("http/1.1 429 ") && slowed.contains("\r\nretry-after: "), "{slowed}");
    // Neither another name, nor a token, nor the same name from elsewhere.
    for (address, shown) in
        [("127.0.0.1", basic("ann", "viewer")), ("127.0.0.1", "Bearer bob's token".to_owned()), ("127.0.0.2", basic("bob", "horse"))]
    {
        assert!(from(&house, address, &shown).await.starts_with("HTTP/1.1 200 "), "{address} {shown}");
    }
    let metrics = house.ask(Request::get("/metrics").header("authorization", "Bearer ann's token")).await.text;
    for line in ["{outcome=\"right\"} 2", "{outcome=\"wrong\"} 5", "{outcome=\"refused\"} 1"] {
        assert!(metrics.contains(&format!("allswell_password_checks_total{line}\n")), "{line} is missing in {metrics}");
    }
}

#[tokio::test]
async fn names_in_turn_are_no_way_around_it() {
    let house = House::with(Plan { access: ann_and_bob(), ..Plan::default() }).await;
    let mut refused = 0;
    for n in 0..40 {
        let answer = from(&house, "127.0.0.1", &basic(&format!("name {n}"), "wrong")).await;
        refused += u32::from(answer.starts_with("HTTP/1.1 429 "));
    }
    // Twenty at once, and one more each three seconds that this took.
    assert!((10..=20).contains(&refused), "{refused}");
}

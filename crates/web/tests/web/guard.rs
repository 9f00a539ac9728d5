//! Who may call: hosts, origins and the token, over real sockets.

use hyper::Request;

use crate::house::{House, Plan};

#[tokio::test]
async fn a_rebound_name_gets_nothing() {
    let house = House::new().await;
    for path in ["/", "/api/v1/targets", "/api/v1/stream", "/metrics", "/targets/x", "/nothing"] {
        let answer = house.ask(Request::get(path).header("host", "evil.example:8420")).await;
        assert_eq!(answer.status, 403, "{path}");
    }
    for host in ["localhost:1", "127.0.0.1", "[::1]:8420", "WATCH.example"] {
        assert_eq!(house.ask(Request::get("/").header("host", host)).await.status, 200, "{host}");
    }
}

#[tokio::test]
async fn other_sites_may_neither_listen_nor_change_anything() {
    let house = House::new().await;
    let own = format!("http://{}", house.address);
    for (method, path, origin, status) in [
        ("POST", "/api/v1/reload", "http://evil.example", 403),
        ("POST", "/api/v1/reload", "null", 403),
        ("POST", "/api/v1/reload", own.as_str(), 415),
        ("GET", "/api/v1/stream", "http://evil.example", 403),
        ("GET", "/api/v1/stream", "http://127.0.0.1:1", 403),
        ("GET", "/api/v1/targets", "http://evil.example", 200),
    ] {
        let answer = house.ask(Request::builder().method(method).uri(path).header("origin", origin)).await;
        assert_eq!(answer.status, status, "{method} {path} from {origin}");
    }
    let answer = house.ask(Request::get("/api/v1/stream").header("sec-fetch-site", "same-site")).await;
    assert_eq!(answer.status, 403);
}

#[tokio::test]
async fn the_token_is_traded_for_a_cookie_once() {
    let house = House::with(Plan { token: Some("s3cret"), ..Plan::default() }).await;
    for path in ["/", "/api/v1/targets", "/metrics", "/?token=wrong"] {
        let answer = house.get(path).await;
        assert_eq!((answer.status.as_u16(), answer.header("www-authenticate")), (401, "Bearer realm=\"Allswell\""), "{path}");
    }
    let answer = house.get("/?status=down&token=s3cret").await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/?status=down"));
    let cookie = answer.header("set-cookie").to_owned();
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap();
    assert_eq!(house.ask(Request::get("/").header("cookie", cookie)).await.status, 200);
    assert_eq!(house.ask(Request::get("/metrics").header("authorization", "Bearer s3cret")).await.status, 200);
    assert_eq!(house.ask(Request::get("/metrics").header("authorization", "Bearer s3creT")).await.status, 401);
}

#[tokio::test]
async fn a_link_from_another_site_begins_anew_so_that_the_strict_cookie_goes_along() {
    let house = House::with(Plan { token: Some("s3cret"), ..Plan::default() }).await;
    let answer = house.ask(Request::get("/?token=s3cret").header("sec-fetch-site", "cross-site")).await;
    assert_eq!((answer.status.as_u16(), answer.header("refresh")), (200, "0;url=/"));
    assert!(answer.headers.contains_key("set-cookie"));
}

#[tokio::test]
async fn without_the_token_health_is_a_word() {
    let house = House::with(Plan { token: Some("s3cret"), ..Plan::default() }).await;
    *house.program.health.lock().unwrap() = allswell_web::Health::Ailing(vec!["The disk is full.".to_owned()]);
    assert_eq!(house.get("/healthz").await.json(), serde_json::json!({"health": "ailing", "reasons": []}));
    let answer = house.ask(Request::get("/healthz").header("authorization", "Bearer s3cret")).await;
    assert_eq!(answer.json()["reasons"][0], "The disk is full.");
}

#[tokio::test]
async fn every_answer_is_sealed() {
    let house = House::new().await;
    for path in ["/", "/nothing", "/api/v1/targets", "/targets/nobody"] {
        let answer = house.get(path).await;
        assert!(answer.header("content-security-policy").starts_with("default-src 'none'; script-src 'self'"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!((answer.header("cache-control"), answer.header("referrer-policy")), ("no-store", "no-referrer"), "{path}");
    }
}

//! Requests that other sites make browsers send, and bytes that no browser sends.

use std::time::Duration;

use allswell_web::Limits;
use hyper::Request;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::house::{House, Plan, rest};

/// Each answer's status, in the order in which they came on one line.
fn statuses(said: &str) -> Vec<&str> {
    said.match_indices("HTTP/1.1 ").map(|(at, mark)| &said[at + mark.len()..at + mark.len() + 3]).collect()
}

#[tokio::test]
async fn a_name_that_was_rebound_to_us_is_refused_in_every_spelling() {
    let house = House::new().await;
    let port = house.address.port();
    let say = async |line: &str, host: &str| {
        let said = house.say(format!("{line}\r\n{host}Connection: close\r\n\r\n")).await;
        assert!(!said.contains("<html"), "{line} {host}: {said}");
        statuses(&said).join(" ")
    };
    for host in [
        "evil.example",
        "evil.example:8420",
        "evil.example.",
        "EVIL.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "evil.example:80@localhost",
        "localhost@evil.example",
        "user:pw@localhost",
        "evil.example/localhost",
        "localhost:80:80",
        "localhost:x",
        "localhost, evil.example",
        "[::1].evil.example",
        "[evil.example]:80",
        "[::1",
        "::1",
        "127.1",
        "0x7f000001",
        "2130706433",
        "0.0.0.0",
        "[::ffff:127.0.0.1]",
        "10.0.0.1",
        "",
    ] {
        let status = say("GET / HTTP/1.1", &format!("Host: {host}\r\n")).await;
        assert!(matches!(status.as_str(), "403" | "400"), "{host:?}: {status}");
    }
    let ours = format!("Host: localhost:{port}\r\n");
    for (line, host, status) in [
        ("GET / HTTP/1.1", "", "400"),
        ("GET / HTTP/1.1", "Host: localhost\r\nHost: evil.example\r\n", "400"),
        ("GET / HTTP/1.1", "Host: localhost\r\nHost: localhost\r\n", "400"),
        ("GET http://evil.example/ HTTP/1.1", &ours, "400"),
        ("GET http://evil.example/ HTTP/1.1", "Host: evil.example\r\n", "403"),
        ("GET http://localhost/ HTTP/1.1", "Host: evil.example\r\n", "400"),
        ("GET http://localhost/ HTTP/1.1", "", "400"),
        ("GET http://user@localhost/ HTTP/1.1", "Host: user@localhost\r\n", "403"),
        ("CONNECT localhost:80 HTTP/1.1", "Host: evil.example\r\n", "400"),
        ("OPTIONS * HTTP/1.1", "Host: evil.example\r\n", "403"),
    ] {
        assert_eq!(say(line, host).await, status, "{line} {host:?}");
    }
}

#[tokio::test]
async fn no_other_site_changes_anything_or_listens() {
    let house = House::new().await;
    let own = format!("http://{}", house.address);
    let foreign =
        ["http://evil.example", "null", "", "https://localhost.evil.example", "http://127.0.0.1:1", "file://", "http://localhost"];
    let orders = [("POST", "/api/v1/reload"), ("POST", "/api/v1/check"), ("PUT", "/api/v1/targets/x"), ("DELETE", "/api/v1/targets/x")];
    for (method, path) in orders.into_iter().chain([("GET", "/api/v1/stream")]) {
        let ask = |headers: &[(&str, &str)]| {
            headers.iter().fold(Request::builder().method(method).uri(path), |request, (name, value)| request.header(*name, *value))
        };
        for origin in foreign {
            assert_eq!(house.ask(ask(&[("origin", origin)])).await.status, 403, "{method} {path} from {origin:?}");
        }
        for site in ["cross-site", "same-site", "cross-origin", ""] {
            assert_eq!(house.ask(ask(&[("sec-fetch-site", site)])).await.status, 403, "{method} {path}, {site:?}");
        }
        // Two of a kind: whichever a proxy before us would have believed.
        let two = ask(&[("origin", "http://evil.example"), ("origin", &own)]);
        assert_eq!(house.ask(two).await.status, 403, "{method} {path} from two");
    }
    // What a form can send needs no permission of the browser: nothing is done without a type that it cannot send.
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain; application/json", ""] {
        for path in ["/api/v1/reload", "/api/v1/check"] {
            assert_eq!(house.post(path, kind, "{}").await.status, 415, "{path} as {kind:?}");
        }
    }
    assert_eq!(house.done(), [""; 0]);
    // No site is told that it may ask.
    let preflight =
        Request::options("/api/v1/reload").header("origin", "http://evil.example").header("access-control-request-method", "POST");
    let answer = house.ask(preflight).await;
    assert!(answer.headers.keys().all(|name| !name.as_str().starts_with("access-control")), "{:?}", answer.headers);
}

#[tokio::test]
async fn other_sites_embed_nothing() {
    let house = House::new().await;
    for path in ["/", "/metrics", "/api/v1/targets", "/icon.svg"] {
        for (mode, status) in [("no-cors", 403), ("cors", 403), ("navigate", 200)] {
            let asked = Request::get(path).header("sec-fetch-site", "cross-site").header("sec-fetch-mode", mode);
            assert_eq!(house.ask(asked).await.status, status, "{path} {mode}");
        }
        let answer = house.get(path).await;
        assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin", "{path}");
        assert!(answer.header("content-security-policy").ends_with("frame-ancestors 'none'"), "{path}");
    }
}

#[tokio::test]
async fn paths_lead_nowhere_else() {
    let house = House::new().await;
    std::fs::write(house.folder.path().join("canary"), "canary").unwrap();
    for path in [
        "/../../../../etc/passwd",
        "/assets/../../store",
        "/assets/%2e%2e%2f%2e%2e%2fstore",
        "/assets/..%5c..%5ccanary",
        "/assets/%252e%252e%252fcanary",
        "/assets/allswell.css%00.js",
        "/assets/",
        "/%2e%2e/metrics",
        "/api/v1/../../metrics",
        "//metrics",
        "/metrics/",
        "/metrics%00",
        "/%6detrics",
        "/targets/%00",
        "/targets/%ff%fe",
        "/targets/%c0%af%c0%ae",
        "/targets/a%0d%0aSet-Cookie:%20x=1",
        "/api/v1/targets/%2e%2e%2fevents",
        "/api/v1/targets/..%2f..%2fmetrics/results",
        "/api/v1/targets/%252e/results",
        "/api/v1/targets/a%00b/results",
        "/api/v1/targets//results",
        "/\\evil.example",
        "/icon.svg/x",
    ] {
        let said = house.say(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")).await;
        let status = statuses(&said).join(" ");
        assert!(matches!(status.as_str(), "400" | "404"), "{path}: {said}");
        let (head, body) = said.split_once("\r\n\r\n").unwrap();
        assert!(!head.to_ascii_lowercase().contains("set-cookie") && !head.to_ascii_lowercase().contains("location:"), "{path}: {head}");
        assert!(!body.contains("root:") && !body.contains("SQLite") && body != "canary", "{path}: {body}");
    }
}

#[tokio::test]
async fn methods_that_echo_or_are_not_known_do_nothing() {
    let house = House::new().await;
    for method in ["TRACE", "TRACK", "OPTIONS", "PATCH", "PROPFIND", "PURGE", "get", "X"] {
        let asked = format!("{method} / HTTP/1.1\r\nHost: localhost\r\nX-Canary: s3cret-canary\r\nConnection: close\r\n\r\n");
        let said = house.say(asked).await;
        assert_eq!(statuses(&said), ["405"], "{method}: {said}");
        assert!(!said.contains("canary"), "{said}");
    }
    let head = house.say("HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await;
    assert!(head.starts_with("HTTP/1.1 200 ") && head.ends_with("\r\n\r\n"), "{head}");
    let head = house.say("HEAD /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    assert!(head.starts_with("HTTP/1.1 200 ") && head.ends_with("\r\n\r\n"), "{head}");
}

#[tokio::test]
async fn no_second_request_hides_in_the_first() {
    let house = House::new().await;
    let hidden = "DELETE /api/v1/targets/hidden HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let head = "POST /api/v1/reload HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
    for lengths in [
        // Whoever before us believes the length sees one request, whoever believes the chunks sees two.
        format!("Content-Length: {}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{hidden}", hidden.len() + 5),
        format!("Transfer-Encoding: chunked\r\nContent-Length: {}\r\n\r\n0\r\n\r\n{hidden}", hidden.len() + 5),
        format!("Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n{hidden}"),
        format!("Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n{hidden}"),
        format!("Transfer-Encoding: identity\r\nContent-Length: 2\r\n\r\n{{}}{hidden}"),
        format!("Transfer-Encoding : chunked\r\nContent-Length: 2\r\n\r\n{{}}{hidden}"),
        format!("Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n{hidden}"),
        format!("Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n{hidden}"),
        format!("Content-Length: 2\r\nContent-Length: 0\r\n\r\n{{}}{hidden}"),
        format!("Content-Length: 2, 0\r\n\r\n{{}}{hidden}"),
        format!("Content-Length: +2\r\n\r\n{{}}{hidden}"),
        format!("Content-Length: -1\r\n\r\n{hidden}"),
        format!("Content-Length: 0x2\r\n\r\n{{}}{hidden}"),
        format!("Content-Length: 99999999999999999999\r\n\r\n{{}}{hidden}"),
        format!("Transfer-Encoding: chunked\r\n\r\nzz\r\n{{}}\r\n0\r\n\r\n{hidden}"),
        format!("Transfer-Encoding: chunked\r\n\r\n-1\r\n{{}}\r\n0\r\n\r\n{hidden}"),
        format!("Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{{}}\r\n0\r\n\r\n{hidden}"),
        format!("Transfer-Encoding: chunked\r\n\r\n2\r\n{{}}x0\r\n\r\n{hidden}"),
        format!("X: a\rContent-Length: 2\r\n\r\n{hidden}"),
        format!("X: a\r\n Content-Length: 2\r\n\r\n{hidden}"),
        format!("X: a\0b\r\n\r\n{hidden}"),
    ] {
        let said = house.say(format!("{head}{lengths}")).await;
        assert!(statuses(&said).len() <= 1, "{lengths:?}: {said}");
        assert!(!house.done().iter().any(|done| done.contains("hidden")), "{lengths:?}: {said}");
    }
}

#[tokio::test]
async fn what_is_too_long_is_refused_and_what_is_too_slow_is_ended() {
    let house = House::with(Plan { limits: Limits { header: Duration::from_millis(200), ..Limits::default() }, ..Plan::default() }).await;
    let long = "x".repeat(80_000);
    for head in [
        format!("GET /{long} HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: localhost\r\nX: {long}\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: localhost\r\n{}\r\n", "X: y\r\n".repeat(200)),
        format!("{long} / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: {long}\r\n\r\n"),
    ] {
        let said = house.say(head).await;
        assert!(said.is_empty() || ["400", "414", "431"].contains(&statuses(&said)[0]), "{said}");
    }
    for (path, method) in [("/api/v1/reload", "POST"), ("/api/v1/check", "POST"), ("/api/v1/targets/x", "PUT")] {
        let head = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n");
        let said = house.say(format!("{head}Content-Length: 70000\r\n\r\n{{\"a\": \"{}\"}}", "x".repeat(69_991))).await;
        assert_eq!(statuses(&said), ["413"], "{path}: {said}");
        // Chunks without end are counted as well.
        let chunk = format!("1000\r\n{}\r\n", "x".repeat(4096));
        let said = house.say(format!("{head}Transfer-Encoding: chunked\r\n\r\n{}", chunk.repeat(17))).await;
        assert_eq!(statuses(&said), ["413"], "{path}: {said}");
    }
    let deep = format!("{}{}", "[".repeat(30_000), "]".repeat(30_000));
    assert_eq!(house.post("/api/v1/check", "application/json", deep).await.status, 400);
    assert_eq!(house.post("/api/v1/check", "application/json", vec![b'{', 0xff, b'}']).await.status, 400);
    assert_eq!(house.done(), [""; 0]);
    // Some that drip their heads hold nobody else up.
    let mut slow = Vec::new();
    for _ in 0..20 {
        let mut stream = TcpStream::connect(house.address).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nHost: loc").await.unwrap();
        slow.push(stream);
    }
    assert_eq!(house.get("/").await.status, 200);
    for stream in &mut slow {
        rest(stream).await;
    }
}

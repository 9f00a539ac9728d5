//! Without a script, and without a browser: the page alone says why.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::post::Post;

fn raw(post: &Post, path: &str) -> String {
    raw_of(post, &post.address.to_string(), path)
}

fn raw_of(post: &Post, host: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(post.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    write!(stream, "GET {path} HTTP/1.0\r\nHost: {host}\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

#[test]
fn the_reason_stands_in_the_page_itself() {
    let post = Post::new();
    let deadline = Instant::now() + Duration::from_secs(10);
    let page = loop {
        let page = raw(&post, "/");
        if page.contains("<title>1 down") {
            break page;
        }
        assert!(Instant::now() < deadline, "nothing went down: {page}");
        std::thread::park_timeout(Duration::from_millis(20));
    };
    assert!(page.contains("127.0.0.1:1 refused (RST in"), "{page}");
    assert!(page.contains(r#"<meta http-equiv="refresh" content="30">"#), "it renews itself without a script");
    assert!(raw(&post, "/targets/edge%2Fgone").contains("127.0.0.1:1 refused (RST in"));
}

#[test]
fn it_answers_to_its_own_names_and_to_those_that_are_allowed() {
    let post = Post::new();
    let port = post.address.port();
    for (host, status) in [("watch.example.com", 200), ("fra-1", 200), ("localhost", 200), ("rebound.example", 403)] {
        let answer = raw_of(&post, &format!("{host}:{port}"), "/");
        assert!(answer.starts_with(&format!("HTTP/1.0 {status}")), "{host}: {answer}");
        assert_eq!(answer.contains("add it to `allowed_hosts`"), status == 403, "{host}: {answer}");
    }
}

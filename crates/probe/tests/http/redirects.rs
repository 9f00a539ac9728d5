//! Redirects: followed to a cap, each over a fresh connection.

use std::net::{IpAddr, Ipv4Addr};

use allswell_model::Stage;
use allswell_testkit::server::Server;
use allswell_testkit::server::site::Answer;

use crate::probing::Probe;

const ELSEWHERE: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

#[tokio::test]
async fn redirects_are_followed_over_fresh_connections() {
    let server = Server::http(|asked| match asked.target.as_str() {
        "/a" => Answer::redirect(302, "b?x=1"),
        "/b?x=1" => Answer::redirect(301, "/c"),
        _ => Answer::ok("there"),
    });
    let came = Probe::of(format!("{}/a", server.url("http"))).run().await.is("up");
    assert_eq!((came.integer("redirects"), came.integer("status"), came.integer("body_bytes")), (2, 200, 5));
    assert_eq!(server.accepted(), 3);
    assert!(came.0.result.stages.of(&Stage::CONNECT).is_some());
}

#[tokio::test]
async fn without_redirects_the_redirect_is_judged() {
    let server = Server::http(|_| Answer::redirect(302, "/elsewhere"));
    let came = Probe::of(server.url("http")).set("redirects", "0").run().await.is("up");
    assert_eq!((came.integer("redirects"), came.integer("status")), (0, 302));
}

#[tokio::test]
async fn a_loop_ends_at_the_cap() {
    let server = Server::http(|_| Answer::redirect(302, "/"));
    let came = Probe::of(server.url("http")).run().await.is("down first_byte too_many_redirects");
    assert_eq!((came.integer("redirects"), server.accepted()), (5, 6));
    came.says("redirects once more after 5 redirects").says(": a circle.");
    let server = Server::http(|asked| Answer::redirect(302, &format!("{}a", asked.target)));
    let came = Probe::of(server.url("http")).set("redirects", "1").run().await.is("down first_byte too_many_redirects");
    assert!(!came.reason().contains("circle"), "{}", came.reason());
}

#[tokio::test]
async fn what_cannot_be_followed_is_said() {
    for (location, why) in
        [("ftp://x/", "which is not HTTP"), ("http://[::", "which is not a URL"), ("javascript:alert(1)", "which is not HTTP")]
    {
        let server = Server::http(move |_| Answer::redirect(302, location));
        Probe::of(server.url("http")).run().await.is("down first_byte protocol").says(why).says(location);
    }
}

#[tokio::test]
async fn a_redirect_without_a_place_is_a_reply() {
    let server = Server::http(|_| Answer::status(302));
    assert_eq!(Probe::of(server.url("http")).run().await.is("up").integer("status"), 302);
    let server = Server::http(|_| Answer::status(304).with("location", "/x"));
    assert_eq!(Probe::of(server.url("http")).run().await.is("up").integer("status"), 304);
}

#[tokio::test]
async fn failures_behind_a_redirect_say_where() {
    let closed = Server::scripted(&[]).url("http");
    let there = format!("{closed}/x");
    let server = Server::http(move |_| Answer::redirect(302, &there));
    let came = Probe::of(server.url("http")).run().await.is("down connect refused");
    assert!(came.reason().starts_with(&format!("Redirected to {closed}/x: ")), "{}", came.reason());
    assert_eq!(came.0.result.address.as_deref(), closed.strip_prefix("http://"));
}

#[tokio::test]
async fn methods_change_as_the_standard_has_it() {
    for (status, first, then, body) in [
        (301, "POST", "GET", false),
        (302, "POST", "GET", false),
        (303, "PUT", "GET", false),
        (303, "HEAD", "HEAD", false),
        (307, "POST", "POST", true),
        (308, "PUT", "PUT", true),
    ] {
        let server = Server::http(move |asked| if asked.target == "/" { Answer::redirect(status, "/next") } else { Answer::ok("") });
        let probe = Probe::of(server.url("http")).set("method", first);
        let probe = if first == "HEAD" { probe } else { probe.set("request_body", "secret") };
        probe.run().await.is("up");
        let asked = &server.asked()[1];
        assert_eq!((asked.method.as_str(), !asked.body.is_empty()), (then, body), "{status} {first}");
    }
}

#[tokio::test]
async fn a_body_stays_with_its_host() {
    let stranger = Server::http_at(ELSEWHERE, |_| Answer::ok(""));
    let there = stranger.url("http");
    let server = Server::http(move |_| Answer::redirect(307, &there));
    let came = Probe::of(server.url("http")).set("method", "POST").set("request_body", "secret").run().await.is("up");
    assert_eq!((came.integer("status"), stranger.accepted()), (307, 0), "the redirect itself is judged");
}

//! Credentials reach the host that they were given for, and no other.

use std::net::{IpAddr, Ipv4Addr};

use allswell_testkit::certificate::{Authority, Leaf};
use allswell_testkit::server::Server;
use allswell_testkit::server::script::Act;
use allswell_testkit::server::site::{Answer, Asked};

use crate::probing::Probe;

const ELSEWHERE: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

fn authorization(asked: &Asked) -> Option<&str> {
    asked.header("authorization")
}

#[tokio::test]
async fn each_kind_is_sent() {
    let server = Server::http(|_| Answer::ok(""));
    let with_user = server.url("http").replace("http://", "http://me:p%40ss@");
    Probe::of(with_user).run().await.is("up");
    Probe::of(server.url("http")).set("basic", "me:p@ss").run().await.is("up");
    Probe::of(server.url("http")).set("bearer", "token").run().await.is("up");
    let asked = server.asked();
    assert_eq!(
        asked.iter().map(authorization).collect::<Vec<_>>(),
        [Some("Basic bWU6cEBzcw=="), Some("Basic bWU6cEBzcw=="), Some("Bearer token")]
    );
}

#[tokio::test]
async fn the_same_origin_keeps_them() {
    let server = Server::http(|asked| if asked.target == "/" { Answer::redirect(302, "/next") } else { Answer::ok("") });
    Probe::of(server.url("http")).set("bearer", "token").run().await.is("up");
    assert_eq!(server.asked().iter().map(authorization).collect::<Vec<_>>(), [Some("Bearer token"); 2]);
}

#[tokio::test]
async fn another_host_or_port_gets_none_and_no_other_header_either() {
    for host in [ELSEWHERE, IpAddr::V4(Ipv4Addr::LOCALHOST)] {
        let stranger = Server::http_at(host, |_| Answer::ok(""));
        let there = format!("http://x:y@{}/", stranger.address());
        let server = Server::http(move |_| Answer::redirect(302, &there));
        Probe::of(server.url("http"))
            .set("basic", "me:secret")
            .map("headers", &[("cookie", "secret"), ("x-api-key", "secret"), ("user-agent", "me"), ("host", "secret.example")])
            .run()
            .await
            .is("up");
        let asked = &stranger.asked()[0];
        assert!(!format!("{:?}", asked.headers).contains("secret"), "{:?}", asked.headers);
        assert_eq!((authorization(asked), asked.header("user-agent")), (None, Some("me")), "those in the Location are not ours");
    }
}

#[tokio::test]
async fn a_downgrade_gets_none() {
    let authority = Authority::root("Root");
    let plain = Server::http(|_| Answer::ok(""));
    let there = plain.url("http");
    let identity = authority.issue(&Leaf::of(&["127.0.0.1"]));
    let server = Server::https(&identity.server(&[]), move |_| Answer::redirect(302, &there));
    Probe::of(server.url("https")).file("ca", &authority.pem()).set("bearer", "token").run().await.is("up");
    assert_eq!(authorization(&server.asked()[0]), Some("Bearer token"));
    assert_eq!(authorization(&plain.asked()[0]), None);
}

#[tokio::test]
async fn the_first_host_gets_them_again_after_a_detour() {
    let own = Server::http(|asked| match asked.target.as_str() {
        "/" => Answer::ok(""),
        there => Answer::redirect(302, &there[1..]),
    });
    let back = own.url("http");
    let detour = Server::http_at(ELSEWHERE, move |_| Answer::redirect(302, &back));
    Probe::of(format!("{}/{}", own.url("http"), detour.url("http"))).set("bearer", "token").run().await.is("up");
    assert_eq!(authorization(&own.asked()[1]), Some("Bearer token"));
    assert_eq!(authorization(&detour.asked()[0]), None);
}

#[tokio::test]
async fn an_unverified_peer_gets_not_a_byte_of_the_request() {
    let identity = Leaf::of(&["127.0.0.1"]).self_signed();
    let server = Server::https(&identity.server(&["h2"]), |_| Answer::ok(""));
    Probe::of(server.url("https")).set("bearer", "token").run().await.is("down tls certificate_untrusted");
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn a_redirect_to_an_unverified_peer_ends_there() {
    let identity = Leaf::of(&["127.0.0.1"]).self_signed();
    let stranger = Server::https(&identity.server(&[]), |_| Answer::ok(""));
    let there = stranger.url("https");
    let server = Server::http(move |_| Answer::redirect(302, &there));
    let came = Probe::of(server.url("http")).run().await.is("down tls certificate_untrusted").says("Redirected to https://");
    assert_eq!(came.text("certificate_serial"), "04:ab");
    assert!(stranger.asked().is_empty());
}

#[tokio::test]
async fn a_client_certificate_is_shown_to_its_host_alone() {
    let authority = Authority::root("Root");
    let client = authority.issue(&Leaf::of(&["client"]).for_client());
    let identity = authority.issue(&Leaf::of(&["127.0.0.1"]));
    let stranger =
        Server::https(&authority.issue(&Leaf::of(&["127.0.0.1", "localhost"])).server_wanting(&authority, &[]), |_| Answer::ok("ok"));
    let probe = |url: String| Probe::of(url).file("ca", &authority.pem()).file("certificate", client.pem()).file("key", client.key_pem());
    probe(stranger.url("https")).run().await.is("up");
    let there = stranger.url("https");
    let server = Server::https(&identity.server(&[]), move |_| Answer::redirect(302, &there));
    // Another port of the same host is another service: it is not shown there either.
    let came = probe(server.url("https")).run().await;
    assert_eq!(came.words(), "down tls handshake_failed", "{}", came.reason());
}

#[tokio::test]
async fn a_missing_client_certificate_is_the_handshakes_failure() {
    let authority = Authority::root("Root");
    let identity = authority.issue(&Leaf::of(&["127.0.0.1"]));
    for alpn in ["http/1.1", "h2"] {
        let server = Server::scripted_tls(&identity.server_wanting(&authority, &[alpn]), &[Act::Hold]);
        let came = Probe::of(server.url("https")).file("ca", &authority.pem()).run().await.is("down tls handshake_failed");
        came.says("certificate_required (116)").says("it wants a client certificate");
    }
}

//! Mistakes in settings are told before anything is probed, all at once.

use allswell_testkit::certificate::{Authority, Leaf};

use crate::probing::Probe;

fn https() -> Probe {
    Probe::of("https://api.example.com/health")
}

#[test]
fn files_are_read_when_the_configuration_is() {
    let mistakes = https().set("ca", "/nowhere/ca.pem").set("certificate", "/nowhere/c.pem").mistakes();
    assert_eq!(mistakes.len(), 2, "{mistakes:?}");
    assert!(mistakes[0].starts_with("`ca` /nowhere/ca.pem cannot be read (No such file"), "{mistakes:?}");
    assert_eq!(mistakes[1], "`certificate` needs its `key`");
    assert!(https().file("ca", "not a certificate").mistakes()[0].ends_with("holds no certificate in PEM"));
    assert!(https().file("ca", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").mistakes()[0].contains("cannot be read"));
}

#[test]
fn a_key_must_fit_its_certificate() {
    let root = Authority::root("Root");
    let (one, other) = (root.issue(&Leaf::of(&["a"])), root.issue(&Leaf::of(&["b"])));
    let mistakes = https().file("certificate", one.pem()).file("key", other.key_pem()).mistakes();
    assert!(mistakes[0].contains("does not belong to"), "{mistakes:?}");
    let mistakes = https().file("certificate", one.pem()).file("key", one.pem()).mistakes();
    assert!(mistakes[0].contains("holds no private key that is not encrypted"), "{mistakes:?}");
}

#[test]
fn credentials_are_given_once() {
    let mistakes = Probe::of("http://me:pass@x/").set("bearer", "t").map("headers", &[("authorization", "x")]).mistakes();
    assert_eq!(mistakes, ["credentials are given more than once: in the URL and in `bearer` and in `headers`: keep one"]);
    assert_eq!(https().set("basic", "nobody").mistakes(), ["`basic` takes user:password"]);
}

#[test]
fn credentials_need_verification() {
    let mistakes = https().set("bearer", "t").set("verify", "false").mistakes();
    assert!(mistakes[0].starts_with("credentials are not sent to a peer that `verify: false` lets be anyone"), "{mistakes:?}");
    assert!(Probe::of("http://x/").set("bearer", "t").set("verify", "false").prepare().is_ok());
}

#[test]
fn headers_and_methods_are_checked() {
    assert_eq!(https().set("method", "get").mistakes(), ["`method` is written in capitals, not `get`: did you mean `GET`?"]);
    assert_eq!(https().set("method", "A B").mistakes(), ["`method` takes a word, not `A B`"]);
    assert!(https().set("method", "CONNECT").mistakes()[0].contains("tunnel"));
    let mistakes = https().map("headers", &[("a b", "x"), ("x", "a\nb"), ("Content-Length", "4")]).mistakes();
    assert_eq!(mistakes.len(), 3, "{mistakes:?}");
}

#[test]
fn an_ignored_body_cannot_be_expected() {
    let mistakes = https().set("body", "ignore").naming("json").mistakes();
    assert_eq!(mistakes, ["`body: ignore` reads no body, but an expectation names `json`"]);
}

#[test]
fn names_are_checked() {
    assert!(https().set("server_name", "a b").mistakes()[0].starts_with("`server_name` takes a host name or an address"));
    assert!(Probe::of("tls://x:443").set("alpn", "").mistakes()[0].contains("1 to 255 bytes"));
}

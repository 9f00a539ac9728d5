//! Targets and checks that come over the API: probed like the others, kept over a restart, and never where they may not go.

use std::fs;
use std::net::TcpListener;

use rustix::process::Signal;

use crate::page::Page;
use crate::program::Program;

const PATH: &str = "/api/v1/targets/asked";

fn start(folder: &std::path::Path, more: &str) -> (Program, Page) {
    let text = format!("listen: 127.0.0.1:0\ndefaults: {{ every: 100ms, timeout: 2s }}\n{more}");
    fs::write(folder.join("allswell.yaml"), text).unwrap();
    let program = Program::start(folder, &["run", "--store", "h"]);
    let page = Page::of(&program);
    (program, page)
}

#[test]
fn a_target_of_the_api_is_watched_like_another_and_outlives_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let there = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("tcp://{}", there.local_addr().unwrap());
    let allowed = "deny: []\ngroups: { edge: { labels: { team: web } } }\n";
    let (mut program, page) = start(folder.path(), allowed);
    let keys = format!("{{\"url\": \"{url}\", \"group\": \"edge\"}}");
    let (status, said) = page.ask("PUT", PATH, &keys);
    assert_eq!(status, 201, "{said}");
    page.until(PATH, "it is up", |text| text.contains("\"up\"") && text.contains("\"web\"") && text.contains("\"api\""));
    assert_eq!(page.ask("PUT", PATH, &keys).0, 200, "the same again is no new one");
    program.end(Signal::KILL);

    let (mut program, page) = start(folder.path(), allowed);
    page.until(PATH, "it is there still", |text| text.contains("\"up\""));
    // The configuration has no group of this name any more: it is left out and said, not forgotten.
    let (mut second, second_page) = {
        program.end(Signal::TERM);
        start(folder.path(), "deny: []\n")
    };
    second.until_it_says("The target asked of the API is not watched");
    assert_eq!(second_page.ask("GET", PATH, "").0, 404);
    second.end(Signal::TERM);

    let (mut program, page) = start(folder.path(), allowed);
    page.until(PATH, "it came back", |text| text.contains("\"up\""));
    let (status, said) = page.ask("DELETE", PATH, "");
    assert!((200..300).contains(&status), "{status} {said}");
    page.until("/api/v1/targets", "it is gone", |text| !text.contains("\"asked\""));
    assert_eq!(page.ask("DELETE", PATH, "").0, 404);
    program.end(Signal::TERM);
}

#[test]
fn what_the_configuration_has_is_not_the_api_s_to_change() {
    let folder = tempfile::tempdir().unwrap();
    let (mut program, page) = start(folder.path(), "targets: [{ name: asked, url: 'tcp://127.0.0.1:1' }]\n");
    page.until(PATH, "the configuration's", |text| text.contains("allswell.yaml"));
    let (status, said) = page.ask("PUT", PATH, r#"{"url": "tcp://192.0.2.7:1"}"#);
    assert!((400..500).contains(&status) && said.contains("watched already"), "{status} {said}");
    let (status, said) = page.ask("DELETE", PATH, "");
    assert!((400..500).contains(&status) && said.contains("did not come over the API"), "{status} {said}");
    program.end(Signal::TERM);
}

#[test]
fn the_api_reaches_nothing_that_only_this_host_can() {
    let folder = tempfile::tempdir().unwrap();
    let secret = "s3cret-of-this-host";
    fs::write(folder.path().join("secret"), secret).unwrap();
    let there = TcpListener::bind("127.0.0.1:0").unwrap();
    there.set_nonblocking(true).unwrap();
    let port = there.local_addr().unwrap().port();
    let (mut program, page) = start(folder.path(), "");
    for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0"] {
        let (status, said) = page.ask("POST", "/api/v1/check", &format!("{{\"url\": \"tcp://{host}:{port}\"}}"));
        assert_eq!(status, 200, "{said}");
        assert!(said.contains("\"denied\""), "{host}: {said}");
    }
    assert!(there.accept().is_err(), "somebody connected");
    for keys in [
        r#"{"url": "tcp://127.0.0.1:1"}"#,
        r#"{"url": "http://[::1]/"}"#,
        r#"{"url": "http://169.254.169.254/latest"}"#,
        r#"{"url": "http://192.0.2.7/${file:secret}"}"#,
        r#"{"url": "https://192.0.2.7/", "https": {"ca": "secret"}}"#,
        r#"{"url": "http://192.0.2.7/", "http": {"bearer": "${HOME}"}}"#,
    ] {
        let (status, said) = page.ask("PUT", PATH, keys);
        assert!((400..500).contains(&status), "{keys}: {status} {said}");
        assert!(!said.contains(secret), "{said}");
    }
    program.end(Signal::TERM);
}

#[test]
fn a_check_is_answered_as_the_command_line_would() {
    let folder = tempfile::tempdir().unwrap();
    let there = TcpListener::bind("127.0.0.1:0").unwrap();
    let (mut program, page) = start(folder.path(), "deny: ['192.0.2.0/24']\n");
    let (status, said) = page.ask("POST", "/api/v1/check", &format!("{{\"url\": \"tcp://{}\"}}", there.local_addr().unwrap()));
    let found: serde_json::Value = serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"));
    assert_eq!((status, found["outcome"].as_str()), (200, Some("up")), "{said}");
    let (status, said) = page.ask("POST", "/api/v1/check", r#"{"url": "tcp://127.0.0.1:70000", "evry": "1s"}"#);
    assert!((400..500).contains(&status) && said.contains("evry") && said.contains("65535"), "all mistakes at once: {said}");
    program.end(Signal::TERM);
}

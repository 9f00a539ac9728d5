use super::{Secrets, glimpse, one_line};

fn of(url: &str, header: &str) -> Secrets {
    let mut secrets = Secrets::default();
    secrets.add_url(url);
    secrets.add(header);
    secrets
}

#[test]
fn each_part_of_a_url_and_each_word_of_a_header_is_hidden_alone() {
    let secrets = of("https://us%65r:p%40ssw0rd@hooks.example/services/T01/B02/x9Yz8Abc?token=Qwerty1&x=1", "Bearer s3cr3t-t0ken");
    for shown in ["user", "p@ssw0rd", "p%40ssw0rd", "x9Yz8Abc", "Qwerty1", "s3cr3t-t0ken", "/services/T01/B02/x9Yz8Abc"] {
        assert!(secrets.stand_in(&format!("no such key: {shown}!")), "{shown}");
    }
    assert_eq!(secrets.blanked("got Bearer s3cr3t-t0ken and p@ssw0rd"), "got *** and ***");
    for harmless in ["no such host hooks.example", "no services", "B02 x=1"] {
        assert!(!secrets.stand_in(harmless), "{harmless}");
    }
}

#[test]
fn of_a_command_only_what_looks_like_a_key_is_hidden() {
    let mut secrets = Secrets::default();
    secrets.add_keys("curl --fail -H 'X-Key: abcd1234efgh' https://hooks.example/services/Qx7Yz8Wv");
    assert_eq!(secrets.blanked("curl: --fail and X-Key: abcd1234efgh, Qx7Yz8Wv"), "curl: --fail and X-Key: ***, ***");
}

#[test]
fn a_body_is_shown_by_its_first_line_cut_and_clean() {
    let none = Secrets::default();
    assert_eq!(glimpse(b"invalid_payload", b"{}", &none).as_deref(), Some("invalid_payload"));
    assert_eq!(glimpse(b"\n\n  bad\x1b[31m \x00key\nmore", b"{}", &none).as_deref(), Some("bad\u{fffd}[31m \u{fffd}key"));
    assert_eq!(glimpse(&[b'x'; 70_000], b"{}", &none).unwrap().len(), 123);
    assert_eq!(glimpse(b"<html><body>Not found</body></html>", b"{}", &none), None);
    assert_eq!(glimpse(b" \n", b"{}", &none), None);
    assert_eq!(one_line("", 10), "");
    assert_eq!(one_line("a\u{202e}b\u{2028}c", 10), "a\u{fffd}b\u{fffd}c");
}

#[test]
fn a_body_that_repeats_anything_of_ours_is_not_shown() {
    let secrets = of("https://hooks.example/services/T01/B02/x9Yz8Abc", "");
    assert_eq!(glimpse(b"no route\nfor /services/T01/B02/x9Yz8Abc", b"{}", &secrets), None);
    let sent = br#"{"routing_key": "R0UT1NGKEY", "summary": "db1 is down"}"#;
    assert_eq!(glimpse(b"no such key R0UT1NGKEY", sent, &Secrets::default()), None);
    assert_eq!(glimpse(b"summary is missing", sent, &Secrets::default()).as_deref(), Some("summary is missing"));
}

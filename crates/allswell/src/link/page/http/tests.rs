use super::*;

#[test]
fn a_question_names_host_and_token() {
    let place = Place { is_tls: false, host: "::1".into(), port: 8420 };
    let asked = question(&place, "/api/v1/links", Some("abc"));
    assert!(asked.starts_with("GET /api/v1/links HTTP/1.0\r\nHost: [::1]:8420\r\n"), "{asked}");
    assert!(asked.contains("\r\nAuthorization: Bearer abc\r\n") && asked.ends_with("\r\n\r\n"), "{asked}");
    assert!(!question(&place, "/", None).contains("Authorization"));
}

#[test]
fn an_answer_has_a_status_and_a_body() {
    let read = answer(b"HTTP/1.0 404 Not Found\r\na: b\r\n\r\n{}\r\n\r\nrest").unwrap();
    assert_eq!((read.status, read.body.as_slice()), (404, b"{}\r\n\r\nrest".as_slice()));
    for wrong in [b"".as_slice(), b"HTTP/1.1 200 OK\r\n", b"SSH-2.0\r\n\r\n", b"HTTP/1.1 x\r\n\r\n"] {
        assert!(answer(wrong).is_none(), "{wrong:?}");
    }
}

use super::*;

#[test]
fn the_first_bytes_name_the_language() {
    assert_eq!(glimpse(b"SSH-2.0-OpenSSH_9.2\r\nmore"), "\"SSH-2.0-OpenSSH_9.2\"");
    assert_eq!(glimpse(&[0x15, 3, 3, 0, 2]), "TLS");
    assert_eq!(glimpse(&[0, 0, 18, 4, 0]), "HTTP/2");
    assert_eq!(glimpse(b"a\x1b[31m"), r#""a\x1b[31m""#);
    assert_eq!(glimpse(&[b'x'; 64]).len(), 45);
}

#[test]
fn an_error_is_found_inside_of_an_io_error() {
    let inner = io::Error::other(rustls::Error::DecryptError);
    assert_eq!(find::<rustls::Error>(&io::Error::other(inner)), Some(&rustls::Error::DecryptError));
    assert!(find::<rustls::Error>(&io::Error::other("nothing")).is_none());
}

#[test]
fn foreign_text_is_tame() {
    assert_eq!(foreign("a\nb"), "a\u{fffd}b");
    assert_eq!(foreign(&"x".repeat(500)).len(), 123);
}

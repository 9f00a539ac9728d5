use super::{Host, Place, decoded};

#[test]
fn a_url_is_taken_apart() {
    let place = Place::read("https://u%40x:p%3Aw@Hooks.Example:8443/a/b?c=d#e").unwrap();
    assert_eq!((place.https, place.port, place.shown.as_str()), (true, 8443, "hooks.example:8443"));
    assert_eq!((place.path.to_string(), place.authority.to_str().unwrap()), ("/a/b?c=d".into(), "hooks.example:8443"));
    // u@x:p:w
    assert_eq!(place.credentials.unwrap().to_str().unwrap(), "Basic dUB4OnA6dw==");
    assert_eq!(place.host, Host::Name("hooks.example".into()));
    let place = Place::read("http://[::1]:80").unwrap();
    assert_eq!((place.https, place.port, place.shown.as_str(), place.path.to_string().as_str()), (false, 80, "[::1]", "/"));
    assert_eq!(place.host, Host::Address("::1".parse().unwrap()));
    assert!(place.credentials.is_none());
}

#[test]
fn what_is_no_url_of_ours_is_refused() {
    for (text, why) in [
        ("hooks.example/x", "`url` is no URL (relative URL without a base): it begins with https:// or http://"),
        ("ftp://hooks.example/x", "`url` is neither https nor http"),
        ("http://hooks.example:0/", "`url` names no port"),
        ("https://", "`url` is no URL (empty host): it begins with https:// or http://"),
    ] {
        assert_eq!(Place::read(text).err().map(|mistake| mistake.to_string()).as_deref(), Some(why), "{text}");
    }
}

#[test]
fn escapes_are_undone_and_what_is_none_stays() {
    assert_eq!(decoded("a%20b%zz%4"), b"a b%zz%4");
    assert_eq!(decoded("%"), b"%");
    assert_eq!(decoded("%\u{e9}9"), "%\u{e9}9".as_bytes());
}

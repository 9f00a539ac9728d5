use super::*;

fn place(url: &str) -> Place {
    Place::of(&Locator::parse(url).unwrap()).unwrap()
}

#[test]
fn locations_of_every_kind_are_followed() {
    let start = place("https://api.example.com/a/b?c=d");
    for (location, there) in [
        ("x", "https://api.example.com/a/x"),
        ("/x?y=z#part", "https://api.example.com/x?y=z"),
        ("?q", "https://api.example.com/a/b?q"),
        ("//b.example/x", "https://b.example/x"),
        ("http://api.example.com/", "http://api.example.com/"),
        ("http://api.example.com:443/", "http://api.example.com:443/"),
        ("https://me:pass@b.example:8443", "https://b.example:8443/"),
        ("https://[fd00::7]:8443/", "https://[fd00::7]:8443/"),
        ("/a b\u{e4}", "https://api.example.com/a%20b%C3%A4"),
    ] {
        assert_eq!(start.join(location).unwrap().shown(), there, "{location}");
    }
    assert_eq!(start.join("mailto:a@b"), Err("which is not HTTP"));
    assert_eq!(start.join("https://"), Err("which is not a URL"));
}

#[test]
fn an_origin_is_scheme_host_and_port() {
    let start = place("https://api.example.com/a");
    for (other, same) in [
        ("https://api.example.com:443/b", true),
        ("https://API.example.com/", true),
        ("http://api.example.com/a", false),
        ("https://api.example.com:8443/a", false),
        ("https://www.example.com/a", false),
    ] {
        assert_eq!(start.same_origin(&place(other)), same, "{other}");
    }
}

#[test]
fn an_interface_is_not_told_to_the_peer_and_not_forgotten() {
    let start = place("http://[fe80::1%lo]:8080/");
    assert_eq!(start.authority(), "[fe80::1]:8080");
    assert_eq!(start.join("/next").unwrap().endpoint, start.endpoint);
}

proptest::proptest! {
    #[test]
    fn any_location_is_answered(location in ".*") {
        let _ = place("http://[::1]/a").join(&location);
    }
}

use super::*;

fn refused(text: &str) -> String {
    Locator::parse(text).unwrap_err().to_string()
}

#[test]
fn hosts_of_every_kind_are_read() {
    for (text, endpoint) in [
        ("tcp://10.0.0.5:5432", "10.0.0.5:5432"),
        ("tcp://[fd00::7]:5432", "[fd00::7]:5432"),
        ("tcp://[fe80::1%25lo]:80", "[fe80::1%lo]:80"),
        ("tcp://[fe80::1%lo]:80", "[fe80::1%lo]:80"),
        ("https://API.Example.com/health", "api.example.com:443"),
        ("http://bücher.example", "xn--bcher-kva.example:80"),
        ("icmp://10.0.0.1", "10.0.0.1"),
    ] {
        assert_eq!(Locator::parse(text).unwrap().endpoint.to_string(), endpoint, "{text}");
    }
}

#[test]
fn what_is_no_url_gets_a_hint() {
    assert_eq!(
        refused("example.com"),
        "`example.com` has no scheme: did you mean https://example.com, icmp://example.com or tcp://example.com:443?"
    );
    assert_eq!(refused("db:5432"), "`db:5432` has no scheme: did you mean https://db:5432, icmp://db or tcp://db:5432?");
    assert_eq!(refused("htps://x"), "no protocol is called `htps`: did you mean `https`?");
    assert_eq!(refused("tcp://x:70000"), "tcp://x:70000 has a port outside 1 to 65535");
    assert_eq!(refused("tcp://x"), "tcp://x has no port: such as tcp://x:443");
    assert_eq!(refused("tcp://:80"), "tcp://:80 names no host");
    assert_eq!(refused("tcp://fd00::7:80"), "tcp://fd00::7:80 has an IPv6 address without brackets: such as tcp://[fd00::7]:5432");
    assert_eq!(refused("tcp://::1:80"), "tcp://::1:80 has an IPv6 address without brackets: such as tcp://[fd00::7]:5432");
    assert_eq!(refused("icmp://x:80"), "icmp:// has no ports: leave the port out");
}

#[test]
fn a_password_is_not_shown() {
    let locator = Locator::parse("https://me:p%40ss@api.example.com:8443/a?b=c").unwrap();
    assert_eq!(locator.credentials, Some(("me".into(), "p@ss".into())));
    assert_eq!(locator.shown(), "https://me:***@api.example.com:8443/a?b=c");
    for wrong in ["https://me:pass@x:70000/", "https://me:pass@[x/", "me:pass@x", "tcp://me:pass@x"] {
        assert!(!refused(wrong).contains("pass"), "{}", refused(wrong));
    }
}

#[test]
fn parts_without_a_use_are_a_mistake() {
    let surplus = |url: &str| {
        let locator = Locator::parse(url).unwrap();
        let (protocol, _) = registry::protocol_of_scheme(&locator.scheme).unwrap();
        locator.surplus(protocol.declaration().takes).map(|mistake| mistake.to_string()).unwrap_or_default()
    };
    assert_eq!(surplus("tcp://h:1/path"), "tcp:// has no use for a path: such as tcp://h:1");
    assert_eq!(surplus("tcp://u:sup3rsecret@h:1/"), "tcp:// has no use for credentials: such as tcp://h:1");
    assert_eq!(surplus("tls://h/a?b=c"), "tls:// has no use for a path or a query: such as tls://h");
    assert_eq!(surplus("icmp://[::1]/x"), "icmp:// has no use for a path: such as icmp://[::1]");
    assert_eq!(
        surplus("dns://u@10.0.0.2/a.example?type=NS"),
        "dns:// has no use for credentials: such as dns://10.0.0.2/a.example?type=NS"
    );
    for fine in ["tcp://h:1/", "tcp://h:1", "icmp://h/?", "https://u:p@h/a?b=c", "dns://h/a.example?type=NS"] {
        assert_eq!(surplus(fine), "", "{fine}");
    }
}

proptest::proptest! {
    #[test]
    fn any_text_is_answered(text in ".*", tail in "[a-z0-9:\\[\\]%/?@.]*") {
        let _ = Locator::parse(&text);
        let _ = Locator::parse(&format!("tcp://{tail}"));
    }
}

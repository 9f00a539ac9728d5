use super::*;

fn by(address: &str) -> Option<String> {
    Denied::default().by(address.parse().unwrap()).map(|range| range.to_string())
}

#[test]
fn what_only_this_host_can_reach_is_denied_unless_said_otherwise() {
    for (address, range) in [
        ("127.0.0.1", Some("127.0.0.0/8")),
        ("127.255.255.254", Some("127.0.0.0/8")),
        ("0.0.0.0", Some("0.0.0.0/8")),
        ("169.254.169.254", Some("169.254.0.0/16")),
        ("224.0.0.1", Some("224.0.0.0/4")),
        ("255.255.255.255", Some("255.255.255.255/32")),
        ("::", Some("::/128")),
        ("::1", Some("::1/128")),
        ("fe80::1", Some("fe80::/10")),
        ("febf::1", Some("fe80::/10")),
        ("ff02::1", Some("ff00::/8")),
        ("10.0.0.5", None),
        ("192.0.2.7", None),
        ("128.0.0.1", None),
        ("2001:db8::1", None),
        ("fec0::1", None),
    ] {
        assert_eq!(by(address).as_deref(), range, "{address}");
    }
}

#[test]
fn an_ipv4_address_stays_denied_in_an_ipv6_dress() {
    for dressed in ["::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::127.0.0.1", "2002:7f00:1::", "2002:7f00:0001:1:2:3:4:5"] {
        assert_eq!(by(dressed).as_deref(), Some("127.0.0.0/8"), "{dressed}");
    }
    assert_eq!(by("::ffff:10.0.0.5"), None);
}

#[test]
fn a_range_says_what_is_wrong_with_it() {
    let wrong = |text: &str| text.parse::<Range>().unwrap_err().to_string();
    assert_eq!(wrong("ten"), "`ten` is no range of addresses, such as 10.0.0.0/8");
    assert_eq!(wrong("10.0.0.0/33"), "`10.0.0.0/33` has no length from 0 to 32 after its `/`");
    assert_eq!(wrong("10.0.0.0/x"), "`10.0.0.0/x` has no length from 0 to 32 after its `/`");
    assert_eq!(wrong("10.0.0.5/8"), "`10.0.0.5/8` begins within the range 10.0.0.0/8");
    let all: Range = "0.0.0.0/0".parse().unwrap();
    assert!(all.holds("255.1.2.3".parse().unwrap()) && !all.holds("::1".parse().unwrap()));
    assert_eq!("2001:db8::7".parse::<Range>().unwrap().to_string(), "2001:db8::7/128");
}

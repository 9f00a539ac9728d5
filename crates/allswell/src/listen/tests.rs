use super::*;

#[test]
fn the_port_may_be_left_out() {
    for (text, meant) in [("127.0.0.1", "127.0.0.1:8420"), ("0.0.0.0:80", "0.0.0.0:80"), ("[::1]", "[::1]:8420"), ("[::]:80", "[::]:80")] {
        assert_eq!(read(text).unwrap().to_string(), meant);
    }
}

#[test]
fn what_is_no_address_is_told_how_one_looks() {
    let said = |text| read(text).unwrap_err().hint;
    assert_eq!(said("::1"), "an IPv6 address stands in brackets: [::1] or [::1]:8420");
    assert_eq!(said("localhost:80"), "127.0.0.1:80 for this host alone, 0.0.0.0:80 or [::]:80 for all");
    assert_eq!(said(":70000"), "127.0.0.1:8420 for this host alone, 0.0.0.0:8420 or [::]:8420 for all");
    assert_eq!(said(""), said("[::x"));
}

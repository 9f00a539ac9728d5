use super::*;

fn sorted(addresses: &[&str], ways: &[(&str, &str)]) -> Vec<String> {
    let mut addresses: Vec<IpAddr> = addresses.iter().map(|text| text.parse().unwrap()).collect();
    sort(&mut addresses, |to| {
        let (_, source) = ways.iter().find(|(known, _)| known.parse() == Ok(to))?;
        Some(Way { source: source.parse().ok() })
    });
    addresses.iter().map(ToString::to_string).collect()
}

#[test]
fn ipv6_goes_before_ipv4() {
    let ways = [("192.0.2.7", "192.0.2.1"), ("2001:db8::7", "2001:db8::1")];
    assert_eq!(sorted(&["192.0.2.7", "2001:db8::7"], &ways), ["2001:db8::7", "192.0.2.7"]);
}

#[test]
fn what_has_a_way_goes_before_what_has_none() {
    assert_eq!(sorted(&["2001:db8::7", "192.0.2.7"], &[("192.0.2.7", "192.0.2.1")]), ["192.0.2.7", "2001:db8::7"]);
}

#[test]
fn a_private_ipv6_source_does_not_reach_out_before_ipv4() {
    let ways = [("192.0.2.7", "10.0.0.1"), ("2001:db8::7", "fd00::1")];
    assert_eq!(sorted(&["2001:db8::7", "192.0.2.7"], &ways), ["192.0.2.7", "2001:db8::7"]);
}

#[test]
fn equals_keep_the_resolvers_order() {
    let ways = [("192.0.2.9", "192.0.2.1"), ("192.0.2.7", "192.0.2.1"), ("192.0.2.8", "192.0.2.1")];
    assert_eq!(sorted(&["192.0.2.9", "192.0.2.7", "192.0.2.8"], &ways), ["192.0.2.9", "192.0.2.7", "192.0.2.8"]);
}

#[test]
fn the_loopback_is_tried_by_ipv4_first() {
    assert_eq!(sorted(&["::1", "127.0.0.1"], &[]), ["127.0.0.1", "::1"]);
}

#[test]
fn the_default_table_is_that_of_the_rfc() {
    let known = ["::1", "2001:db8::1", "192.0.2.1", "2002:c000:201::1", "2001:0:1::1", "fd00::1", "fec0::1"];
    let table: Vec<(u8, u8)> = known.iter().map(|text| policy(text.parse().unwrap())).collect();
    assert_eq!(table, [(0, 50), (1, 40), (4, 35), (2, 30), (5, 5), (13, 3), (11, 1)]);
}

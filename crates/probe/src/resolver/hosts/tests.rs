use super::*;

const FILE: &[u8] = b"127.0.0.1 localhost\n::1 localhost ip6-localhost # both\n\n# 10.0.0.9 db\n10.0.0.5\tDB db.example.com\n10.0.0.6 db\nnonsense db\nfe80::1%lo0 link\n";

#[test]
fn a_name_has_all_of_its_addresses_in_order() {
    let hosts = Hosts::read(FILE);
    let shown = |name, family| hosts.addresses(name, family).iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(shown("db", Family::Any), ["10.0.0.5", "10.0.0.6"]);
    assert_eq!(shown("DB.example.com.", Family::Any), ["10.0.0.5"]);
    assert_eq!(shown("localhost", Family::V6), ["::1"]);
    assert_eq!(shown("link", Family::Any), ["fe80::1"]);
    assert!(shown("db", Family::V6).is_empty() && shown("absent", Family::Any).is_empty());
}

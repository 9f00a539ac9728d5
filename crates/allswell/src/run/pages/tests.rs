use super::*;

fn shown(listen: &str, ssh: Option<&str>) -> String {
    reachable(listen.parse().unwrap(), ssh).to_string()
}

#[test]
fn the_address_shown_can_be_called() {
    let ssh = Some("192.0.2.9 50000 192.0.2.7 22");
    assert_eq!(shown("127.0.0.1:8420", ssh), "127.0.0.1:8420");
    assert_eq!(shown("0.0.0.0:8420", ssh), "192.0.2.7:8420");
    assert_eq!(shown("[::]:8420", Some("2001:db8::9 50000 2001:db8::7 22")), "[2001:db8::7]:8420");
    assert!(!shown("0.0.0.0:8420", Some("2001:db8::9 50000 2001:db8::7 22")).starts_with("0.0.0.0"), "nobody can call that one");
}

use super::*;

fn hosts(listen: &str) -> Hosts {
    Hosts::new(listen.parse().unwrap(), &["Watch.Example.".to_owned()])
}

#[test]
fn only_our_own_hosts_are_admitted_whatever_the_port() {
    let hosts = hosts("192.0.2.9:8420");
    for host in
        ["localhost", "LOCALHOST:8420", "127.0.0.1:1", "[::1]:8420", "[::1]", "192.0.2.9:9000", "watch.example", "watch.example.:80"]
    {
        assert!(hosts.admits(host), "{host}");
    }
    for host in [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example:80",
        "192.0.2.10",
        "",
        ":80",
        "[::1",
        "[::1]x",
        "localhost:8x",
        "a@localhost",
    ] {
        assert!(!hosts.admits(host), "{host}");
    }
}

#[test]
fn who_listens_everywhere_is_called_by_any_address_but_by_no_name() {
    let hosts = hosts("0.0.0.0:8420");
    assert!(hosts.admits("10.1.2.3:8420"));
    assert!(hosts.admits("[fd00::7]:8420"));
    assert!(!hosts.admits("evil.example:8420"));
}

#[test]
fn an_address_is_no_rebound_name_wherever_it_leads() {
    let hosts = hosts("127.0.0.1:8420");
    assert!(hosts.trusts("10.1.2.3:8420") && hosts.trusts("[fd00::7]") && hosts.trusts("localhost:1"));
    assert!(!hosts.trusts("evil.example") && !hosts.trusts(""));
}

use super::*;

fn service(address: &str, socket_activated: bool) -> Service {
    Service { address: address.parse().unwrap(), socket_activated }
}

fn urls(found: &Found) -> Vec<&str> {
    found.targets.iter().map(|target| target.url.as_str()).collect()
}

#[test]
fn gateways_resolvers_services_and_the_own_page_are_found() {
    let gateways = [
        Gateway { address: "10.0.0.1".parse().unwrap(), interface: "eth0".into() },
        Gateway { address: "fe80::1".parse().unwrap(), interface: "eth0".into() },
    ];
    let services = [service("0.0.0.0:80", false), service("[::]:80", false), service("[::]:9090", false), service("127.0.0.1:8420", false)];
    let found = choose(&gateways, &["10.0.0.2:53".parse().unwrap()], &services, Some("127.0.0.1:8420".parse().unwrap()));
    assert_eq!(
        urls(&found),
        [
            "icmp://10.0.0.1",
            "icmp://[fe80::1%25eth0]",
            "dns://10.0.0.2:53/.?type=NS",
            "tcp://127.0.0.1:80",
            "tcp://[::1]:9090",
            "http://127.0.0.1:8420/healthz"
        ]
    );
}

#[test]
fn what_a_connection_would_disturb_is_withheld() {
    let services = [
        service("0.0.0.0:22", false),
        service("0.0.0.0:25", false),
        service("0.0.0.0:3306", false),
        service("0.0.0.0:631", true),
        service("0.0.0.0:40000", false),
        service("0.0.0.0:5432", false),
    ];
    let found = choose(&[], &[], &services, None);
    assert_eq!(urls(&found), ["tcp://127.0.0.1:5432"]);
    let withheld: Vec<&str> = found.withheld.iter().map(|(target, _)| target.url.as_str()).collect();
    assert_eq!(withheld, ["tcp://127.0.0.1:22", "tcp://127.0.0.1:25", "tcp://127.0.0.1:631", "tcp://127.0.0.1:3306"]);
}

#[test]
fn at_most_twenty_services_are_watched() {
    let services: Vec<Service> = (1000..1050).map(|port| service(&format!("0.0.0.0:{port}"), false)).collect();
    let found = choose(&[], &[], &services, None);
    assert_eq!((found.targets.len(), found.withheld.len()), (20, 30));
}

/// Read as the configuration that it is printed as; with the comments' signs away, as one who wants them all would do.
fn written_down(found: &Found) -> Vec<String> {
    let yaml = found.as_yaml().replace("  # -", "  -").replace("  #  ", "   ");
    let surroundings = crate::config::Surroundings { variable: &|_| None, folder: std::path::PathBuf::new() };
    let read = crate::config::read_text("allswell.yaml", &yaml, &surroundings);
    read.unwrap_or_else(|report| panic!("{report}\n{yaml}")).targets.iter().map(|plan| plan.target.name.to_string()).collect()
}

#[test]
fn what_is_written_down_can_be_read() {
    let gateway = || Gateway { address: "fe80::1".parse().unwrap(), interface: "eth0".into() };
    let services = [service("0.0.0.0:80", false), service("0.0.0.0:22", false)];
    let resolvers = ["10.0.0.2:53".parse().unwrap(), "10.0.0.2:53".parse().unwrap(), "10.0.0.2:54".parse().unwrap()];
    let found = choose(&[gateway(), gateway()], &resolvers, &services, None);
    let names = [
        "gateways/gateway fe80::1 (eth0)",
        "resolvers/resolver 10.0.0.2",
        "resolvers/resolver 10.0.0.2:54",
        "this host/port 80",
        "this host/port 22",
    ];
    assert_eq!(written_down(&found), names);
    assert!(written_down(&Found::default()).is_empty());
}

//! What every protocol owes, as loops over the list: a new protocol is tested by being in it.
//!
//! Each test runs in a process of its own, so that descriptors, threads and tasks can be counted before and after.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod cancel;
mod healthy;
mod hostile;
mod ledger;
mod subject;

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::time::Duration;

use allswell_model::{AddressPolicy, Field, Keep, Outcome, Value};
use allswell_probe::{PROTOCOLS, all_fields};
use allswell_testkit::dns::{Answer, DnsServer, a};
use allswell_testkit::namespace::path::Path;
use allswell_testkit::namespace::{Inside, inside};
use hickory_proto::op::ResponseCode;

use ledger::Ledger;
use subject::{Subject, subjects};

const SHORT: Duration = Duration::from_millis(300);

/// Tells all that went wrong together, each with its subject.
fn all_well(troubles: &[String]) {
    assert!(troubles.is_empty(), "{} troubles:\n{}", troubles.len(), troubles.join("\n"));
}

#[test]
fn a_black_hole_ends_at_the_deadline_with_nothing_left() {
    inside(|| {
        let path = Path::new();
        for server in [Path::SERVER, Path::SERVER6] {
            reached(server);
        }
        path.router.nft("add table inet hole; add chain inet hole forward { type filter hook forward priority 0; policy drop; }");
        let mut troubles = Vec::new();
        for server in [Path::SERVER, Path::SERVER6] {
            for subject in subjects() {
                let ledger = Ledger::open();
                let probe = subject.at(SocketAddr::new(server, 4433)).within(SHORT);
                troubles.extend(probe.ends_as(&ledger.runtime, "down", &["timed_out"]));
                troubles.extend(ledger.balance(&probe.url));
            }
        }
        all_well(&troubles);
    });
}

#[test]
fn a_closed_port_is_down() {
    inside(|| {
        let mut troubles = Vec::new();
        for subject in subjects().filter(Subject::has_ports) {
            for host in ["127.0.0.1:1", "[::1]:1"] {
                let ledger = Ledger::open();
                let probe = subject.at(host.parse().unwrap()).within(SHORT);
                troubles.extend(probe.ends_as(&ledger.runtime, "down", &["refused"]));
                troubles.extend(ledger.balance(&probe.url));
            }
        }
        all_well(&troubles);
    });
}

#[test]
fn without_descriptors_nothing_is_said_of_the_target() {
    Inside::default().descriptors(64).run(|| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mut troubles = Vec::new();
        for subject in subjects() {
            let ledger = Ledger::open();
            let probe = subject.at(address).within(SHORT);
            let hoard: Vec<_> = std::iter::from_fn(|| std::fs::File::open("/dev/null").ok()).collect();
            troubles.extend(probe.ends_as(&ledger.runtime, "unknown", &["no_descriptors"]));
            drop(hoard);
            troubles.extend(ledger.balance(&probe.url));
        }
        all_well(&troubles);
    });
}

#[test]
fn a_name_that_fails_is_told_apart_from_a_resolver_that_fails() {
    inside(|| {
        let servers = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let dns = servers.block_on(DnsServer::start());
        dns.on_any("gone.example", Answer::code(ResponseCode::NXDomain));
        dns.on_any("empty.example", Answer::code(ResponseCode::NoError));
        dns.on_any("broken.example", Answer::code(ResponseCode::ServFail));
        dns.on_any("refused.example", Answer::code(ResponseCode::Refused));
        dns.on_any("silent.example", allswell_testkit::dns::Act::Silent);
        let wanted = [
            ("gone.example", "down", "name_not_found"),
            ("empty.example", "down", "no_address"),
            ("broken.example", "unknown", "resolver_failed"),
            ("refused.example", "unknown", "resolver_failed"),
            ("silent.example", "unknown", "resolver_timed_out"),
        ];
        let mut troubles = Vec::new();
        for subject in subjects() {
            for (name, outcome, cause) in wanted {
                let probe = subject.named(name, 4433).with("resolver", &dns.address().to_string()).within(SHORT);
                let ledger = Ledger::open();
                troubles.extend(probe.ends_as(&ledger.runtime, outcome, &[cause]));
            }
            let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
            let probe = subject.named("any.example", 4433).with("resolver", &nobody.to_string()).within(SHORT);
            let ledger = Ledger::open();
            troubles.extend(probe.ends_as(&ledger.runtime, "unknown", &["resolver_unreachable"]));
        }
        drop(dns);
        servers.shutdown_timeout(Duration::from_secs(1));
        all_well(&troubles);
    });
}

#[test]
fn each_of_a_names_addresses_has_its_sub_result() {
    inside(|| {
        let servers = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let dns = servers.block_on(DnsServer::start());
        let both = [Ipv4Addr::new(127, 0, 0, 1), Ipv4Addr::new(127, 0, 0, 2)];
        dns.on("two.example", hickory_proto::rr::RecordType::A, Answer::records(both.map(|address| a("two.example", 60, address))));
        dns.on("two.example", hickory_proto::rr::RecordType::AAAA, Answer::code(ResponseCode::NoError));
        let mut troubles = Vec::new();
        for subject in subjects().filter(Subject::has_ports) {
            for policy in [AddressPolicy::All, AddressPolicy::Any] {
                let word = if policy == AddressPolicy::All { "all" } else { "any" };
                let probe =
                    subject.named("two.example", 1).with("resolver", &dns.address().to_string()).with("addresses", word).within(SHORT);
                let ledger = Ledger::open();
                let result = probe.run(&ledger.runtime).result;
                if result.sub_results.len() != 2 || result.outcome.word() != "down" {
                    troubles.push(format!("{} {word}: {} sub-results, {}", probe.url, result.sub_results.len(), result.reason));
                }
            }
        }
        drop(dns);
        servers.shutdown_timeout(Duration::from_secs(1));
        all_well(&troubles);
    });
}

#[test]
fn what_a_healthy_target_shows_is_what_is_declared() {
    inside(|| {
        let mut troubles = Vec::new();
        for protocol in PROTOCOLS {
            let declared: Vec<_> = all_fields(*protocol).collect();
            for (subject, probe) in healthy::probes(*protocol) {
                let ledger = Ledger::open();
                let found = probe.run(&ledger.runtime);
                if found.result.outcome != Outcome::Up {
                    troubles.push(format!("{}: not up: {}", probe.url, found.result.reason));
                }
                if found.result.rtt.is_none() || found.facts.is_empty() {
                    troubles.push(format!("{}: no round trip or no facts", probe.url));
                }
                let measured = found.result.measurements.iter();
                troubles
                    .extend(measured.filter_map(|(name, value)| undeclared(&declared, name, value)).map(|why| format!("{subject}: {why}")));
            }
        }
        all_well(&troubles);
    });
}

/// What is wrong with a measurement, if anything.
fn undeclared(declared: &[&Field], name: &str, value: &Value) -> Option<String> {
    match declared.iter().find(|field| field.name == name) {
        None => Some(format!("`{name}` is measured and not declared")),
        Some(field) if field.keep != Keep::Measurement => Some(format!("`{name}` is declared transient and kept")),
        Some(field) if !value.fits(field.kind) => Some(format!("`{name}` is declared {} and is {value:?}", field.kind)),
        Some(_) => None,
    }
}

#[test]
fn no_server_however_hostile_holds_a_probe_or_is_taken_for_healthy() {
    inside(|| all_well(&hostile::troubles()));
}

#[test]
fn cancelled_at_any_await_nothing_is_left() {
    inside(|| all_well(&cancel::troubles()));
}

#[test]
fn every_declaration_is_complete() {
    let mut troubles = Vec::new();
    for protocol in PROTOCOLS {
        let declaration = protocol.declaration();
        let mut names: Vec<&str> = all_fields(*protocol).map(|field| field.name).collect();
        names.sort_unstable();
        names
            .windows(2)
            .filter(|pair| pair[0] == pair[1])
            .for_each(|pair| troubles.push(format!("{}: `{}` is declared twice", declaration.name, pair[0])));
        for (what, doc) in declaration.settings.iter().map(|s| (s.name, s.doc)).chain(declaration.fields.iter().map(|f| (f.name, f.doc))) {
            if doc.is_empty() || what.chars().any(|c| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')) {
                troubles.push(format!("{}: `{what}` wants snake case and a line of reference", declaration.name));
            }
        }
        if let Err(mistakes) = allswell_probe::Prepared::new(declaration.example, &[], &[], &|_| true) {
            troubles.push(format!("{}: its example does not parse: {mistakes:?}", declaration.name));
        }
    }
    all_well(&troubles);
}

/// Returns when the way to a host works: a fresh link loses its first questions for neighbours.
fn reached(host: IpAddr) {
    let tcp = subjects().find(|subject| subject.scheme.name == "tcp").unwrap();
    let probe = tcp.at(SocketAddr::new(host, 4433)).within(Duration::from_secs(5));
    let result = probe.run(&Ledger::open().runtime).result;
    assert_eq!(result.outcome.cause(), Some("refused"), "{}", result.reason);
}

/// Loopback, for targets that have no port to be closed.
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

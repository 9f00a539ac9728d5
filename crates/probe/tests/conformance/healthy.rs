//! For each protocol targets that are well. A new protocol needs an entry here.

use std::net::SocketAddr;
use std::sync::Arc;

use allswell_probe::Protocol;
use allswell_testkit::certificate::{Authority, Leaf};
use allswell_testkit::dns::{Answer, DnsServer, a};
use allswell_testkit::server::Server;
use allswell_testkit::server::script::Act;
use allswell_testkit::server::site;
use hickory_proto::rr::RecordType;
use rustls::ServerConfig;

use crate::HERE;
use crate::subject::{Asked, Subject, subjects};

/// Probes of targets that are well; the servers live until the process ends.
pub(crate) fn probes(protocol: &dyn Protocol) -> Vec<(String, Asked)> {
    let of_protocol = subjects().filter(|subject| subject.declaration.name == protocol.declaration().name);
    of_protocol.map(|subject| (subject.scheme.name.to_owned(), probe(&subject))).collect()
}

pub(crate) fn probe(subject: &Subject) -> Asked {
    match subject.scheme.name {
        "tcp" => subject.at(kept(Server::scripted(&[Act::Hold]))),
        "http" => subject.at(kept(Server::http(|_| site::Answer::ok("{\"state\": \"UP\"}")))),
        "https" => trusted(subject, &["h2", "http/1.1"], |config| kept(Server::https(&config, |_| site::Answer::ok("{}")))),
        "tls" => trusted(subject, &[], |config| kept(Server::scripted_tls(&config, &[Act::Hold]))),
        "icmp" => subject.at(SocketAddr::new(HERE, 0)),
        "dns" | "dns+tcp" => subject.at(resolver(DnsServer::start())),
        "dns+tls" => trusted(subject, &[], |config| resolver(DnsServer::start_tls(config))),
        other => panic!("{other}:// has no healthy server here: add one"),
    }
}

fn trusted(subject: &Subject, alpn: &[&str], start: impl Fn(Arc<ServerConfig>) -> SocketAddr) -> Asked {
    let authority = Authority::root("conformance");
    let identity = authority.issue(&Leaf::of(&["127.0.0.1"]));
    let file = std::env::temp_dir().join(format!("allswell-conformance-{}-{}.pem", std::process::id(), subject.scheme.name));
    std::fs::write(&file, authority.pem()).unwrap();
    subject.at(start(identity.server(alpn))).set("ca", file.to_str().unwrap())
}

/// Leaks on purpose: it serves until the process of the test ends.
fn kept(server: Server) -> SocketAddr {
    let address = server.address();
    std::mem::forget(server);
    address
}

fn resolver(start: impl Future<Output = DnsServer>) -> SocketAddr {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let server = runtime.block_on(start);
    let answer = Answer::records([a("api.example.com", 60, std::net::Ipv4Addr::new(192, 0, 2, 7))]);
    server.otherwise(answer.clone());
    for kind in [RecordType::A, RecordType::AAAA] {
        server.on("api.example.com", kind, answer.clone());
    }
    let address = server.address();
    std::mem::forget((runtime, server));
    address
}

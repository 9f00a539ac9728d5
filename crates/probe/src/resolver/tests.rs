use std::net::Ipv4Addr;

use allswell_model::{Outcome, Value};
use allswell_testkit::dns::{Act, Answer, DnsServer, Transport, a, aaaa, cname, soa};
use futures_util::future::join_all;
use hickory_proto::op::ResponseCode;
use tempfile::TempDir;

use super::*;
use crate::Environment;

const LONG: Duration = Duration::from_secs(5);
const SHORT: Duration = Duration::from_millis(200);
/// What a probe may take beyond its deadline on a busy machine.
const LATE: Duration = Duration::from_millis(500);

/// A server, and an environment whose `resolv.conf` names it.
struct House {
    server: DnsServer,
    folder: TempDir,
    environment: Arc<Environment>,
}

async fn house(hosts: &str, conf: &str) -> House {
    let server = DnsServer::start().await;
    let folder = tempfile::tempdir().unwrap();
    let sources =
        Sources { hosts: folder.path().join("hosts"), resolv_conf: folder.path().join("resolv.conf"), port: server.address().port() };
    std::fs::write(&sources.hosts, hosts).unwrap();
    std::fs::write(&sources.resolv_conf, conf).unwrap();
    House { server, folder, environment: Environment::resolving_by(&sources) }
}

async fn plain() -> House {
    house("", "nameserver 127.0.0.1\n").await
}

struct Outcomes {
    addresses: Result<Vec<String>, Failure>,
    from: Option<String>,
    took: Duration,
}

impl Outcomes {
    fn words(&self) -> (&str, Option<&str>, Option<&str>) {
        let outcome = self.addresses.as_ref().map_or_else(|failure| &failure.outcome, |_| &Outcome::Up);
        (outcome.word(), outcome.stage().map(Stage::as_str), outcome.cause())
    }

    fn reason(&self) -> &str {
        self.addresses.as_ref().map_or_else(|failure| failure.reason.as_str(), |_| "")
    }
}

impl House {
    async fn look(&self, name: &str, timeout: Duration, network: Network) -> Outcomes {
        let begun = Instant::now();
        let mut attempt = Attempt::new(Arc::clone(&self.environment), Arc::new(network), begun + timeout, timeout);
        let endpoint = Endpoint { host: Host::Name(name.into()), port: 443 };
        let addresses = self.environment.resolvers.addresses(&mut attempt, &endpoint).await;
        let from = attempt.measurements.iter().find_map(|(known, value)| match value {
            Value::Text(text) if known == "resolved_from" => Some(text.clone()),
            _ => None,
        });
        let addresses = addresses.map(|all| all.iter().map(ToString::to_string).collect());
        Outcomes { addresses, from, took: begun.elapsed() }
    }

    async fn find(&self, name: &str) -> Outcomes {
        self.look(name, LONG, Network::default()).await
    }

    fn flights(&self) -> usize {
        self.environment.resolvers.flights.count()
    }
}

fn address(last: u8) -> Ipv4Addr {
    Ipv4Addr::new(127, 0, 0, last)
}

fn www(ttl: u32) -> Answer {
    Answer::records([a("www.example", ttl, address(7))])
}

fn no() -> Answer {
    Answer::code(ResponseCode::NoError).authority(soa("example", 60, 60))
}

#[tokio::test]
async fn a_name_has_the_addresses_of_its_server_and_then_of_the_cache() {
    let house = plain().await;
    house.server.on("www.example", RecordType::A, www(60)).on("www.example", RecordType::AAAA, no());
    let first = house.find("www.example").await;
    assert_eq!(first.addresses.unwrap(), ["127.0.0.7:443"]);
    assert_eq!(first.from.unwrap(), house.server.address().to_string());
    let second = house.find("www.example").await;
    assert_eq!((second.addresses.unwrap().len(), second.from.as_deref()), (1, Some("cache")));
    assert_eq!(house.server.count("www.example", RecordType::A), 1);
    assert_eq!(house.server.count("www.example", RecordType::AAAA), 1, "also the `no` is kept");
}

#[tokio::test]
async fn an_answer_without_ttl_is_not_kept() {
    let house = plain().await;
    house.server.on("www.example", RecordType::A, www(0)).on("www.example", RecordType::AAAA, Answer::default());
    house.find("www.example").await.addresses.unwrap();
    house.find("www.example").await.addresses.unwrap();
    assert_eq!(house.server.count("www.example", RecordType::A), 2);
}

#[tokio::test]
async fn every_question_has_a_port_and_an_id_of_its_own() {
    let house = plain().await;
    house.server.on("www.example", RecordType::A, www(0));
    for _ in 0..4 {
        house.find("www.example").await.addresses.unwrap();
    }
    let asked = house.server.asked();
    let distinct = |of: fn(&allswell_testkit::dns::Asked) -> u16| {
        let mut all: Vec<u16> = asked.iter().map(of).collect();
        all.sort_unstable();
        all.dedup();
        all.len()
    };
    assert_eq!(asked.len(), 8);
    assert!(distinct(|asked| asked.from.port()) >= 7 && distinct(|asked| asked.id) >= 7);
}

#[tokio::test]
async fn both_families_come_and_aliases_are_followed() {
    let house = plain().await;
    house.server.on(
        "www.example",
        RecordType::A,
        Answer::records([cname("www.example", 60, "web.example"), a("web.example", 60, address(7))]),
    );
    house.server.on("www.example", RecordType::AAAA, Answer::records([aaaa("www.example", 60, Ipv6Addr::LOCALHOST)]));
    assert_eq!(house.find("www.example").await.addresses.unwrap(), ["127.0.0.7:443", "[::1]:443"]);
    let six = house.look("www.example", LONG, Network { family: Family::V6, ..Network::default() }).await;
    assert_eq!(six.addresses.unwrap(), ["[::1]:443"]);
}

#[tokio::test]
async fn only_the_wanted_family_is_asked_for() {
    let house = plain().await;
    house.server.on("www.example", RecordType::A, www(60));
    house.look("www.example", LONG, Network { family: Family::V4, ..Network::default() }).await.addresses.unwrap();
    assert_eq!(house.server.count("www.example", RecordType::AAAA), 0);
}

#[tokio::test]
async fn the_hosts_file_goes_first_and_localhost_is_never_asked() {
    let house = house("127.0.0.9 www.example\n", "nameserver 127.0.0.1\n").await;
    let known = house.find("www.example").await;
    assert_eq!((known.addresses.unwrap(), known.from.as_deref()), (vec!["127.0.0.9:443".to_owned()], Some("hosts")));
    for name in ["localhost", "db.localhost", "localhost."] {
        assert_eq!(house.find(name).await.addresses.unwrap(), ["127.0.0.1:443", "[::1]:443"], "{name}");
    }
    assert!(house.server.asked().is_empty());
}

#[tokio::test]
async fn the_search_list_is_gone_through() {
    let house = house("", "nameserver 127.0.0.1\nsearch prod.example example\noptions ndots:2\n").await;
    house.server.on("db.example", RecordType::A, Answer::records([a("db.example", 60, address(5))]));
    house.server.on("db.example", RecordType::AAAA, no());
    assert_eq!(house.find("db").await.addresses.unwrap(), ["127.0.0.5:443"]);
    assert_eq!((house.server.count("db.prod.example", RecordType::A), house.server.count("db", RecordType::A)), (1, 0));
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_down_and_all_that_was_tried_is_said() {
    let house = house("", "nameserver 127.0.0.1\nsearch prod.example\n").await;
    let found = house.find("db").await;
    assert_eq!(found.words(), ("down", Some("resolve"), Some("name_not_found")));
    let who = house.server.address();
    assert_eq!(found.reason(), format!("db does not exist, says resolver {who} (NXDOMAIN); nor does db.prod.example."));
    assert_eq!(found.addresses.unwrap_err().said_by, Some(who.to_string()));
}

#[tokio::test]
async fn a_name_without_an_address_of_the_wanted_family_is_down() {
    let house = plain().await;
    house.server.on("www.example", RecordType::A, www(60)).on("www.example", RecordType::AAAA, no());
    let found = house.look("www.example", LONG, Network { family: Family::V6, ..Network::default() }).await;
    assert_eq!(found.words(), ("down", Some("resolve"), Some("no_address")));
    assert!(found.reason().starts_with("www.example exists, but has no IPv6 address, says resolver 127.0.0.1:"), "{}", found.reason());
    house.server.on_any("mail.example", no());
    assert_eq!(house.find("mail.example").await.words(), ("down", Some("resolve"), Some("no_address")));
}

#[tokio::test]
async fn a_server_that_fails_for_the_only_name_it_was_asked_is_itself_in_doubt() {
    for code in [ResponseCode::ServFail, ResponseCode::Refused] {
        let house = plain().await;
        house.server.otherwise(Answer::code(code).without_question());
        let found = house.find("www.example").await;
        assert_eq!(found.words(), ("unknown", Some("resolve"), Some("resolver_failed")));
        assert!(found.reason().contains(&crate::dns_exchange::rcode(code)), "{}", found.reason());
    }
}

#[tokio::test]
async fn a_server_that_answers_for_other_names_speaks_of_the_name() {
    let house = plain().await;
    house.server.on("www.example", RecordType::A, www(60));
    house.server.on_any("broken.example", Answer::code(ResponseCode::ServFail));
    house.find("www.example").await.addresses.unwrap();
    let found = house.find("broken.example").await;
    assert_eq!(found.words(), ("down", Some("resolve"), Some("rcode")), "{}", found.reason());
    assert!(found.reason().starts_with("broken.example: SERVFAIL from resolver 127.0.0.1:"), "{}", found.reason());
}

#[tokio::test]
async fn what_the_search_list_makes_of_a_name_does_not_speak_for_the_server() {
    let house = house("", "nameserver 127.0.0.1\nsearch prod.example\n").await;
    house.server.on_any("db.other", Answer::code(ResponseCode::ServFail));
    assert_eq!(house.find("db.other").await.words(), ("unknown", Some("resolve"), Some("resolver_failed")));
    assert_eq!(house.server.count("db.other.prod.example", RecordType::A), 1, "the search goes on after a SERVFAIL");
}

#[tokio::test]
async fn a_silent_server_is_unknown_at_the_deadline() {
    let house = plain().await;
    house.server.otherwise(Act::Silent);
    let second = Duration::from_secs(1);
    let found = house.look("www.example", second, Network::default()).await;
    assert_eq!(found.words(), ("unknown", Some("resolve"), Some("resolver_timed_out")));
    let who = house.server.address();
    assert!(found.reason().starts_with(&format!("Not judged: resolver {who} silent for 1")), "{}", found.reason());
    assert!(found.took >= second && found.took < second + LATE, "{:?}", found.took);
    assert_eq!(house.server.count("www.example", RecordType::A), 2, "a packet may be lost, so it is asked twice");
    assert_eq!(house.flights(), 0);
}

/// What becomes of a name whose server sends each question back, changed like this, and has no TCP.
async fn echoed(change: impl Fn(&mut [u8])) -> (SocketAddr, Outcomes) {
    let server = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let at = server.local_addr().unwrap();
    let house = plain().await;
    let echo = async {
        let mut buffer = [0; 512];
        loop {
            let (length, from) = server.recv_from(&mut buffer).await.unwrap();
            change(&mut buffer[..length]);
            server.send_to(&buffer[..length], from).await.unwrap();
        }
    };
    // Only one family is asked for, so that there is one reply to each sending.
    let network = Network { resolver: Some(at), family: Family::V4, ..Network::default() };
    let found: std::convert::Infallible = tokio::select! {
        found = house.look("www.example", Duration::from_secs(1), network) => return (at, found),
        never = echo => never,
    };
    match found {}
}

#[tokio::test]
async fn a_server_that_talks_but_does_not_answer_is_not_called_silent() {
    let (_, garbage) = echoed(|reply| reply.fill(0xff)).await;
    assert_eq!(garbage.words(), ("unknown", Some("resolve"), Some("resolver_failed")));
    assert!(garbage.reason().ends_with(", but 2 replies that were not answers to our question (not DNS)."), "{}", garbage.reason());
    let (_, forged) = echoed(|reply| (reply[1], reply[2]) = (!reply[1], 0x81)).await;
    assert_eq!(forged.words(), ("unknown", Some("resolve"), Some("resolver_timed_out")));
    let expected = ", but 2 replies that were not answers to our question (a wrong id or question).";
    assert!(forged.reason().ends_with(expected), "{}", forged.reason());
}

#[tokio::test]
async fn a_cut_answer_without_tcp_is_told_as_that() {
    let (at, found) = echoed(|reply| reply[2] = 0x83).await;
    assert_eq!(found.words(), ("unknown", Some("resolve"), Some("resolver_failed")));
    let expected =
        format!("Not judged: resolver {at} cut its answer for www.example by UDP, and gives none by TCP: it refuses the connection.");
    assert_eq!(found.reason(), expected);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unreachable() {
    let House { server, folder: _folder, environment } = plain().await;
    let gone = server.address();
    drop(server);
    let house = House { server: DnsServer::start().await, folder: tempfile::tempdir().unwrap(), environment };
    // The sockets close when the tasks have ended, which is not at once.
    let found = loop {
        let found = house.look("www.example", SHORT, Network { resolver: Some(gone), ..Network::default() }).await;
        if found.words().2 != Some("resolver_timed_out") && found.words().2 != Some("name_not_found") {
            break found;
        }
    };
    assert_eq!(found.words(), ("unknown", Some("resolve"), Some("resolver_unreachable")));
    let expected = format!("Not judged: resolver {gone} cannot be asked: host 127.0.0.1 refuses {gone} (ICMP 3/3, port unreachable)");
    assert!(found.reason().starts_with(&expected), "{}", found.reason());
}

#[tokio::test]
async fn the_second_server_is_asked_when_the_first_is_silent_or_fails() {
    for act in
        [Act::Silent, Answer::code(ResponseCode::ServFail).into(), Act::Bytes { with_id: true, bytes: b"garbage that is long".to_vec() }]
    {
        let house = house("", "nameserver 127.0.0.2\nnameserver 127.0.0.1\n").await;
        let bad = DnsServer::start_at((Ipv4Addr::new(127, 0, 0, 2), house.server.address().port()).into()).await;
        bad.otherwise(act);
        house.server.on("www.example", RecordType::A, www(0));
        let found = house.find("www.example").await;
        assert_eq!(found.addresses.unwrap(), ["127.0.0.7:443"]);
        assert!(found.took < LONG / 2, "{:?}", found.took);
        assert_eq!((bad.count("www.example", RecordType::A), found.from), (1, Some(house.server.address().to_string())));
    }
}

#[tokio::test]
async fn a_server_that_was_silent_is_asked_after_the_others_for_a_while() {
    let house = house("", "nameserver 127.0.0.2\nnameserver 127.0.0.1\n").await;
    let silent = DnsServer::start_at((Ipv4Addr::new(127, 0, 0, 2), house.server.address().port()).into()).await;
    silent.otherwise(Act::Silent);
    house.server.on("www.example", RecordType::A, www(0));
    house.find("www.example").await.addresses.unwrap();
    let again = house.find("www.example").await;
    assert!(again.took < Duration::from_secs(1), "{:?}", again.took);
    assert_eq!(silent.count("www.example", RecordType::A), 1);
}

#[tokio::test]
async fn a_silent_family_does_not_keep_the_other_one_waiting_for_long() {
    let house = plain().await;
    house.server.on("www.example", RecordType::A, www(60)).on("www.example", RecordType::AAAA, Act::Silent);
    let found = house.look("www.example", Duration::from_secs(2), Network::default()).await;
    assert_eq!(found.addresses.unwrap(), ["127.0.0.7:443"]);
    assert!(found.took < Duration::from_millis(1500), "{:?}", found.took);
}

#[tokio::test]
async fn a_denied_family_does_not_deny_the_other_one() {
    let house = plain().await;
    house.server.on("www.example", RecordType::A, www(60)).on("www.example", RecordType::AAAA, Answer::code(ResponseCode::NXDomain));
    assert_eq!(house.find("www.example").await.addresses.unwrap(), ["127.0.0.7:443"]);
    house.server.on("web.example", RecordType::A, Answer::records([a("web.example", 60, address(8))]));
    house.server.on("web.example", RecordType::AAAA, Answer::code(ResponseCode::ServFail));
    assert_eq!(house.find("web.example").await.addresses.unwrap(), ["127.0.0.8:443"]);
}

#[tokio::test]
async fn forged_answers_are_not_believed() {
    let lie = Answer::records([a("www.example", 60, address(66))]);
    let house = plain().await;
    for act in [Act::WrongId(www(0)), Act::WrongQuestion(www(0)), Act::OtherPort { lie, then: www(0) }] {
        house.server.on("www.example", RecordType::A, act);
        assert_eq!(house.find("www.example").await.addresses.unwrap(), ["127.0.0.7:443"]);
    }
}

#[tokio::test]
async fn a_cut_answer_is_asked_for_by_tcp() {
    let house = plain().await;
    for act in [Act::Truncated(www(0)), Act::CutShort(www(0))] {
        house.server.on("www.example", RecordType::A, act);
        assert_eq!(house.find("www.example").await.addresses.unwrap(), ["127.0.0.7:443"]);
        assert!(house.server.asked().iter().any(|asked| asked.transport == Transport::Tcp));
    }
}

#[tokio::test]
async fn ten_thousand_targets_of_one_name_ask_once() {
    let house = plain().await;
    house.server.on("www.example", RecordType::A, Act::Held(www(0))).on("www.example", RecordType::AAAA, Act::Held(no()));
    let all = join_all((0..10_000).map(|_| house.find("www.example")));
    let release = async {
        while house.server.asked().len() < 2 {
            tokio::task::yield_now().await;
        }
        house.server.release();
    };
    let (found, ()) = tokio::join!(all, release);
    assert!(found.iter().all(|found| found.addresses.is_ok()));
    assert_eq!((house.server.asked().len(), house.flights()), (2, 0));
}

#[tokio::test]
async fn who_has_more_time_asks_again_when_the_first_had_too_little() {
    let house = plain().await;
    house.server.otherwise(Act::InTurn(vec![Act::Silent, Act::Silent, www(60).into()]));
    let network = || Network { family: Family::V4, ..Network::default() };
    let (hasty, patient) = tokio::join!(house.look("www.example", SHORT, network()), house.look("www.example", LONG, network()));
    assert_eq!(hasty.words().2, Some("resolver_timed_out"));
    assert_eq!(patient.addresses.unwrap(), ["127.0.0.7:443"]);
}

#[tokio::test]
async fn a_dropped_question_leaves_nothing() {
    let house = plain().await;
    house.server.otherwise(Act::Silent);
    {
        let mut wait = pin!(house.find("www.example"));
        while house.server.asked().len() < 2 {
            assert!(futures_util::poll!(&mut wait).is_pending());
            tokio::task::yield_now().await;
        }
        assert_eq!(house.flights(), 2);
    }
    assert_eq!(house.flights(), 0);
}

#[tokio::test]
async fn a_chosen_resolver_is_asked_without_hosts_file_and_search_list() {
    let house = house("127.0.0.9 www\n", "nameserver 127.0.0.9\nsearch example\n").await;
    house.server.on("www", RecordType::A, Answer::records([a("www", 60, address(4))]));
    let network = || Network { resolver: Some(house.server.address()), ..Network::default() };
    assert_eq!(house.look("www", LONG, network()).await.addresses.unwrap(), ["127.0.0.4:443"]);
    assert_eq!(house.look("db", LONG, network()).await.words().2, Some("name_not_found"));
    assert!(house.server.asked().iter().all(|asked| !asked.name.contains("example")));
}

#[tokio::test]
async fn a_dead_resolver_delays_no_other_one() {
    let house = plain().await;
    house.server.otherwise(Act::Silent);
    let other = DnsServer::start().await;
    other.on("www.example", RecordType::A, www(60));
    let chosen = Network { resolver: Some(other.address()), ..Network::default() };
    let dead = pin!(join_all((0..600).map(|n| house.find(if n % 2 == 0 { "dead.example" } else { "gone.example" }))));
    let live = pin!(house.look("www.example", LONG, chosen));
    let Either::Right((live, _)) = select(dead, live).await else { panic!("the dead one came first") };
    assert_eq!(live.addresses.unwrap(), ["127.0.0.7:443"]);
}

#[tokio::test]
async fn a_changed_file_names_other_servers() {
    let house = house("", "nameserver 127.0.0.3\n").await;
    house.server.on("www.example", RecordType::A, www(60));
    let lost = house.look("www.example", SHORT, Network::default()).await;
    assert_eq!(lost.words().2, Some("resolver_unreachable"), "{}", lost.reason());
    std::fs::write(house.folder.path().join("resolv.conf"), "nameserver 127.0.0.1\n").unwrap();
    let begun = Instant::now();
    while house.look("www.example", SHORT, Network::default()).await.addresses.is_err() {
        assert!(begun.elapsed() < LONG, "the file is looked at once a second");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_name_that_dns_cannot_hold_is_not_asked_for() {
    let house = plain().await;
    assert_eq!(house.find(&"x".repeat(64)).await.words(), ("down", Some("resolve"), Some("name_not_found")));
    assert!(house.server.asked().is_empty());
}

use std::net::{Ipv4Addr, UdpSocket};

use allswell_model::{ProbeResult, TargetId, Timestamp, Value};
use allswell_testkit::certificate::{Authority, Leaf};
use allswell_testkit::dns::{Act, Answer, DnsServer, Transport, a, aaaa, cname, soa};
use hickory_proto::op::ResponseCode;
use hickory_proto::rr::RecordType;

use super::*;
use crate::{Environment, Prepared, Raw};

const LONG: Duration = Duration::from_secs(5);
const SHORT: Duration = Duration::from_millis(200);
/// What a probe may take beyond its deadline on a busy machine.
const LATE: Duration = Duration::from_millis(500);

async fn probe(url: &str, settings: &[(&str, &str)], timeout: Duration) -> ProbeResult {
    let settings: Vec<(String, Raw)> = settings.iter().map(|(name, text)| ((*name).into(), Raw::Scalar((*text).into()))).collect();
    let prepared = Prepared::new(url, &settings, &[], &|_| false).unwrap();
    prepared.run(&Environment::new(), &TargetId::new("t").unwrap(), Timestamp(0), timeout).await.result
}

async fn ask(scheme: &str, server: &DnsServer, what: &str) -> ProbeResult {
    probe(&format!("{scheme}://{}/{what}", server.address()), &[], LONG).await
}

fn words(result: &ProbeResult) -> (&str, Option<&str>, Option<&str>) {
    (result.outcome.word(), result.outcome.stage().map(Stage::as_str), result.outcome.cause())
}

fn measured(result: &ProbeResult, name: &str) -> Value {
    result.measurements.iter().find(|(known, _)| known == name).map_or(Value::Null, |(_, value)| value.clone())
}

fn www() -> Answer {
    Answer::records([
        cname("www.example", 300, "web.example"),
        a("web.example", 60, Ipv4Addr::new(192, 0, 2, 9)),
        a("web.example", 60, Ipv4Addr::new(192, 0, 2, 7)),
    ])
}

#[tokio::test]
async fn the_whole_answer_is_measured() {
    let server = DnsServer::start().await;
    server.on("www.example", RecordType::A, www().authoritative().authority(soa("example", 60, 60)));
    let result = ask("dns", &server, "www.example").await;
    assert_eq!(words(&result), ("up", None, None), "{}", result.reason);
    for (name, value) in [
        ("rcode", "NOERROR".into()),
        ("answers", Value::texts(["192.0.2.7", "192.0.2.9"])),
        ("answer_count", 2.into()),
        ("authority_count", 1.into()),
        ("ttl_min", 60.into()),
        ("authoritative", true.into()),
        ("recursion_available", true.into()),
        ("truncated", false.into()),
        ("transport", "udp".into()),
        ("sent", 1.into()),
        ("ignored_replies", 0.into()),
    ] {
        assert_eq!(measured(&result, name), value, "{name}");
    }
    let sentence = format!("{}: NOERROR, 2 answers, ", server.address());
    assert!(result.reason.starts_with(&sentence) && result.reason.ends_with(" ms."), "{}", result.reason);
    assert_eq!(result.address, Some(server.address().to_string()));
    assert!(result.rtt.is_some() && result.stages.of(&Stage::REPLY).is_some() && result.stages.of(&Stage::SEND).is_some());
}

#[tokio::test]
async fn a_code_is_measured_and_left_to_the_expectations() {
    let server = DnsServer::start().await;
    for (code, word) in [(ResponseCode::NXDomain, "NXDOMAIN"), (ResponseCode::ServFail, "SERVFAIL"), (ResponseCode::Refused, "REFUSED")] {
        server.otherwise(Answer::code(code));
        let result = ask("dns", &server, "www.example").await;
        assert_eq!((words(&result).0, measured(&result, "rcode")), ("up", word.into()));
        assert_eq!(measured(&result, "answers"), Value::List(vec![]));
    }
}

#[tokio::test]
async fn the_settings_reach_the_query() {
    let server = DnsServer::start().await;
    server.on("www.example", RecordType::A, www());
    let url = format!("dns://{}/www.example", server.address());
    probe(&url, &[], LONG).await;
    probe(&url, &[("recursion", "false"), ("payload", "0")], LONG).await;
    let asked: Vec<_> = server.asked().iter().map(|asked| (asked.recursion, asked.payload)).collect();
    assert_eq!(asked, [(true, Some(1232)), (false, None)]);
}

#[tokio::test]
async fn a_cut_answer_comes_whole_by_tcp() {
    let server = DnsServer::start().await;
    for act in [Act::Truncated(www()), Act::CutShort(www())] {
        server.on("www.example", RecordType::A, act);
        let result = ask("dns", &server, "www.example").await;
        assert_eq!(words(&result), ("up", None, None), "{}", result.reason);
        assert_eq!((measured(&result, "truncated"), measured(&result, "transport")), (true.into(), "tcp".into()));
        assert_eq!(measured(&result, "answer_count"), 2.into());
        assert!(result.stages.of(&Stage::CONNECT).is_some());
    }
}

#[tokio::test]
async fn that_tcp_was_only_second_is_said() {
    let server = DnsServer::start().await;
    let cut_by_udp_alone = Act::InTurn(vec![Act::Truncated(www()), Act::Close]);
    server.on("www.example", RecordType::A, cut_by_udp_alone);
    let result = ask("dns", &server, "www.example").await;
    assert_eq!(words(&result), ("down", Some("reply"), Some("closed")), "{}", result.reason);
    assert!(result.reason.starts_with("The answer by UDP was cut, and so asked for by TCP: 127.0.0.1:"), "{}", result.reason);
}

#[tokio::test]
async fn tcp_is_asked_alone_when_the_scheme_says_so() {
    let server = DnsServer::start().await;
    server.on("www.example", RecordType::AAAA, Answer::records([aaaa("www.example", 60, std::net::Ipv6Addr::LOCALHOST)]));
    let result = ask("dns+tcp", &server, "www.example?type=AAAA").await;
    assert_eq!((words(&result).0, measured(&result, "answers")), ("up", Value::texts(["::1"])));
    assert!(server.asked().iter().all(|asked| asked.transport == Transport::Tcp));
}

#[tokio::test]
async fn forged_answers_are_counted_and_not_believed() {
    let server = DnsServer::start().await;
    let lie = Answer::records([a("www.example", 60, Ipv4Addr::new(192, 0, 2, 66))]);
    for (act, ignored) in [(Act::WrongId(www()), 1), (Act::WrongQuestion(www()), 1), (Act::OtherPort { lie, then: www() }, 0)] {
        server.on("www.example", RecordType::A, act);
        let result = ask("dns", &server, "www.example").await;
        assert_eq!((measured(&result, "answer_count"), measured(&result, "ignored_replies")), (2.into(), ignored.into()));
    }
}

#[tokio::test]
async fn a_silent_server_is_down_at_the_deadline_whatever_the_way() {
    let server = DnsServer::start().await;
    server.otherwise(Act::Silent);
    let result = probe(&format!("dns://{}/www.example", server.address()), &[], SHORT).await;
    assert_eq!(words(&result), ("down", Some("reply"), Some("timed_out")));
    let expected = format!("No answer to 2 queries to {} in 2", server.address());
    assert!(result.reason.starts_with(&expected), "{}", result.reason);
    assert!(result.reason.ends_with(": host off, filtered, or no DNS server there."), "{}", result.reason);
    assert!(result.duration < SHORT + LATE);
    assert_eq!(measured(&result, "sent"), 2.into());
    let result = probe(&format!("dns+tcp://{}/www.example", server.address()), &[], SHORT).await;
    assert_eq!(words(&result), ("down", Some("reply"), Some("timed_out")), "{}", result.reason);
}

#[tokio::test]
async fn a_lost_packet_is_made_up_for() {
    let server = DnsServer::start().await;
    server.otherwise(Act::InTurn(vec![Act::Silent, www().into()]));
    let result = probe(&format!("dns://{}/www.example", server.address()), &[], Duration::from_secs(1)).await;
    assert_eq!((words(&result).0, measured(&result, "sent")), ("up", 2.into()), "{}", result.reason);
}

#[tokio::test]
async fn a_late_answer_to_the_first_query_counts_with_its_own_time() {
    let server = DnsServer::start().await;
    server.otherwise(Act::InTurn(vec![Act::Held(www()), Act::Silent]));
    let url = format!("dns://{}/www.example", server.address());
    let release = async {
        while server.asked().len() < 2 {
            tokio::task::yield_now().await;
        }
        server.release();
    };
    let (result, ()) = tokio::join!(probe(&url, &[], Duration::from_secs(1)), release);
    assert_eq!((words(&result).0, measured(&result, "sent")), ("up", 2.into()), "{}", result.reason);
    assert!(result.rtt.unwrap() >= Duration::from_millis(400), "{:?}", result.rtt);
}

#[tokio::test]
async fn a_port_without_a_server_refuses() {
    let closed = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let result = probe(&format!("dns://{closed}/www.example"), &[], LONG).await;
    assert_eq!(words(&result), ("down", Some("reply"), Some("refused")));
    let expected = format!("Host 127.0.0.1 refuses {closed} (ICMP 3/3, port unreachable): nothing listens, or a firewall rejects.");
    assert_eq!((result.reason, result.said_by.as_deref()), (expected, Some("127.0.0.1")));
    let result = probe(&format!("dns+tcp://{closed}/www.example"), &[], LONG).await;
    assert_eq!(words(&result), ("down", Some("connect"), Some("refused")));
}

#[tokio::test]
async fn garbage_is_no_dns() {
    let server = DnsServer::start().await;
    server.otherwise(Act::Bytes { with_id: true, bytes: b"\x80\x00\xff\xff and more of it".to_vec() });
    let result = ask("dns", &server, "www.example").await;
    assert_eq!(words(&result), ("down", Some("reply"), Some("protocol")), "{}", result.reason);
    let result = ask("dns+tcp", &server, "www.example").await;
    assert_eq!(words(&result), ("down", Some("reply"), Some("protocol")), "{}", result.reason);
    server.otherwise(Act::Bytes { with_id: false, bytes: b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec() });
    let result = probe(&format!("dns://{}/www.example", server.address()), &[], SHORT).await;
    assert_eq!(words(&result), ("down", Some("reply"), Some("protocol")));
    assert!(result.reason.ends_with("answers, but not in DNS (2 datagrams of something else)."), "{}", result.reason);
}

#[tokio::test]
async fn a_stream_that_ends_early_is_closed() {
    let server = DnsServer::start().await;
    for (act, when) in [(Act::Close, " closed without an answer."), (Act::CloseHalfway(www()), " bytes of its answer.")] {
        server.otherwise(act);
        let result = ask("dns+tcp", &server, "www.example").await;
        assert_eq!(words(&result), ("down", Some("reply"), Some("closed")));
        assert!(result.reason.ends_with(when), "{}", result.reason);
    }
}

#[tokio::test]
async fn a_dropped_probe_has_closed_its_socket() {
    let server = DnsServer::start().await;
    server.otherwise(Act::Silent);
    let url = format!("dns://{}/www.example", server.address());
    {
        let mut wait = std::pin::pin!(probe(&url, &[], LONG));
        while server.asked().is_empty() {
            assert!(futures_util::poll!(&mut wait).is_pending());
            tokio::task::yield_now().await;
        }
    }
    let from = server.asked().first().unwrap().from;
    assert!(UdpSocket::bind(from).is_ok(), "its port is free again");
}

#[test]
fn mistakes_are_told_all_at_once() {
    let mistakes = |url: &str, settings: &[(&str, &str)]| {
        let settings: Vec<(String, Raw)> = settings.iter().map(|(name, text)| ((*name).into(), Raw::Scalar((*text).into()))).collect();
        let told = Prepared::new(url, &settings, &[], &|_| false).unwrap_err();
        told.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(mistakes("dns://10.0.0.2/?type=QQ", &[("payload", "100")]).len(), 3);
    assert_eq!(
        mistakes("dns://10.0.0.2/x.example", &[("payload", "0"), ("dnssec", "true")]),
        ["`dnssec` needs EDNS: leave `payload` out, or above 0"]
    );
    assert_eq!(
        mistakes("dns://10.0.0.2/x.example", &[("server_name", "x")]),
        ["`server_name` says nothing to dns://: did you mean dns+tls://?"]
    );
}

#[tokio::test]
async fn every_measurement_is_declared() {
    let server = DnsServer::start().await;
    server.otherwise(Act::Truncated(www()));
    let result = ask("dns", &server, "www.example").await;
    assert!(result.measurements.iter().all(|(name, _)| DECLARATION.fields.iter().any(|field| field.name == name)));
}

#[tokio::test]
async fn under_tls_the_certificate_is_measured_and_must_be_good() {
    let authority = Authority::root("root");
    let server = DnsServer::start_tls(authority.issue(&Leaf::of(&["127.0.0.1"])).server(&[])).await;
    server.otherwise(www());
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, authority.pem()).unwrap();
    let url = format!("dns+tls://{}/www.example", server.address());
    let result = probe(&url, &[("ca", ca.to_str().unwrap())], LONG).await;
    assert_eq!((words(&result), measured(&result, "transport")), (("up", None, None), "tls".into()), "{}", result.reason);
    assert!(result.stages.of(&Stage::TLS).is_some() && measured(&result, "certificate_days") != Value::Null);
    assert!(result.reason.contains("NOERROR, 2 answers"), "{}", result.reason);
    let result = probe(&url, &[], LONG).await;
    assert_eq!(words(&result), ("down", Some("tls"), Some("certificate_untrusted")), "{}", result.reason);
    server.otherwise(Act::CloseHalfway(www()));
    let result = probe(&url, &[("verify", "false")], LONG).await;
    assert_eq!(words(&result), ("down", Some("reply"), Some("closed")), "{}", result.reason);
}

#[tokio::test]
async fn plain_tcp_where_tls_was_expected_is_no_handshake() {
    let server = DnsServer::start().await;
    let result = probe(&format!("dns+tls://{}/www.example", server.address()), &[], SHORT).await;
    assert_eq!((words(&result).0, words(&result).1), ("down", Some("tls")), "{}", result.reason);
}

use allswell_testkit::dns::{a, cname, soa};
use hickory_proto::op::{MessageType, OpCode};

use super::*;

fn name(text: &str) -> Name {
    Name::from_ascii(text).unwrap()
}

fn answer(records: Vec<Record>) -> Message {
    let mut message = Message::new(1, MessageType::Response, OpCode::Query);
    message.add_answers(records);
    message
}

#[test]
fn aliases_are_followed_and_the_least_ttl_holds() {
    let message = answer(vec![
        a("server.example", 300, [192, 0, 2, 7].into()),
        cname("www.example", 60, "web.example"),
        cname("web.example", 20, "Server.Example"),
        a("server.example", 300, [192, 0, 2, 8].into()),
    ]);
    let asked = name("www.example.");
    let chain = Chain::follow(&message, &asked, RecordType::A);
    assert_eq!((chain.records.len(), chain.ttl), (2, Some(20)));
}

#[test]
fn what_lies_beside_the_chain_is_no_answer() {
    let message = answer(vec![a("evil.example", 300, [192, 0, 2, 66].into())]);
    let asked = name("www.example.");
    let chain = Chain::follow(&message, &asked, RecordType::A);
    assert!(chain.records.is_empty() && chain.ttl.is_none());
}

#[test]
fn a_loop_of_aliases_ends() {
    let message = answer(vec![cname("a.example", 60, "b.example"), cname("b.example", 60, "a.example")]);
    let asked = name("a.example.");
    assert!(Chain::follow(&message, &asked, RecordType::A).records.is_empty());
}

#[test]
fn an_alias_that_is_asked_for_is_not_followed() {
    let message = answer(vec![cname("a.example", 60, "b.example")]);
    let asked = name("a.example.");
    assert_eq!(Chain::follow(&message, &asked, RecordType::CNAME).records.len(), 1);
}

#[test]
fn a_no_holds_as_long_as_the_zone_says() {
    let mut message = answer(vec![]);
    assert_eq!(negative_ttl(&message), None);
    message.add_authority(soa("example", 900, 60));
    assert_eq!(negative_ttl(&message), Some(60));
}

#[test]
fn codes_have_their_known_names() {
    let named = [0, 1, 2, 3, 4, 5, 9, 16, 23, 200].map(|code| rcode(<ResponseCode as From<u16>>::from(code)));
    assert_eq!(named, ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "NOTAUTH", "BADVERS", "BADCOOKIE", "RCODE200"]);
}

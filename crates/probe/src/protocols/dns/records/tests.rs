use std::net::Ipv4Addr;

use allswell_testkit::dns::{a, cname, soa, txt};
use hickory_proto::rr::rdata::svcb::{Alpn, SvcParamKey, SvcParamValue};
use hickory_proto::rr::rdata::{HTTPS, MX, NULL, SRV};

use proptest::prelude::*;

use super::*;

fn record(data: RData) -> String {
    shown(&Record::from_rdata(host(), 60, data))
}

fn host() -> Name {
    Name::from_ascii("Mail.Example.").unwrap()
}

#[test]
fn data_is_written_as_dig_does() {
    assert_eq!(shown(&a("x.example", 60, Ipv4Addr::new(192, 0, 2, 7))), "192.0.2.7");
    assert_eq!(shown(&cname("x.example", 60, "Web.Example")), "web.example.");
    assert_eq!(record(RData::MX(MX::new(10, host()))), "10 mail.example.");
    assert_eq!(record(RData::SRV(SRV::new(1, 2, 5060, host()))), "1 2 5060 mail.example.");
    assert_eq!(shown(&soa("example", 60, 300)), "ns.example. hostmaster.example. 1 3600 600 86400 300");
}

#[test]
fn a_text_is_one_whatever_its_strings() {
    assert_eq!(shown(&txt("x.example", 60, &["v=spf1 ", "-all"])), "v=spf1 -all");
}

#[test]
fn a_service_is_without_stray_commas() {
    let alpn = (SvcParamKey::Alpn, SvcParamValue::Alpn(Alpn(vec!["h2".into(), "h3".into()])));
    let port = (SvcParamKey::Port, SvcParamValue::Port(8443));
    assert_eq!(record(RData::HTTPS(HTTPS(SVCB::new(1, Name::root(), vec![alpn, port])))), "1 . alpn=h2,h3 port=8443");
}

#[test]
fn keys_and_digests_are_readable_and_the_unknown_is_shown_by_its_bytes() {
    let unknown = |code, bytes: &[u8]| record(RData::Unknown { code, rdata: NULL::with(bytes.to_vec()) });
    assert_eq!(unknown(RecordType::DS, &[0x4f, 0x66, 8, 2, 0xe0, 0x6d]), "20326 8 2 E06D");
    assert_eq!(unknown(RecordType::DNSKEY, &[1, 1, 3, 8, 1, 2, 3]), "257 3 8 AQID");
    assert_eq!(unknown(RecordType::from(65_280), &[1, 255]), "\\# 2 01ff");
}

/// An answer of one record with this data, as it comes over the wire.
fn wire(code: u16, data: &[u8]) -> Vec<u8> {
    let header = [0, 7, 0x80, 0, 0, 0, 0, 1, 0, 0, 0, 0];
    let length = u16::try_from(data.len()).unwrap().to_be_bytes();
    [&header[..], &[0], &code.to_be_bytes(), &[0, 1, 0, 0, 0, 60], &length, data].concat()
}

#[test]
fn a_record_is_read_from_the_wire() {
    let message = hickory_proto::op::Message::from_vec(&wire(16, b"\x05hello")).unwrap();
    assert_eq!(message.answers.iter().map(shown).collect::<Vec<_>>(), ["hello"]);
}

proptest! {
    #[test]
    fn any_data_is_shown_without_a_panic(code in prop_oneof![1..300_u16, any::<u16>()], data in proptest::collection::vec(any::<u8>(), 0..80)) {
        if let Ok(message) = hickory_proto::op::Message::from_vec(&wire(code, &data)) {
            message.answers.iter().for_each(|record| drop(shown(record)));
        }
    }
}

use hickory_proto::rr::RData;
use hickory_proto::rr::Record;
use hickory_proto::rr::rdata::A;
use proptest::prelude::*;

use super::*;

fn question() -> Question {
    Question::plain(Name::from_ascii("www.example.com.").unwrap(), RecordType::A)
}

fn answer(id: u16, name: &str, kind: RecordType) -> Message {
    let mut message = Message::new(id, MessageType::Response, OpCode::Query);
    message.add_query(Query::query(Name::from_ascii(name).unwrap(), kind));
    message
}

fn read(message: &Message) -> Result<(usize, Message), Stranger> {
    question().read([7, 8].into_iter(), &message.to_vec().unwrap())
}

#[test]
fn an_answer_has_one_of_our_ids_and_our_question() {
    let (at, _) = read(&answer(8, "www.example.com.", RecordType::A)).unwrap();
    assert_eq!(at, 1);
    assert!(read(&answer(7, "WWW.Example.COM.", RecordType::A)).is_ok(), "letters may differ in case");
}

#[test]
fn what_is_not_ours_is_foreign() {
    let mut query = answer(7, "www.example.com.", RecordType::A);
    query.metadata.message_type = MessageType::Query;
    let no_question = Message::new(7, MessageType::Response, OpCode::Query);
    for message in [
        answer(9, "www.example.com.", RecordType::A),
        answer(7, "other.example.com.", RecordType::A),
        answer(7, "www.example.com.", RecordType::AAAA),
        query,
        no_question,
    ] {
        assert_eq!(read(&message).unwrap_err(), Stranger::Foreign, "{message:?}");
    }
}

#[test]
fn a_refusal_may_come_without_the_question() {
    let mut refusal = Message::new(7, MessageType::Response, OpCode::Query);
    refusal.metadata.response_code = ResponseCode::Refused;
    assert!(read(&refusal).is_ok());
}

#[test]
fn an_answer_cut_within_a_record_is_truncated() {
    let mut message = answer(7, "www.example.com.", RecordType::A);
    message.metadata.truncation = true;
    message.add_answer(Record::from_rdata(Name::from_ascii("www.example.com.").unwrap(), 1, RData::A(A::new(192, 0, 2, 1))));
    let bytes = message.to_vec().unwrap();
    let (_, read) = question().read(std::iter::once(7), &bytes[..bytes.len() - 2]).unwrap();
    assert!(read.metadata.truncation);
}

#[test]
fn noise_and_garble_are_told_apart() {
    assert_eq!(question().read(std::iter::once(7), b"hello").unwrap_err(), Stranger::Noise);
    assert_eq!(question().read(std::iter::once(7), b"HTTP/1.1 400 Bad Request\r\n").unwrap_err(), Stranger::Noise);
    let garbled = question().read(std::iter::once(7), &[0, 7, 0x80, 0, 0, 9, 0, 0, 0, 0, 0, 0, 1]).unwrap_err();
    assert!(matches!(garbled, Stranger::Garbled(_)), "{garbled:?}");
}

#[test]
fn edns_is_asked_for_only_when_wanted() {
    let plain = Message::from_vec(&question().encode(1).unwrap()).unwrap();
    assert!(plain.edns.is_none() && plain.metadata.recursion_desired);
    let extended = Question { extension: Some(Extension { payload: 1232, dnssec: true }), recursion: false, ..question() };
    let extended = Message::from_vec(&extended.encode(1).unwrap()).unwrap();
    let edns = extended.edns.as_ref().unwrap();
    assert_eq!((edns.max_payload(), edns.flags().dnssec_ok, extended.metadata.recursion_desired), (1232, true, false));
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = question().read([7, 8].into_iter(), &bytes);
    }

    #[test]
    fn any_change_of_an_answer_is_read_without_a_panic(at in 2..64_usize, byte in any::<u8>(), cut in 0..80_usize) {
        let mut message = answer(7, "www.example.com.", RecordType::A);
        let name = Name::from_ascii("www.example.com.").unwrap();
        message.add_answer(Record::from_rdata(name.clone(), 1, RData::A(A::new(192, 0, 2, 1))));
        message.add_answer(Record::from_rdata(name, 1, RData::TXT(hickory_proto::rr::rdata::TXT::new(vec!["text".into()]))));
        let mut bytes = message.to_vec().unwrap();
        if let Some(changed) = bytes.get_mut(at) {
            *changed = byte;
        }
        bytes.truncate(bytes.len().saturating_sub(cut));
        if let Ok((_, read)) = question().read([7, 8].into_iter(), &bytes) {
            let _ = crate::dns_exchange::Chain::follow(&read, &question().name, RecordType::A);
            let _ = crate::dns_exchange::negative_ttl(&read);
        }
    }
}

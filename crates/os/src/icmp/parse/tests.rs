//! Messages as hosts and routers send them, and bytes that are no messages.

use super::*;

const FROM: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));

fn message(kind: u8, code: u8, word: [u8; 4], rest: &[u8]) -> Vec<u8> {
    [&[kind, code, 0, 0], word.as_slice(), rest].concat()
}

fn packet4(header: u8, to: [u8; 4], rest: &[u8]) -> Vec<u8> {
    let mut packet = vec![0; usize::from(header)];
    packet[0] = 0x40 | (header / 4);
    packet[16..20].copy_from_slice(&to);
    packet.extend_from_slice(rest);
    packet
}

#[test]
fn a_reply_shows_its_numbers() {
    let bytes = message(0, 0, [0x12, 0x34, 0x56, 0x78], b"payload");
    let heard = reply(Family::V4, FROM, &bytes).unwrap();
    assert_eq!((heard.id, heard.sequence, heard.payload), (0x1234, 0x5678, b"payload".as_slice()));
    assert_eq!(reply(Family::V6, FROM, &bytes), None, "a reply of the other family");
}

#[test]
fn an_error_shows_the_request_that_it_quotes() {
    let request = message(8, 0, [0, 1, 0, 2], b"nonce");
    for header in [20, 32, 60] {
        let bytes = message(3, 13, [0; 4], &packet4(header, [10, 0, 0, 5], &request));
        let heard = complaint(Family::V4, FROM, &bytes).unwrap();
        assert_eq!((heard.said.kind, heard.said.code, heard.said.offender), (3, 13, Some(FROM)));
        assert_eq!((heard.id, heard.sequence, heard.payload, heard.mtu), (1, 2, b"nonce".as_slice(), 0));
        assert_eq!(heard.to, IpAddr::from([10, 0, 0, 5]));
    }
    let bytes = message(3, 4, [0, 0, 5, 0xdc], &packet4(20, [10, 0, 0, 5], &request));
    assert_eq!(complaint(Family::V4, FROM, &bytes).unwrap().mtu, 1500);
}

#[test]
fn an_error_of_the_other_family_too_also_about_a_fragment() {
    let request = message(128, 0, [0, 1, 0, 2], b"nonce");
    let mut whole = vec![0; 40];
    whole[6] = 58;
    whole[24..40].copy_from_slice(&Ipv6Addr::LOCALHOST.octets());
    let mut fragment = whole.clone();
    fragment[6] = 44;
    fragment.extend_from_slice(&[58, 0, 0, 1, 0, 0, 0, 9]);
    for quoted in [whole, fragment] {
        let bytes = message(2, 0, [0, 0, 5, 0], &[quoted, request.clone()].concat());
        let heard = complaint(Family::V6, FROM, &bytes).unwrap();
        assert_eq!((heard.mtu, heard.to, heard.payload), (1280, Ipv6Addr::LOCALHOST.into(), b"nonce".as_slice()));
    }
}

#[test]
fn what_quotes_no_request_of_ours_is_nothing() {
    let reply = message(0, 0, [0, 1, 0, 2], b"nonce");
    assert_eq!(complaint(Family::V4, FROM, &message(3, 1, [0; 4], &packet4(20, [10, 0, 0, 5], &reply))), None);
    assert_eq!(complaint(Family::V4, FROM, &message(5, 1, [0; 4], &packet4(20, [10, 0, 0, 5], &reply))), None, "a redirect");
}

#[test]
fn no_bytes_confuse_it() {
    for length in 0..120 {
        for fill in [0, 0x45, 0x4f, 3, 129, 255] {
            let mut bytes = vec![fill; length];
            for first in [0, 1, 3, 11, 129] {
                bytes.first_mut().into_iter().for_each(|byte| *byte = first);
                for family in [Family::V4, Family::V6] {
                    let _ = (ip4(&bytes), reply(family, FROM, &bytes), complaint(family, FROM, &bytes));
                }
            }
        }
    }
}

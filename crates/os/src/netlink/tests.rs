//! The framing: messages in a datagram, attributes in a message.

use super::*;

fn message(kind: u16, body: &[u8]) -> Vec<u8> {
    let mut bytes = ((HEADER + body.len()) as u32).to_ne_bytes().to_vec();
    bytes.extend(kind.to_ne_bytes());
    bytes.extend([0, 0]);
    bytes.extend(5_u32.to_ne_bytes());
    bytes.extend([0; 4]);
    bytes.extend(body);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

#[test]
fn messages_are_split_at_their_padding() {
    let mut datagram = message(24, b"abc");
    datagram.extend(message(25, b""));
    let (head, body, rest) = split(&datagram).unwrap();
    assert_eq!((head.kind, head.sequence, body), (24, 5, &b"abc"[..]));
    let (head, body, rest) = split(rest).unwrap();
    assert_eq!((head.kind, body, rest), (25, &b""[..], &b""[..]));
    assert!(split(rest).is_none());
}

#[test]
fn cut_messages_end_the_datagram() {
    let whole = message(24, b"abcd");
    for length in 0..whole.len() {
        assert!(split(&whole[..length]).is_none(), "{length} bytes");
    }
    assert!(split(&[0; 32]).is_none(), "a length of zero must not turn in a circle");
}

#[test]
fn attributes_come_back_as_they_were_pushed() {
    let mut bytes = Vec::new();
    push_attribute(&mut bytes, 1, b"lo\0");
    push_attribute(&mut bytes, 2 | 0x8000, &[7; 4]);
    let all: Vec<_> = attributes(&bytes).collect();
    assert_eq!(all, [(1, &b"lo\0"[..]), (2, &[7; 4][..])]);
    assert_eq!(attributes(&[0; 16]).count(), 0);
}

#[test]
fn an_error_is_the_kernels() {
    assert!(refuse(&0_i32.to_ne_bytes()).is_ok());
    let error = refuse(&(-libc::ENETUNREACH).to_ne_bytes()).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(libc::ENETUNREACH));
}

#[test]
fn a_question_without_an_answer_is_an_error_not_a_wait() {
    let mut netlink = Netlink::open().unwrap();
    assert!(netlink.ask(libc::RTM_GETLINK, &[0; 16]).is_err());
}

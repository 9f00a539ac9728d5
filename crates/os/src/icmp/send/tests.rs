//! Bytes that leave.

use super::*;

#[test]
fn a_checksum_makes_the_sum_of_a_message_all_ones() {
    let payload = b"some payload of odd length";
    let payload = &payload[..25];
    let way = Way::default();
    let request =
        Request { to: ([127, 0, 0, 1], 0).into(), way: &way, hop_limit: None, id: 0xfffe, sequence: 0xff01, payload, size: payload.len() };
    let header = header(Family::V4, &request);
    assert_eq!(&header[..2], [8, 0]);
    assert_eq!(checksum(&header, payload), 0);
}

#[test]
fn nothing_is_said_of_a_way_that_is_the_kernels() {
    let way = Way::default();
    let request = Request { to: ([127, 0, 0, 1], 0).into(), way: &way, hop_limit: None, id: 1, sequence: 1, payload: &[], size: 0 };
    let mut control = Control::new();
    leave_by(&mut control, Family::V4, &request);
    assert_eq!(control.length, 0);
}

#[test]
fn an_interface_that_does_not_exist_is_no_way() {
    let via = Via { interface: Some("nowhere0".into()), ..Via::default() };
    assert_eq!(Way::of(&via).unwrap_err().raw_os_error(), Some(libc::ENODEV));
    let via = Via { interface: Some("lo".into()), mark: Some(7), ..Via::default() };
    assert!(matches!(Way::of(&via).unwrap(), Way { interface: Some(1..), mark: Some(7), source: None }));
}

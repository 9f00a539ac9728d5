use proptest::prelude::*;

use super::*;

#[test]
fn the_checksum_is_the_well_known_one() {
    assert_eq!(crc(b"123456789"), 0xcbf4_3926);
}

#[test]
fn a_number_that_does_not_fit_is_malformed() {
    let mut bytes = vec![0xff; 9];
    bytes.push(0x02);
    assert_eq!(Bytes::new(&bytes).varint(), Err(Malformed("number")));
}

#[test]
fn a_count_larger_than_what_follows_is_malformed() {
    assert_eq!(Bytes::new(&[200, 1, 0]).count(), Err(Malformed("count")));
}

proptest! {
    #[test]
    fn numbers_return(values in prop::collection::vec(any::<i64>(), 0..50)) {
        let mut out = Vec::new();
        for v in &values {
            put(&mut out, *v as u64);
            put_signed(&mut out, *v);
        }
        let mut bytes = Bytes::new(&out);
        for v in &values {
            prop_assert_eq!(bytes.varint(), Ok(*v as u64));
            prop_assert_eq!(bytes.signed(), Ok(*v));
        }
        prop_assert!(bytes.is_empty());
    }

    #[test]
    fn a_flipped_bit_is_noticed(mut body in prop::collection::vec(any::<u8>(), 0..100), at in any::<usize>()) {
        seal(&mut body);
        let bit = at % (body.len() * 8);
        body[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(unseal(&body).is_err());
    }
}

use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn numbers_return_and_cost_what_was_said(numbers in prop::collection::vec(prop_oneof![any::<u64>(), 0u64..1000], 0..50), low in 0..=MOST_LOW) {
        let mut out = Vec::new();
        let mut writer = BitWriter::new(&mut out);
        numbers.iter().for_each(|number| writer.rice(*number, low));
        writer.finish();
        let bits: u64 = numbers.iter().map(|number| cost(*number, low)).sum();
        prop_assert_eq!(out.len() as u64, bits.div_ceil(8));
        out.push(0xaa);
        let mut reader = BitReader::new(&out);
        for number in numbers {
            prop_assert_eq!(reader.rice(low), Ok(number));
        }
        prop_assert_eq!(reader.finish(), &[0xaa]);
    }

    #[test]
    fn any_bytes_end(bytes in prop::collection::vec(any::<u8>(), 0..40), low in 0..=MOST_LOW) {
        let mut reader = BitReader::new(&bytes);
        while reader.rice(low).is_ok() {}
    }
}

use proptest::prelude::*;

use super::*;

#[test]
fn text_that_is_no_cursor_is_refused() {
    for text in ["", "0", "zz", "02000000000000", "0100000000", "01000000000000ff", "é1", "+1", "0100000000ffffffffffffffffff0101"] {
        assert_eq!(text.parse::<Cursor>(), Err(NotACursor), "{text}");
    }
}

proptest! {
    #[test]
    fn a_cursor_returns(store in any::<u32>(), boot in 0..=i64::MAX as u64, seq in 0..=i64::MAX as u64) {
        let cursor = Cursor { store, boot: BootEpoch(boot), seq: Seq(seq) };
        let text = cursor.to_string();
        prop_assert!(text.bytes().all(|b| b.is_ascii_alphanumeric()) && text.len() <= LONGEST);
        prop_assert_eq!(text.parse(), Ok(cursor));
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".{0,60}") {
        let _ = text.parse::<Cursor>();
    }
}

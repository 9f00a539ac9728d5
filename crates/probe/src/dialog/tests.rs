use super::*;

fn step(pairs: &[(&str, &str)]) -> Raw {
    Raw::Map(pairs.iter().map(|(k, v)| ((*k).to_owned(), Raw::Scalar((*v).to_owned()))).collect())
}

fn mistake(item: Raw) -> String {
    Dialog::read(&[item]).unwrap_err().remove(0).message
}

#[test]
fn steps_that_cannot_fail_are_refused() {
    assert_eq!(mistake(step(&[("expect", ".*")])), "step 1 of `dialog` expects /.*/, which matches even nothing, so it cannot fail");
    assert_eq!(mistake(step(&[])), "step 1 of `dialog` neither sends nor expects anything");
    assert_eq!(mistake(step(&[("send_hex", "0d0")])), "step 1 of `dialog` has `0d0`, which is not a whole number of bytes in hex");
    assert!(mistake(step(&[("expct", "a")])).contains("unknown key `expct`"));
}

#[test]
fn hex_is_read() {
    assert_eq!(hex("0d 0A ff"), Ok(vec![13, 10, 255]));
}

#[test]
fn foreign_bytes_are_escaped_and_cut() {
    assert_eq!(said(b"a\x1b[31m\n"), r#"it said "a\x1b[31m\n""#);
    assert!(said(&[b'x'; 100]).ends_with("...\""));
}

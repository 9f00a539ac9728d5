//! Times as they are typed, and rows as they leave.

use serde_json::json;

use super::*;
use crate::export::moment::{read, shown, stretch};

/// 2026-11-20T16:54:17.000001Z
const NOW: Timestamp = Timestamp(1_795_193_657_000_001);

#[test]
fn times_are_dates_moments_and_ages() {
    for (typed, meant) in [
        ("2026-11-01", "2026-11-01T00:00:00.000000Z"),
        ("2026-11-01T12:00:00Z", "2026-11-01T12:00:00.000000Z"),
        ("2026-11-01T12:00:00.25+01:00", "2026-11-01T11:00:00.250000Z"),
        ("24h", "2026-11-19T16:54:17.000001Z"),
        ("1h30m ago", "2026-11-20T15:24:17.000001Z"),
    ] {
        assert_eq!(read(typed, NOW).map(shown).as_deref(), Ok(meant), "{typed}");
    }
    for wrong in ["", "yesterday", "2026-13-01", "2026-11-01 12:00", "24", "-1h", "12:00"] {
        assert!(read(wrong, NOW).unwrap_err().contains("is no time: a date such as"), "{wrong}");
    }
}

#[test]
fn a_stretch_has_a_beginning_before_its_end() {
    assert_eq!(stretch(None, None, NOW), Ok((Timestamp(i64::MIN), Timestamp(i64::MAX))));
    assert_eq!(stretch(Some("1h"), Some("30m"), NOW).unwrap().0, Timestamp(NOW.0 - 3_600_000_000));
    let both = stretch(Some("x"), Some("y"), NOW).unwrap_err();
    assert_eq!((both.len(), both[0].starts_with("--since: x"), both[1].starts_with("--until: y")), (2, true, true));
    assert_eq!(stretch(Some("1h"), Some("2h"), NOW), Err(vec!["--since 1h is not before --until 2h".to_owned()]));
}

fn written(format: Format, columns: &[&str], rows: &[Value]) -> String {
    let mut bytes = Vec::new();
    let mut sheet = Sheet::new(&mut bytes, format);
    sheet.begin(columns).unwrap();
    for row in rows {
        let Value::Object(fields) = row else { panic!("{row}") };
        sheet.put(columns, fields.clone()).unwrap();
    }
    sheet.end().unwrap();
    String::from_utf8(bytes).unwrap()
}

use serde_json::Value;

#[test]
fn json_lines_hold_all_and_csv_its_columns() {
    let rows = [json!({ "a": "x", "b": 1.5, "c": null, "d": { "e": [1] } })];
    assert_eq!(written(Format::Jsonl, &["a", "b"], &rows), "{\"a\":\"x\",\"b\":1.5,\"c\":null,\"d\":{\"e\":[1]}}\n");
    assert_eq!(written(Format::Csv, &["b", "a", "c", "z"], &rows), "b,a,c,z\r\n1.5,x,,\"{\"\"d\"\":{\"\"e\"\":[1]}}\"\r\n");
    assert_eq!(written(Format::Csv, &["a"], &[]), "a\r\n", "the header stands alone");
    assert_eq!(written(Format::Jsonl, &["a"], &[]), "");
}

#[test]
fn no_text_is_a_formula_and_no_number_is_spoiled() {
    for (value, field) in [
        (json!("=HYPERLINK(\"http://x\")"), "\"'=HYPERLINK(\"\"http://x\"\")\"\r\n"),
        (json!("+1"), "'+1\r\n"),
        (json!("-1"), "'-1\r\n"),
        (json!("@SUM(A1)"), "'@SUM(A1)\r\n"),
        (json!("\t=1"), "'\t=1\r\n"),
        (json!("\r=1"), "\"'\r=1\"\r\n"),
        (json!("a\nb,c"), "\"a\nb,c\"\r\n"),
        (json!("a=b"), "a=b\r\n"),
        (json!(-1), "-1\r\n"),
        (json!(-0.5), "-0.5\r\n"),
        (json!(true), "true\r\n"),
    ] {
        assert_eq!(csv::line([csv::field(&value)].into_iter()), field, "{value}");
    }
}

/// Takes so many bytes and then answers as told.
struct Narrow(usize, io::ErrorKind);

impl Write for Narrow {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0 == 0 {
            return Err(self.1.into());
        }
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_reader_that_goes_away_ends_it_and_a_full_disk_is_an_error() {
    let row = || json!({ "a": "x" }).as_object().cloned().unwrap();
    let mut sheet = Sheet::new(Narrow(4, io::ErrorKind::BrokenPipe), Format::Jsonl);
    sheet.put(&["a"], row()).unwrap();
    assert!(sheet.gone());
    let mut sheet = Sheet::new(Narrow(4, io::ErrorKind::StorageFull), Format::Jsonl);
    assert_eq!(sheet.put(&["a"], row()).unwrap_err().kind(), io::ErrorKind::StorageFull);
    assert!(!sheet.gone());
}

//! CSV after RFC 4180, made so that no spreadsheet runs what a target sent.

use serde_json::{Map, Value};

/// What a spreadsheet takes for the beginning of a formula, or skips before one.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// The fields of these columns, in their order. The last column takes what has none of its own, as one object.
pub(crate) fn row(columns: &[&str], mut fields: Map<String, Value>) -> Vec<Value> {
    let mut row: Vec<Value> = columns.iter().map(|column| fields.shift_remove(*column).unwrap_or(Value::Null)).collect();
    if let (Some(last @ Value::Null), false) = (row.last_mut(), fields.is_empty()) {
        *last = Value::Object(fields);
    }
    row
}

/// One field as text: nothing for null; numbers as they are; JSON for what has parts.
pub(crate) fn field(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(text) => harmless(text),
        Value::Array(_) | Value::Object(_) => harmless(&value.to_string()),
    }
}

/// An apostrophe tells a spreadsheet that it is text.
fn harmless(text: &str) -> String {
    if text.starts_with(FORMULA) { format!("'{text}") } else { text.to_owned() }
}

/// A line with its end. Fields are quoted where they must be.
pub(crate) fn line(fields: impl Iterator<Item = String>) -> String {
    let quoted: Vec<String> = fields.map(quoted).collect();
    quoted.join(",") + "\r\n"
}

fn quoted(field: String) -> String {
    if field.contains(['"', ',', '\r', '\n']) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field }
}

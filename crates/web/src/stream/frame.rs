//! Server-sent events as bytes (WHATWG HTML, section 9.2). Their data is JSON: it has no line breaks of its own.

use std::fmt::Write as _;

use allswell_model::Event;
use allswell_store::Cursor;
use bytes::Bytes;
use serde::Serialize;

/// Tells that the line stands, and nothing else.
pub(super) const COMMENT: Bytes = Bytes::from_static(b": still here\n\n");

/// Why the stream ends, or what it lacks.
#[derive(Serialize)]
struct Said<'a> {
    reason: &'a str,
}

/// An event of this name without an id.
pub(super) fn of(name: &str, data: &impl Serialize) -> Bytes {
    let mut text = String::new();
    if let Ok(data) = serde_json::to_string(data) {
        write(&mut text, name, None, &data);
    }
    text.into()
}

/// A `cut` or a `gap`, with its reason.
pub(super) fn reason(name: &str, reason: &str) -> Bytes {
    of(name, &Said { reason })
}

/// Adds an event of the log under its own name, with the cursor after it as its id.
pub(super) fn log(text: &mut String, event: &Event, after: Cursor) {
    let Ok(data) = serde_json::to_value(event) else { return };
    let Some(name) = data.get("event").and_then(|name| name.as_str()) else { return };
    write(text, name, Some(after), &data.to_string());
}

fn write(text: &mut String, name: &str, id: Option<Cursor>, data: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(text, "event: {name}");
    if let Some(id) = id {
        let _ = writeln!(text, "id: {id}");
    }
    let _ = write!(text, "data: {data}\n\n");
}

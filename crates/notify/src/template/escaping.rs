//! How a value stands in a body without ever breaking out of its place.

use minijinja::{Error, ErrorKind, Output, Value};

use crate::document::encoded;

/// A value of JSON is first written between these, which no JSON text can hold: only when the whole stands is it known whether the
/// value stands within a string.
const OPEN: char = '\u{1}';
const CLOSE: char = '\u{2}';

/// By content type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Escaping {
    /// A value is JSON; within a string, the inside of one.
    Json,
    /// Percent-encoded.
    Form,
    /// For HTML and XML.
    Markup,
    /// As it is: plain text has no structure to break out of.
    Plain,
}

impl Escaping {
    pub(crate) fn of(content_type: &str) -> Self {
        let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match essence.as_str() {
            "application/x-www-form-urlencoded" => Self::Form,
            json if json.ends_with("/json") || json.ends_with("+json") => Self::Json,
            markup if markup.ends_with("xml") || markup.ends_with("html") => Self::Markup,
            _ => Self::Plain,
        }
    }

    /// # Errors
    /// The template holds what we mark values with.
    pub(crate) fn allows(self, source: &str) -> Result<(), String> {
        if self == Self::Json && source.contains([OPEN, CLOSE]) { Err("holds control characters".into()) } else { Ok(()) }
    }

    /// Writes one value.
    pub(crate) fn write(self, out: &mut Output<'_>, value: &Value) -> Result<(), Error> {
        // What a block captured went through here already.
        if value.is_safe() {
            return written(write!(out, "{value}"));
        }
        if self == Self::Json {
            let json = serde_json::to_string(value).map_err(|_| Error::new(ErrorKind::BadSerialization, "a value is no JSON"))?;
            return written(write!(out, "{OPEN}{json}{CLOSE}"));
        }
        let text = if value.is_none() { String::new() } else { value.to_string() };
        written(match self {
            Self::Form => out.write_str(&encoded(&text)),
            Self::Markup => out.write_str(&marked_up(&text)),
            Self::Json | Self::Plain => out.write_str(&text),
        })
    }

    /// The body from what was written.
    ///
    /// # Errors
    /// It is no JSON where it should be.
    pub(crate) fn finish(self, raw: String) -> Result<String, String> {
        if self != Self::Json {
            return Ok(raw);
        }
        let body = placed(&raw);
        match serde_json::from_str::<serde_json::Value>(&body) {
            Ok(_) => Ok(body),
            Err(error) => Err(format!("its content type is JSON, which this is not (line {} of what it renders to)", error.line())),
        }
    }
}

fn written(result: std::fmt::Result) -> Result<(), Error> {
    result.map_err(|_| Error::new(ErrorKind::WriteFailure, "the body cannot be written"))
}

/// Puts each value where it stands: as it is, or within a string without its quotes.
fn placed(raw: &str) -> String {
    let mut body = String::with_capacity(raw.len());
    let mut rest = raw.chars();
    let (mut in_string, mut escaped) = (false, false);
    while let Some(c) = rest.next() {
        if c == OPEN {
            let (json, after) = rest.as_str().split_once(CLOSE).unwrap_or((rest.as_str(), ""));
            body.push_str(&if in_string { inside(json) } else { json.to_owned() });
            rest = after.chars();
            continue;
        }
        in_string = in_string != (c == '"' && !escaped);
        escaped = in_string && c == '\\' && !escaped;
        body.push(c);
    }
    body
}

/// A value as the inside of a string: text without its quotes, nothing for null, and JSON as text for all else.
fn inside(json: &str) -> String {
    if json == "null" {
        return String::new();
    }
    let text = if json.starts_with('"') { json.to_owned() } else { serde_json::Value::from(json).to_string() };
    text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or_default().to_owned()
}

fn marked_up(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // XML knows no other control characters, however they are written.
            c if c.is_control() && !matches!(c, '\t' | '\n' | '\r') => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests;

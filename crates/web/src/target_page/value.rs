//! A measurement in few words.

use allswell_model::{ProbeResult, Value};

/// Values of more are cut: a page is no dump.
const VALUE: usize = 200;

/// The measurement of this name.
pub(super) fn of<'a>(result: &'a ProbeResult, name: &str) -> Option<&'a Value> {
    result.measurements.iter().find(|(known, _)| known == name).map(|(_, value)| value)
}

/// The name as people read it.
pub(super) fn called(name: &str) -> String {
    name.replace('_', " ")
}

/// The value as people read it.
pub(super) fn said(value: &Value) -> String {
    let whole = match value {
        Value::Text(text) => text.clone(),
        Value::List(items) if items.iter().all(|item| matches!(item, Value::Text(_))) => {
            items.iter().map(said).collect::<Vec<_>>().join(", ")
        }
        other => serde_json::to_string(other).unwrap_or_default(),
    };
    match whole.char_indices().nth(VALUE) {
        Some((cut, _)) => format!("{}…", whole.get(..cut).unwrap_or_default()),
        None => whole,
    }
}

#[cfg(test)]
mod tests;

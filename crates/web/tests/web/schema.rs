//! Checks answers against the OpenAPI document: the part of JSON Schema that the document uses, and nothing beyond it.

use serde_json::Value;

/// The document.
pub(crate) fn document() -> Value {
    serde_json::from_str(allswell_web::OPENAPI).unwrap()
}

/// Checks an answer of this path and status as the document describes it.
pub(crate) fn check(path: &str, method: &str, status: u16, answer: &Value) {
    let document = document();
    let responses = &document["paths"][path][method]["responses"];
    let response = responses.get(status.to_string()).unwrap_or(&responses["default"]);
    let content = response["content"].as_object().unwrap_or_else(|| panic!("{method} {path} {status} is not described"));
    let (_, content) = content.iter().next().unwrap();
    fits(&document, &content["schema"], answer, &format!("{method} {path} {status}"));
}

/// Checks a value against a schema by its name.
pub(crate) fn check_named(name: &str, value: &Value) {
    let document = document();
    fits(&document, &document["components"]["schemas"][name], value, name);
}

fn fits(document: &Value, schema: &Value, value: &Value, place: &str) {
    if let Some(reference) = schema["$ref"].as_str() {
        let referred = document.pointer(reference.trim_start_matches('#')).unwrap_or_else(|| panic!("{place}: {reference} leads nowhere"));
        return fits(document, referred, value, place);
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let choice = choices.iter().find(|choice| (choice["type"] == "null") == value.is_null());
        return fits(document, choice.unwrap(), value, place);
    }
    let kinds: Vec<&str> =
        schema["type"].as_str().into_iter().chain(schema["type"].as_array().into_iter().flatten().filter_map(Value::as_str)).collect();
    assert!(kinds.iter().any(|kind| is(kind, value)), "{place}: {value} is not of {kinds:?}");
    if let Some(known) = schema["enum"].as_array() {
        assert!(known.contains(value), "{place}: {value} is none of {known:?}");
    }
    match value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(n, item)| fits(document, &schema["items"], item, &format!("{place}[{n}]")));
        }
        Value::Object(_) => object(document, schema, value, place),
        _ => {}
    }
}

fn object(document: &Value, schema: &Value, value: &Value, place: &str) {
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        assert!(value.get(name).is_some(), "{place}: `{name}` is missing in {value}");
    }
    for (name, inner) in value.as_object().unwrap() {
        let place = format!("{place}.{name}");
        match (schema["properties"].get(name), &schema["additionalProperties"]) {
            (Some(declared), _) => fits(document, declared, inner, &place),
            (None, Value::Bool(false)) => panic!("{place} is not declared"),
            (None, further @ Value::Object(_)) => fits(document, further, inner, &place),
            (None, _) => {}
        }
    }
}

fn is(kind: &str, value: &Value) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("`{other}` is no type"),
    }
}

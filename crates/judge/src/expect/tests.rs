//! What is accepted, what is refused, and what is said of it: tables written out whole.

mod answers;
mod limits;
mod refusals;

use std::collections::BTreeMap;

use allswell_model::{Field, Kind, Unit, Value};

use super::*;

const FIELDS: &[Field] = &[
    Field::measurement("status", Kind::Integer, Unit::None, "status code"),
    Field::measurement("certificate_days", Kind::Number, Unit::Days, "days left"),
    Field::measurement("loss", Kind::Number, Unit::Ratio, "packets lost"),
    Field::measurement("body_bytes", Kind::Integer, Unit::Bytes, "size of the body"),
    Field::measurement("truncated", Kind::Bool, Unit::None, "came over TCP"),
    Field::measurement("answers", Kind::TextList, Unit::None, "sorted answers"),
    Field::transient("headers", Kind::TextMap, "response headers"),
    Field::transient("body", Kind::Text, "the body"),
    Field::transient("json", Kind::Dynamic, "the body as JSON"),
];

fn scope() -> Scope {
    Scope::new(FIELDS)
}

fn compile(source: &str) -> Result<Expectation, Refused> {
    Expectation::compile(source, &scope())
}

fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::Map(entries.into_iter().map(|(k, v)| (k.to_owned(), v)).collect::<BTreeMap<_, _>>())
}

fn value(name: &str) -> Option<Value> {
    Some(match name {
        "status" => 404.into(),
        "rtt_ms" => 31.5.into(),
        "duration_ms" => 40.0.into(),
        "loss" => 0.25.into(),
        "body_bytes" => 12.into(),
        "truncated" => true.into(),
        "answers" => Value::texts(["10.0.0.1", "192.0.2.7"]),
        "headers" => map([("content-type", "application/json".into()), ("server", "nginx".into())]),
        "stages_ms" => map([("connect", 0.4.into()), ("tls", 12.25.into())]),
        "body" => "line one\nand \"two\"".into(),
        "address" => "192.0.2.7:443".into(),
        "json" => map([
            ("queue", 4312.into()),
            ("ratio", 0.5.into()),
            ("state", "DEGRADED".into()),
            ("maintenance", true.into()),
            ("nothing", Value::Null),
            ("empty", Value::List(vec![])),
            ("none", "0".into()),
            ("items", Value::List(vec![map([("n", 1.into()), ("ok", true.into())]), map([("n", 2.into()), ("ok", false.into())])])),
        ]),
        _ => return None, // certificate_days among them: it was not https
    })
}

/// `None` when it holds, else the sentence.
fn failure(source: &str) -> Option<String> {
    let expectation = compile(source).unwrap_or_else(|refused| panic!("{source}: {refused}"));
    expectation.check(&value).err().map(|failed| failed.sentence)
}

#[test]
fn it_knows_its_source_and_its_fields() {
    let expectation = compile("status == 200 && json.queue < 3").unwrap();
    assert_eq!(expectation.source(), "status == 200 && json.queue < 3");
    assert!(expectation.names("status") && expectation.names("json"));
    assert!(!expectation.names("queue") && !expectation.names("rtt_ms"));
    assert_eq!(format!("{expectation:?}"), r#"Expectation("status == 200 && json.queue < 3")"#);
}

#[test]
fn each_field_is_fetched_once_and_only_when_needed() {
    let expectation = compile("json.queue > 1 && json.ratio < 1 && status == 404 || certificate_days > 0").unwrap();
    let asked = std::cell::RefCell::new(Vec::new());
    let outcome = expectation.check(&|name| {
        asked.borrow_mut().push(name.to_owned());
        value(name)
    });
    assert_eq!(outcome, Ok(()));
    assert_eq!(asked.into_inner(), ["json", "status"]);
}

#[test]
fn it_can_be_sent_to_another_thread_and_shared() {
    fn sent<T: Send + Sync + Clone + 'static>(_: &T) {}
    sent(&compile("status == 200").unwrap());
}

use std::collections::BTreeSet;

use serde_json::Value;

use super::*;

#[test]
fn every_route_is_described_and_nothing_else_is() {
    let document: Value = serde_json::from_str(openapi::OPENAPI).unwrap();
    let described: BTreeSet<String> = document["paths"].as_object().unwrap().keys().cloned().collect();
    let routed: BTreeSet<String> = routes().iter().map(|(path, _)| path.replace("{*", "{")).collect();
    assert_eq!(routed, described);
}

use std::time::Duration;

use super::*;

const SPECS: &[SettingSpec] = &[
    SettingSpec { name: "hold", kind: SettingKind::Duration(Duration::ZERO, Duration::MAX), default: None, doc: "" },
    SettingSpec { name: "headers", kind: SettingKind::Map, default: None, doc: "" },
    SettingSpec { name: "dialog", kind: SettingKind::List, default: None, doc: "" },
];

fn read(typed: &[&str]) -> Vec<(String, Raw)> {
    let typed: Vec<String> = typed.iter().map(|one| (*one).to_owned()).collect();
    let mut mistakes = Vec::new();
    let settings = Sets::read(&typed, &mut mistakes).of(SPECS);
    assert_eq!(mistakes, [""; 0]);
    settings
}

fn scalar(text: &str) -> Raw {
    Raw::Scalar(text.to_owned())
}

#[test]
fn values_keep_their_equals_signs() {
    assert_eq!(read(&["hold=a=b"]), [("hold".to_owned(), scalar("a=b"))]);
}

#[test]
fn maps_and_lists_grow() {
    let map = Raw::Map(vec![("A".to_owned(), scalar("b:c")), ("D".to_owned(), scalar("e"))]);
    assert_eq!(read(&["headers=A: b:c", "headers=D=e"]), [("headers".to_owned(), map.clone())]);
    assert_eq!(read(&["headers={A: 'b:c', D: e}"]), [("headers".to_owned(), map)]);
    let step = |text: &str| Raw::Map(vec![("send".to_owned(), scalar(text))]);
    assert_eq!(read(&["dialog=[{send: a}]", "dialog={send: b}"]), [("dialog".to_owned(), Raw::List(vec![step("a"), step("b")]))]);
}

#[test]
fn a_set_without_a_value_is_misuse() {
    let mut mistakes = Vec::new();
    Sets::read(&["hold".to_owned(), "=x".to_owned()], &mut mistakes);
    assert_eq!(mistakes[0], "--set takes KEY=VALUE, not `hold`: such as --set hold=50ms");
    assert_eq!(mistakes.len(), 2);
}

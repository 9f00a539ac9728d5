use std::sync::Arc;

use allswell_model::{Origin, Policy, TargetId, TargetName};

use super::*;
use crate::plan::Plan;

fn plan(timeout: Duration, wanted: Wanted) -> Arc<Plan> {
    let target = Target {
        id: TargetId::new("t").unwrap(),
        name: TargetName::new("", "t").unwrap(),
        url: String::new(),
        protocol: "",
        repeat: String::new(),
        labels: std::collections::BTreeMap::new(),
        policy: Policy { timeout, ..Policy::default() },
        alerting: allswell_model::Alerting::default(),
        runbook: None,
        origin: Origin::Argument,
    };
    Plan::new(target, wanted).unwrap()
}

fn of(url: &str, settings: &[(&str, Raw)]) -> String {
    let settings = settings.iter().map(|(name, raw)| ((*name).to_owned(), raw.clone())).collect();
    plan(TIMEOUT, Wanted { url: url.into(), settings, ..Wanted::default() }).target.repeat.clone()
}

fn scalar(text: &str) -> Raw {
    Raw::Scalar(text.to_owned())
}

fn map(entries: &[(&str, &str)]) -> Raw {
    Raw::Map(entries.iter().map(|(name, text)| ((*name).to_owned(), scalar(text))).collect())
}

#[test]
fn it_can_be_pasted_into_a_shell() {
    for (url, shown) in [
        ("tcp://10.0.0.5:5432", "tcp://10.0.0.5:5432"),
        ("https://x/y?a=b&c=$(id)", "'https://x/y?a=b&c=$(id)'"),
        ("tcp://[::1]:80", "'tcp://[::1]:80'"),
        ("https://x/a?b", "'https://x/a?b'"),
    ] {
        assert_eq!(of(url, &[]), format!("allswell check {shown}"));
    }
    assert_eq!(of("http://x/", &[("request_body", scalar("it's"))]), r"allswell check --set request_body='it'\''s' http://x");
}

#[test]
fn all_that_was_asked_for_stands_in_it() {
    let wanted = Wanted {
        url: "https://api.example.com/orders".into(),
        settings: vec![
            ("method".into(), scalar("POST")),
            ("headers".into(), map(&[("Accept", "text/plain"), ("X-Trace", "a:b")])),
            ("request_body".into(), scalar("{\"a\": 1}")),
        ],
        network: vec![("family".into(), scalar("ipv4"))],
        expect: vec!["status == 201".into(), "body.contains('ok')".into()],
        warn: vec!["rtt_ms < 100".into()],
        ..Wanted::default()
    };
    assert_eq!(
        plan(Duration::from_millis(1500), wanted).target.repeat,
        "allswell check --timeout 1s500ms --set method=POST --set headers='Accept: text/plain' --set headers='X-Trace: a:b' \
         --set request_body='{\"a\": 1}' --set family=ipv4 --expect 'status == 201' \
         --expect 'body.contains('\\''ok'\\'')' https://api.example.com/orders"
    );
}

#[test]
fn lists_and_odd_names_are_yaml() {
    let steps = Raw::List(vec![map(&[("send", "PING\r\n")]), map(&[("expect", "+PONG")])]);
    assert_eq!(flow(&steps), r#"[{send: "PING\r\n"}, {expect: "+PONG"}]"#);
    assert_eq!(values(SettingKind::List, &scalar("a: b")), [r#"["a: b"]"#]);
    assert_eq!(values(SettingKind::Map, &map(&[("a:b", "null"), ("c", " \"\u{1b}")])), [r#"{"a:b": "null", c: " \"\x1B"}"#]);
    assert_eq!(values(SettingKind::Map, &map(&[])), ["{}"]);
}

#[test]
fn secrets_are_placeholders() {
    let headers = [("Authorization", "Bearer hunter2"), ("X-Api-Key", "hunter2"), ("Cookie", "hunter2"), ("Accept", "text/plain")];
    assert_eq!(
        of("https://x", &[("headers", map(&headers))]),
        "allswell check --set headers='Authorization: ***' --set headers='X-Api-Key: ***' --set headers='Cookie: ***' \
         --set headers='Accept: text/plain' https://x"
    );
    assert_eq!(of("https://x", &[("bearer", scalar("hunter2"))]), "allswell check --set bearer='***' https://x");
    assert_eq!(of("https://me:hunter2@x", &[]), "allswell check 'https://me:***@x'");
    let odd = map(&[("a: token", "hunter2")]);
    assert_eq!(values(SettingKind::Map, &odd), [r#"{"a: token": "***"}"#]);
}

#[test]
fn what_was_filled_in_is_shown_as_it_was_written() {
    let wanted = Wanted {
        url: "http://x/".into(),
        settings: vec![("request_body".into(), scalar("hunter2")), ("headers".into(), map(&[("X-Token", "hunter2")]))],
        shown: vec![("request_body".into(), scalar("${BODY}")), ("headers".into(), map(&[("X-Token", "${TOKEN}")]))],
        ..Wanted::default()
    };
    let said = &plan(TIMEOUT, wanted).target.repeat;
    assert_eq!(said, "allswell check --set request_body='${BODY}' --set headers='X-Token: ${TOKEN}' http://x");
}

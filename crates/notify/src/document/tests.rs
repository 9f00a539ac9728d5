use serde_json::json;

use super::{encoded, of};
use crate::sample;

#[test]
fn the_document_is_this() {
    let letters = sample::letters().unwrap();
    let wanted = json!({
        "version": 1,
        "key": "fra-1-1795199400000000-0-oncall",
        "channel": "oncall",
        "kind": "firing",
        "resolved": false,
        "incident": 1_795_199_400_000_000_i64,
        "incident_key": "fra-1-1795199400000000",
        "number": 0,
        "status": "down",
        "stage": "connect",
        "cause": "refused",
        "summary": "prod/db/db1 is down: 10.0.0.5:5432 refused (RST in 0.4 ms): nothing listens, or a firewall rejects.",
        "node": "fra-1",
        "location": "eu",
        "decided": "2026-11-20T18:34:00Z",
        "decided_us": 1_795_199_640_000_000_i64,
        "began": "2026-11-20T18:30:00Z",
        "began_us": 1_795_199_400_000_000_i64,
        "ended": null,
        "ended_us": null,
        "lasted_s": 240,
        "page": "https://watch.example.com/targets/prod%2Fdb%2Fdb1",
        "total": 1,
        "more": 0,
        "targets": [{
            "id": "prod/db/db1",
            "name": "prod/db/db1",
            "group": "prod/db",
            "url": "tcp://10.0.0.5:5432",
            "labels": { "team": "data" },
            "status": "down",
            "since": "2026-11-20T18:30:00Z",
            "since_us": 1_795_199_400_000_000_i64,
            "reason": "10.0.0.5:5432 refused (RST in 0.4 ms).",
            "runbook": "https://wiki.example.com/db",
            "page": "https://watch.example.com/targets/prod%2Fdb%2Fdb1",
        }],
    });
    assert_eq!(of(&letters[0]), wanted);
}

#[test]
fn what_is_over_says_when_and_what_is_long_says_how_much_more() {
    let letters = sample::letters().unwrap();
    let over = of(&letters[3]);
    assert_eq!((&over["resolved"], &over["ended"]), (&json!(true), &json!("2026-11-20T18:34:00Z")));
    let many = of(&letters[2]);
    assert_eq!((&many["total"], &many["more"]), (&json!(25), &json!(5)));
    assert_eq!(many["targets"].as_array().unwrap().len(), 20);
    assert_eq!(of(&letters[1])["page"], json!(null));
}

#[test]
fn a_target_cannot_lead_its_link_astray() {
    assert_eq!(encoded("../a b?c#d/\u{e9}"), "..%2Fa%20b%3Fc%23d%2F%C3%A9");
}

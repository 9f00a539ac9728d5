use serde_json::{Value, json};

use super::examples::EXAMPLES;
use crate::declaration::{Example, Shown};
use crate::sample;
use crate::template::Template;

/// What an example sends for each sample.
fn bodies(title: &str) -> Vec<Value> {
    let example: &Example = EXAMPLES.iter().find(|example| example.title.starts_with(title)).unwrap();
    let body = example.settings.iter().find_map(|(name, shown)| match (*name, shown) {
        ("body", Shown::Text(text)) => Some(*text),
        _ => None,
    });
    let template = Template::read(body.unwrap(), "application/json").unwrap();
    sample::letters().unwrap().iter().map(|letter| serde_json::from_str(&template.rendered(letter).unwrap()).unwrap()).collect()
}

const SUMMARY: &str = "prod/db/db1 is down: 10.0.0.5:5432 refused (RST in 0.4 ms): nothing listens, or a firewall rejects.";
const PAGE: &str = "https://watch.example.com/targets/prod%2Fdb%2Fdb1";

#[test]
fn slack() {
    let bodies = bodies("Slack");
    assert_eq!(bodies[0], json!({ "text": format!("DOWN: {SUMMARY} {PAGE}") }));
    assert_eq!(bodies[1], json!({ "text": format!("UNKNOWN: {SUMMARY}") }));
    assert_eq!(bodies[3], json!({ "text": format!("Over: {SUMMARY} {PAGE}") }));
}

#[test]
fn pagerduty() {
    let bodies = bodies("PagerDuty");
    let fired = json!({
        "summary": SUMMARY,
        "source": "fra-1",
        "severity": "critical",
        "timestamp": "2026-11-20T18:34:00Z",
    });
    for (key, value) in fired.as_object().unwrap() {
        assert_eq!(&bodies[0]["payload"][key], value);
    }
    let of = |body: &Value| (body["event_action"].clone(), body["dedup_key"].clone());
    assert_eq!(of(&bodies[0]), (json!("trigger"), json!("fra-1-1795199400000000")));
    assert_eq!(of(&bodies[3]), (json!("resolve"), json!("fra-1-1795199400000000")));
    assert_eq!(bodies[1]["payload"]["severity"], json!("warning"));
    assert_eq!(bodies[2]["payload"]["custom_details"]["targets"].as_array().unwrap().len(), 20);
}

#[test]
fn ntfy() {
    let bodies = bodies("ntfy");
    assert_eq!(bodies[0], json!({ "topic": "alerts", "title": "fra-1: down", "message": SUMMARY, "priority": 5, "click": PAGE }));
    assert_eq!(bodies[3]["title"], json!("fra-1: over"));
    assert_eq!(bodies[1].get("click"), None);
}

#[test]
fn alertmanager() {
    let bodies = bodies("Alertmanager");
    let labels = json!({ "alertname": "Allswell", "node": "fra-1", "incident": "1795199400000000", "status": "down" });
    let wanted = json!([{
        "labels": labels,
        "annotations": { "summary": SUMMARY },
        "startsAt": "2026-11-20T18:30:00Z",
        "endsAt": "2100-01-01T00:00:00Z",
        "generatorURL": PAGE,
    }]);
    assert_eq!(bodies[0], wanted);
    assert_eq!(bodies[3][0]["endsAt"], json!("2026-11-20T18:34:00Z"));
}

//! Everything that a target, its operator or an attacker on the way can make us show is shown as text: on pages, in the stream, in
//! the API and in the metrics. The pages' markup is the same as with harmless words of the same length in its place.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use allswell_model::{
    Attempted, Degradation, EventBody, Mark, ProbeResult, Sent, Stage, Status, SubResult, Target, TargetName, Transition, Value,
};
use allswell_store::{Batch, Standing};
use http_body_util::BodyExt as _;
use hyper::Request;
use serde_json::json;

use super::markup::tags;
use crate::house::{House, NOW, PATIENCE, alert, incident, refused, target, up};

/// Closes whatever it may stand in, and tries to begin something that runs.
const HOSTILE: &str = "</title></svg></code></script>--><!--\"'><script>alert(1)</script><img src=x onerror=alert(1)>\
                       <svg/onload=alert(1)>' onmouseover='alert(1) &lt;script&gt; &#60;b&#62; {{7*7}} ]]>";
/// Where line breaks may stand: a header of HTTP, a field of the stream.
const BREAKING: &str =
    "a\r\nSet-Cookie: evil=1\r\n\r\n<script>\n\nevent: cut\ndata: {\"reason\":\"evil\"}\n\n: \u{0}\u{7}\u{1b}[2J\u{202e}\u{2028}\u{feff}";

/// Turns the hostile words into others, for a comparison.
type Words = fn(&str) -> String;

fn as_they_are(text: &str) -> String {
    text.to_owned()
}

/// As long, and harmless. What our own pages make of a text by its signs (a path's slashes) stays.
fn harmless(text: &str) -> String {
    text.chars().map(|c| if matches!(c, '/' | ' ') { c } else { 'x' }).collect()
}

/// A target whose every word is hostile.
fn evil(words: Words) -> Target {
    let hostile = words(HOSTILE);
    let name = TargetName::new(&words("</a>\"'><script>g</script>"), &hostile).unwrap();
    Target {
        id: name.id().unwrap(),
        url: format!("https://{hostile}"),
        repeat: format!("allswell check '{hostile}'"),
        labels: BTreeMap::from([(hostile.clone(), hostile.clone())]),
        runbook: Some(words("javascript:alert(1)//\"><script>")),
        origin: allswell_model::Origin::File { path: hostile, line: 3 },
        name,
        ..target("", "x")
    }
}

/// A result whose every word is hostile.
fn evil_result(target: &Target, words: Words, ago_s: u64) -> ProbeResult {
    let both = words(&format!("{HOSTILE}{BREAKING}"));
    let map = Value::Map(BTreeMap::from([(both.clone(), Value::from(both.as_str()))]));
    let measurements = vec![
        (Cow::Borrowed("server"), Value::from(both.as_str())),
        (Cow::Borrowed("certificate_subject"), Value::from(both.as_str())),
        (Cow::Borrowed("certificate_names"), Value::texts([&both])),
        (Cow::Borrowed("answers"), Value::texts([&both, &both])),
        (Cow::Borrowed("json"), map),
        (Cow::Borrowed("headers"), Value::from(both.as_str())),
    ];
    let sub = SubResult {
        address: both.clone(),
        outcome: refused(target, 0).outcome,
        reason: both.clone(),
        said_by: Some(both.clone()),
        rtt: None,
        measurements: measurements.clone(),
    };
    ProbeResult {
        reason: both.clone(),
        address: Some(both.clone()),
        said_by: Some(both.clone()),
        stages: [(Stage::CONNECT, std::time::Duration::from_millis(1))].into_iter().collect(),
        measurements,
        degraded: Some(Degradation { reason: both }),
        sub_results: vec![sub],
        ..refused(target, ago_s)
    }
}

fn evil_transition(target: &Target, words: Words) -> EventBody {
    let both = words(&format!("{HOSTILE}{BREAKING}"));
    let (stage, cause, said_by) = (Some(both.clone()), Some(both.clone()), Some(both.clone()));
    let (target, since, marks) = (target.id.clone(), NOW, BTreeSet::from([Mark::Suspect]));
    EventBody::Transition(Transition {
        target,
        at: NOW,
        since,
        from: Status::Up,
        to: Status::Down,
        marks,
        stage,
        cause,
        reason: both,
        said_by,
    })
}

/// A house that watches such a target, beside one that is well.
async fn haunted(words: Words) -> (House, Target) {
    let mut house = House::new().await;
    let (evil, well) = (evil(words), target("zzz", "well"));
    house.watch(&[evil.clone(), well.clone()]);
    house.hear([up(&well, 1), up(&evil, 40), evil_result(&evil, words, 25), evil_result(&evil, words, 10)]);
    let both = words(&format!("{HOSTILE}{BREAKING}"));
    let mut incident = incident(&evil, 5, None);
    (incident.reason, incident.cause, incident.stage, incident.said_by) =
        (both.clone(), Some(both.clone()), Some(both.clone()), Some(both.clone()));
    let mut alert = alert(&incident, &evil, 0);
    alert.summary = both.clone();
    let standing =
        Standing { target: evil.id.clone(), status: Status::Down, since: NOW, marks: BTreeSet::new(), incident: Some(incident.id) };
    let attempted = Attempted { key: alert.key.clone(), at: NOW, ended: Sent::GivenUp, detail: both };
    house.append(Batch {
        events: &[(NOW, evil_transition(&evil, words))],
        standings: &[standing],
        incidents: std::slice::from_ref(&incident),
        alerts: std::slice::from_ref(&alert),
        ..Batch::default()
    });
    house.append(Batch { attempts: &[attempted], ..Batch::default() });
    (house, evil)
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// The pages that show such a target.
fn pages(evil: &Target) -> Vec<String> {
    let (id, name, group) = (encoded(evil.id.as_str()), encoded(&evil.name.name), encoded(&evil.name.group));
    vec![
        "/".to_owned(),
        format!("/?open={group}"),
        format!("/?group={group}"),
        format!("/?q={name}"),
        format!("/?status=down&cause={name}"),
        format!("/?status={name}"),
        format!("/?{name}={name}"),
        format!("/targets/{id}"),
        format!("/targets/{id}?before={name}"),
        format!("/targets/{name}nobody"),
        format!("/nothing/{name}"),
    ]
}

#[tokio::test]
async fn the_markup_of_every_page_is_our_own() {
    let (haunted_house, evil) = haunted(as_they_are).await;
    let (quiet_house, plain) = haunted(harmless).await;
    for (path, quiet_path) in pages(&evil).into_iter().zip(pages(&plain)) {
        let (page, quiet) = (haunted_house.get(&path).await, quiet_house.get(&quiet_path).await);
        assert_eq!(page.status, quiet.status, "{path}");
        assert!(!page.text.contains("<script>") && !page.text.contains("<img"), "{path}: {}", page.text);
        if !page.header("content-type").starts_with("text/html") {
            assert_eq!(page.header("content-type"), "application/problem+json", "{path}");
            continue;
        }
        let (found, expected) = (tags(&page.text), tags(&quiet.text));
        let shape = |tags: &[super::markup::Tag]| tags.iter().map(|tag| (tag.name.clone(), tag.attributes.clone())).collect::<Vec<_>>();
        assert_eq!(shape(&found), shape(&expected), "{path}");
        for lead in found.iter().flat_map(|tag| &tag.leads) {
            let harmless = lead.is_empty() || lead.starts_with(['/', '#', '?']) || !lead.contains(':');
            assert!(harmless && !lead.starts_with("//"), "{path} leads to {lead:?}");
        }
    }
}

#[tokio::test]
async fn the_api_gives_every_byte_back_as_json_and_nothing_as_markup() {
    let (house, evil) = haunted(as_they_are).await;
    let id = encoded(evil.id.as_str());
    let both = format!("{HOSTILE}{BREAKING}");
    for path in ["/api/v1/targets", "/api/v1/events", "/api/v1/incidents", &format!("/api/v1/targets/{id}/results")] {
        let answer = house.get(path).await;
        assert_eq!((answer.header("content-type"), answer.header("x-content-type-options")), ("application/json", "nosniff"), "{path}");
        answer.json();
    }
    let told = house.json(&format!("/api/v1/targets/{id}")).await;
    assert_eq!((&told["name"], &told["last"]["reason"]), (&json!(HOSTILE), &json!(both)));
    assert_eq!(told["last"]["measurements"]["json"][&both], json!(both));
    let incidents = house.json("/api/v1/incidents").await;
    assert_eq!(incidents["open"][0]["told_alerts"][0]["detail"], json!(both));
    // A question that is wrong comes back in a problem, as JSON.
    let answer = house.get(&format!("/api/v1/targets?{}=1", encoded(&both))).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (400, "application/problem+json"));
    assert!(answer.json()["detail"].as_str().unwrap().contains(&both));
    assert!(answer.headers.get("set-cookie").is_none());
}

#[tokio::test]
async fn the_stream_tells_one_event_as_one_event() {
    let (mut house, evil) = haunted(as_they_are).await;
    let first = house.json("/api/v1/events?limit=1").await["next"].as_str().unwrap().to_owned();
    let mut response = house.open(Request::get(format!("/api/v1/stream?pulse=false&after={first}"))).await;
    house.append(Batch { events: &[(NOW, EventBody::Stopped)], ..Batch::default() });
    let mut heard = String::new();
    while !heard.contains("event: stopped") {
        let frame = tokio::time::timeout(PATIENCE, response.frame()).await.unwrap().unwrap().unwrap();
        heard.push_str(std::str::from_utf8(frame.data_ref().unwrap()).unwrap());
    }
    let known = ["started", "target_added", "transition", "incident_began", "alert_ended", "stopped"];
    for line in heard.lines().filter(|line| !line.is_empty()) {
        let (field, value) = line.split_once(": ").unwrap_or_else(|| panic!("{line:?} is no field"));
        match field {
            "event" => assert!(known.contains(&value), "{line}"),
            "id" => assert!(value.bytes().all(|byte| byte.is_ascii_hexdigit()), "{line}"),
            "data" => drop(serde_json::from_str::<serde_json::Value>(value).unwrap()),
            _ => panic!("{line:?} is none of our fields"),
        }
    }
    assert_eq!(heard.matches("event: transition\n").count(), 1);
    assert!(heard.contains(&serde_json::to_string(&evil.id).unwrap()));
}

#[tokio::test]
async fn the_metrics_keep_one_sample_on_one_line() {
    let (house, evil) = haunted(as_they_are).await;
    let answer = house.get("/metrics").await;
    let id = evil.id.as_str().replace('\\', "\\\\").replace('"', "\\\"");
    assert!(answer.text.contains(&format!("allswell_target_status{{target=\"{id}\"")), "{}", answer.text);
    assert!(answer.text.lines().all(|line| line.starts_with("allswell_") || line.starts_with("# ")), "{}", answer.text);
}

#[tokio::test]
async fn the_icon_takes_no_words() {
    let house = House::new().await;
    for query in ["status=%3Cscript%3E", "count=%3Cscript%3E", "status=down&count=1%22%3E%3Cscript%3E", "x=%3C/svg%3E"] {
        let answer = house.get(&format!("/icon.svg?{query}")).await;
        assert!(!answer.text.contains("<script"), "{query}: {}", answer.text);
    }
}

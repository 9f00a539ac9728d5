//! The API: shapes, pages, and what a wrong question gets.

use std::collections::BTreeSet;
use std::time::Duration;

use allswell_model::{Alert, Attempted, Degradation, EventBody, Incident, Mark, Outcome, ProbeResult, Sent, Status, SubResult, Target};
use allswell_store::Batch;
use hyper::Request;
use serde_json::{Value, json};

use crate::house::{House, NOW, alert, incident, refused, target, up};
use crate::schema::check;

fn sub(address: &str) -> SubResult {
    let outcome = Outcome::Up;
    SubResult { address: address.to_owned(), outcome, reason: "fine".to_owned(), said_by: None, rtt: None, measurements: Vec::new() }
}

/// One target of each kind that the shapes tell apart.
async fn furnished() -> House {
    let mut house = House::new().await;
    let (db, web, new) = (target("prod/db", "db1"), target("edge", "https://x/?a=b#c"), target("", "new"));
    house.watch(&[db.clone(), web.clone(), new]);
    let warned = ProbeResult {
        degraded: Some(Degradation { reason: "`rtt_ms < 3` failed: it was 31.".to_owned() }),
        sub_results: vec![sub("10.0.0.5:1"), sub("10.0.0.6:1")],
        ..up(&web, 1)
    };
    house.hear([up(&db, 30), refused(&db, 15), refused(&db, 2), warned]);
    house.judge(&db, Status::Down, 15, &[Mark::Suspect]);
    house.judge(&web, Status::Degraded, 60, &[]);
    house.change(&db, Status::Down, "10.0.0.5:5432 refused.");
    let (lasting, over) = (incident(&db, 2, None), incident(&web, 1, Some(NOW)));
    let alerts = [alert(&lasting, &db, 0), alert(&over, &web, 0), alert(&over, &web, 1)];
    let events = happened(&db, &over, &alerts[1]).map(|event| (NOW, event));
    house.append(Batch { incidents: &[lasting, over], alerts: &alerts, events: &events, ..Batch::default() });
    let sent = |alert: &Alert, ended, detail: &str| Attempted { key: alert.key.clone(), at: NOW, ended, detail: detail.to_owned() };
    let attempts = [
        sent(&alerts[0], Sent::Again(NOW + Duration::from_secs(60)), "503 Service Unavailable"),
        sent(&alerts[1], Sent::Delivered, "204 No Content"),
        sent(&alerts[2], Sent::GivenUp, "410 Gone"),
    ];
    house.append(Batch { attempts: &attempts, ..Batch::default() });
    house
}

/// What the log says of it.
fn happened(target: &Target, over: &Incident, alert: &Alert) -> [EventBody; 3] {
    let (first, reason) = (target.id.clone(), over.reason.clone());
    [
        EventBody::IncidentBegan { incident: over.id, target: first.clone(), status: Status::Down, reason },
        EventBody::AlertEnded {
            key: alert.key.clone(),
            incident: over.id,
            target: first.clone(),
            channel: alert.channel.clone(),
            kind: alert.kind,
            delivered: true,
            attempts: 1,
            detail: "204 No Content".to_owned(),
        },
        EventBody::IncidentEnded { incident: over.id, target: first, for_ms: 60_000, targets: 1 },
    ]
}

#[tokio::test]
async fn every_answer_is_as_the_document_says() {
    let house = furnished().await;
    for (path, described) in [
        ("/api/v1/targets", "/api/v1/targets"),
        ("/api/v1/targets/prod%2Fdb%2Fdb1", "/api/v1/targets/{id}"),
        ("/api/v1/targets/edge%2Fhttps%3A%2F%2Fx%2F%3Fa%3Db%23c", "/api/v1/targets/{id}"),
        ("/api/v1/targets/new", "/api/v1/targets/{id}"),
        ("/api/v1/targets/prod%2Fdb%2Fdb1/results", "/api/v1/targets/{id}/results"),
        ("/api/v1/targets/edge%2Fhttps%3A%2F%2Fx%2F%3Fa%3Db%23c/results", "/api/v1/targets/{id}/results"),
        ("/api/v1/targets/new/results", "/api/v1/targets/{id}/results"),
        ("/api/v1/events", "/api/v1/events"),
        ("/api/v1/openapi.json", "/api/v1/openapi.json"),
        ("/healthz", "/healthz"),
        ("/api/v1/incidents", "/api/v1/incidents"),
    ] {
        check(described, "get", 200, &house.json(path).await);
    }
}

#[tokio::test]
async fn a_target_is_told_whole() {
    let house = furnished().await;
    let told = house.json("/api/v1/targets/prod%2Fdb%2Fdb1").await;
    assert_eq!(told["id"], "prod/db/db1");
    assert_eq!((&told["status"], &told["marks"]), (&json!("down"), &json!(["suspect"])));
    assert_eq!(told["reason"], "10.0.0.5:5432 refused (RST in 0.4 ms): nothing listens, or a firewall rejects.");
    assert_eq!((&told["every_ms"], &told["last"]["cause"]), (&json!(15_000), &json!("refused")));
    assert_eq!(told["origin"], json!({"kind": "file", "path": "allswell.yaml", "line": 7}));
    let new = house.json("/api/v1/targets/new").await;
    assert_eq!((&new["status"], &new["last"], &new["reason"]), (&json!("unknown"), &Value::Null, &json!("No result yet.")));
}

#[tokio::test]
async fn filters_are_those_of_the_page() {
    let house = furnished().await;
    for (query, ids) in [
        ("status=down", vec!["prod/db/db1"]),
        ("status=down,degraded", vec!["edge/https://x/?a=b#c", "prod/db/db1"]),
        ("status=down&status=unknown", vec!["new", "prod/db/db1"]),
        ("group=prod", vec!["prod/db/db1"]),
        ("group=%2F", vec!["new"]),
        ("cause=refused", vec!["prod/db/db1"]),
        ("q=HTTPS", vec!["edge/https://x/?a=b#c"]),
        ("q=nothing", vec![]),
    ] {
        let told = house.json(&format!("/api/v1/targets?{query}")).await;
        let found: Vec<_> = told["targets"].as_array().unwrap().iter().map(|target| target["id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(found, ids, "{query}");
        assert_eq!(told["total"], ids.len(), "{query}");
    }
}

#[tokio::test]
async fn results_come_newest_first_and_page_to_their_end() {
    let mut house = House::new().await;
    let db = target("prod/db", "db1");
    house.watch(std::slice::from_ref(&db));
    house.hear((0..250).rev().map(|ago| up(&db, ago)));
    let (mut path, mut seen) = ("/api/v1/targets/prod%2Fdb%2Fdb1/results?limit=60".to_owned(), Vec::new());
    loop {
        let page = house.json(&path).await;
        seen.extend(page["results"].as_array().unwrap().iter().map(|kept| kept["seq"].as_i64().unwrap()));
        // Newer results do not move older pages.
        house.hear([up(&db, 0)]);
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/api/v1/targets/prod%2Fdb%2Fdb1/results?limit=60&before={next}");
    }
    assert_eq!(seen.len(), 250);
    assert!(seen.windows(2).all(|pair| pair[0] > pair[1]));
}

#[tokio::test]
async fn pages_hold_every_lasting_target_once_while_others_come_and_go() {
    let mut house = House::new().await;
    let lasting: Vec<_> = (0..95).map(|n| target("g", &format!("t{n:03}"))).collect();
    house.watch(&lasting);
    let (mut path, mut seen, mut round) = ("/api/v1/targets?limit=10".to_owned(), Vec::new(), 0);
    loop {
        let page = house.json(&path).await;
        seen.extend(page["targets"].as_array().unwrap().iter().map(|target| target["id"].as_str().unwrap().to_owned()));
        round += 1;
        let passing = target("g", &format!("t{:03}-passing", (round * 37) % 95));
        house.watch(&lasting.iter().cloned().chain([passing]).collect::<Vec<_>>());
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/api/v1/targets?limit=10&after={next}");
    }
    let kept: Vec<_> = seen.iter().filter(|id| !id.ends_with("passing")).cloned().collect();
    assert_eq!(kept, lasting.iter().map(|target| target.id.to_string()).collect::<Vec<_>>());
    assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), seen.len());
}

#[tokio::test]
async fn events_go_on_where_the_last_question_ended() {
    let mut house = House::new().await;
    let db = target("prod/db", "db1");
    house.watch(std::slice::from_ref(&db));
    let before = house.json("/api/v1/events").await;
    let next = before["next"].as_str().unwrap().to_owned();
    assert_eq!(before["events"][0]["event"], "target_added");
    for n in 0..5 {
        house.change(&db, Status::Down, &format!("change {n}"));
    }
    let page = house.json(&format!("/api/v1/events?after={next}&limit=3")).await;
    let rest = house.json(&format!("/api/v1/events?after={}", page["next"].as_str().unwrap())).await;
    let reasons: Vec<_> =
        [&page, &rest].into_iter().flat_map(|page| page["events"].as_array().unwrap()).map(|event| &event["reason"]).collect();
    assert_eq!(reasons, ["change 0", "change 1", "change 2", "change 3", "change 4"]);
    assert_eq!((&page["more"], &rest["more"]), (&json!(true), &json!(false)));
    // Nothing new: the same place again.
    let end = rest["next"].as_str().unwrap();
    assert_eq!(house.json(&format!("/api/v1/events?after={end}")).await["next"], rest["next"]);
}

#[tokio::test]
async fn a_wrong_question_gets_a_sentence() {
    let house = furnished().await;
    for (method, path, status, said) in [
        (
            "GET",
            "/api/v1/targets?after=nonsense",
            400,
            "`after` is not a cursor; use one that an earlier answer gave, or begin without one.",
        ),
        (
            "GET",
            "/api/v1/events?after=nonsense",
            400,
            "`after` is not a cursor; use one that an earlier answer gave, or begin without one.",
        ),
        ("GET", "/api/v1/events?after=01deadbeef0101", 400, "The cursor belongs to another store; begin again without one."),
        (
            "GET",
            "/api/v1/targets/new/results?before=%00",
            400,
            "`before` is not a cursor; use one that an earlier answer gave, or begin without one.",
        ),
        ("GET", "/api/v1/targets?limit=0", 400, "`limit` is a number from 1 to 1000."),
        ("GET", "/api/v1/targets?stauts=down", 400, "`stauts` is no parameter here; there are status, group, cause, q, after, limit."),
        ("GET", "/api/v1/targets?status=dwon", 400, "`dwon` is no status; there are down, degraded, unknown, up, paused, not_watched."),
        ("GET", "/api/v1/targets/nobody", 404, "No target `nobody` is watched."),
        ("GET", "/api/v1/targets/nobody/results", 404, "No target `nobody` is watched."),
        ("GET", "/api/v1/targets/a%0Ab", 404, "No target can have this id: a name holds no control characters; this one has \\u{a}."),
        ("GET", "/api/v1/targets/%ff", 400, "The id is not percent-encoded UTF-8."),
        ("GET", "/api/v1/nothing", 404, "There is nothing at this address."),
        ("GET", "/api/v2/targets", 404, "There is nothing at this address."),
        ("DELETE", "/api/v1/targets", 405, "`DELETE` is not a method of this address."),
        ("GET", "/api/v1/reload", 405, "`GET` is not a method of this address."),
    ] {
        let answer = house.ask(Request::builder().method(method).uri(path)).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (status, "application/problem+json"), "{path}");
        crate::schema::check_named("Problem", &answer.json());
        assert_eq!(answer.json()["detail"], said, "{path}");
        assert_eq!(answer.json()["status"], status);
    }
}

#[tokio::test]
async fn a_body_is_taken_only_as_a_json_object() {
    let house = House::new().await;
    let long = format!("{{\"a\": \"{}\"}}", "x".repeat(100_000));
    for (kind, body, status, said) in [
        ("application/json", "[]", 400, "The body must be a JSON object; an array came."),
        ("application/json", "null", 400, "The body must be a JSON object; null came."),
        ("application/json", "{\"hard\": true}", 400, "`hard` is no field here; an empty object is expected."),
        ("application/json", "", 400, "The body is not JSON: EOF while parsing a value at line 1 column 0."),
        ("text/plain", "{}", 415, "The body must come as `Content-Type: application/json`."),
        ("application/x-www-form-urlencoded", "a=b", 415, "The body must come as `Content-Type: application/json`."),
        ("application/json", &long, 413, "The body has more than 65536 bytes."),
    ] {
        let answer = house.post("/api/v1/reload", kind, body.to_owned()).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["detail"]), (status, &json!(said)));
        check("/api/v1/reload", "post", status, &answer.json());
    }
}

#[tokio::test]
async fn reload_tells_every_mistake() {
    let house = House::new().await;
    let answer = house.post("/api/v1/reload", "application/json; charset=utf-8", "{}").await;
    assert_eq!(answer.status, 200);
    check("/api/v1/reload", "post", 200, &answer.json());
    *house.program.reload.lock().unwrap() = Err(vec!["line 3: `tragets`".to_owned(), "line 9: `evry`".to_owned()]);
    let answer = house.post("/api/v1/reload", "application/json", "{}").await;
    assert_eq!((answer.status.as_u16(), &answer.json()["mistakes"]), (422, &json!(["line 3: `tragets`", "line 9: `evry`"])));
    check("/api/v1/reload", "post", 422, &answer.json());
}

#[tokio::test]
async fn health_is_told_to_everyone_with_its_reasons() {
    let house = House::new().await;
    assert_eq!(house.json("/healthz").await, json!({"health": "ok", "reasons": []}));
    *house.program.health.lock().unwrap() = allswell_web::Health::Ailing(vec!["The disk is full.".to_owned()]);
    let answer = house.ask(Request::get("/healthz").header("host", "10.1.2.3:8420")).await;
    assert_eq!((answer.status.as_u16(), answer.json()), (503, json!({"health": "ailing", "reasons": ["The disk is full."]})));
    check("/healthz", "get", 503, &answer.json());
}

#[tokio::test]
async fn incidents_come_with_the_alerts_that_were_told_of_them() {
    let house = furnished().await;
    let told = house.json("/api/v1/incidents").await;
    assert_eq!((&told["open_total"], &told["open"][0]["id"], &told["ended"][0]["id"]), (&json!(1), &json!(2), &json!(1)));
    let outcomes = |incident: &Value| {
        let alerts = incident["told_alerts"].as_array().unwrap().iter();
        alerts
            .map(|alert| (alert["outcome"].as_str().unwrap().to_owned(), alert["detail"].as_str().unwrap().to_owned()))
            .collect::<Vec<_>>()
    };
    let said = |outcome: &str, detail: &str| (outcome.to_owned(), detail.to_owned());
    assert_eq!(outcomes(&told["open"][0]), [said("waiting", "503 Service Unavailable")]);
    assert_eq!(outcomes(&told["ended"][0]), [said("delivered", "204 No Content"), said("given_up", "410 Gone")]);
    for limit in ["0", "101", "x"] {
        assert_eq!(house.get(&format!("/api/v1/incidents?limit={limit}")).await.status, 400, "{limit}");
    }
}

#[tokio::test]
async fn a_check_tells_what_was_found_or_every_mistake() {
    let house = furnished().await;
    let result = serde_json::to_value(up(&target("", "x"), 0)).unwrap();
    *house.program.check.lock().unwrap() = Ok(result.to_string());
    let sent = r#"{ "url": "tcp://db1:5432", "timeout": "1s" }"#;
    let answer = house.post("/api/v1/check", "application/json", sent).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "application/json"));
    check("/api/v1/check", "post", 200, &answer.json());
    assert_eq!(answer.json(), result);
    assert_eq!(house.done(), [format!("check {sent}")], "as it was sent");
    *house.program.check.lock().unwrap() = Err(vec!["`ulr` is no key; did you mean `url`?".to_owned()]);
    let answer = house.post("/api/v1/check", "application/json", sent).await;
    check("/api/v1/check", "post", 422, &answer.json());
    assert_eq!((answer.status.as_u16(), &answer.json()["mistakes"][0]), (422, &json!("`ulr` is no key; did you mean `url`?")));
}

#[tokio::test]
async fn targets_come_and_go_by_the_api() {
    let house = furnished().await;
    let path = "/api/v1/targets/prod%2Fdb%2Fnew";
    let put = async || house.send("PUT", path, r#"{"url": "tcp://db9:5432"}"#).await;
    for (new, status) in [(true, 201), (false, 200)] {
        *house.program.change.lock().unwrap() = Ok(new);
        let answer = put().await;
        assert_eq!((answer.status.as_u16(), answer.json()), (status, json!({"new": new})));
        check("/api/v1/targets/{id}", "put", status, &answer.json());
        assert_eq!(house.done(), [r#"put prod/db/new {"url": "tcp://db9:5432"}"#]);
    }
    for (was, status) in [(Ok(true), 200), (Ok(false), 404), (Err(vec!["It stands in allswell.yaml.".to_owned()]), 422)] {
        *house.program.change.lock().unwrap() = was;
        let answer = house.ask(Request::delete(path)).await;
        assert_eq!(answer.status, status);
        check("/api/v1/targets/{id}", "delete", status, &answer.json());
        assert_eq!(house.done(), ["remove prod/db/new"]);
    }
    *house.program.change.lock().unwrap() = Err(vec!["no such scheme".to_owned()]);
    let answer = put().await;
    check("/api/v1/targets/{id}", "put", 422, &answer.json());
    assert_eq!((answer.status.as_u16(), &answer.json()["mistakes"]), (422, &json!(["no such scheme"])));
    house.done();
    for (method, body, status) in [("PUT", "[]", 400), ("PUT", "{", 400), ("PUT", "{\"a\": \"é\"}", 200)] {
        *house.program.change.lock().unwrap() = Ok(false);
        assert_eq!(house.send(method, path, body).await.status, status, "{body}");
    }
    assert_eq!(house.send("PUT", "/api/v1/targets/a%00b", "{}").await.status, 404);
}

#[tokio::test]
async fn every_method_that_is_described_is_there_and_no_other() {
    let house = House::new().await;
    let document = crate::schema::document();
    for (path, described) in document["paths"].as_object().unwrap() {
        let at = path.replace("{id}", "x").replace("{name}", "x");
        for method in ["get", "post", "put", "delete", "patch"] {
            let answer = house.open(Request::builder().method(method.to_uppercase().as_str()).uri(&at)).await;
            assert_eq!(answer.status() != 405, described.get(method).is_some(), "{method} {path}: {}", answer.status());
        }
    }
}

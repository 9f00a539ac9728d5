//! `/metrics`, as a scraper reads it.

use std::borrow::Cow;

use allswell_model::{ChannelName, ProbeResult, Status, Value};
use allswell_store::Batch;
use allswell_web::{Alerts, Heartbeat, METRICS, Sending};

use crate::house::{House, NOW, incident, refused, target, up};

async fn lines(house: &House) -> Vec<String> {
    let answer = house.get("/metrics").await;
    assert_eq!(answer.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    answer.text.lines().map(str::to_owned).collect()
}

fn has(lines: &[String], line: &str) {
    assert!(lines.iter().any(|known| known == line), "{line} is missing in\n{}", lines.join("\n"));
}

#[tokio::test]
async fn targets_engine_and_store_are_counted() {
    let mut house = House::new().await;
    let (db, odd) = (target("prod/db", "db1"), target("prod/db", "q\"uo\\te"));
    house.watch(&[db.clone(), odd.clone()]);
    let expires = vec![(Cow::Borrowed("certificate_expires"), Value::from("2026-11-20T16:54:17Z"))];
    house.hear([up(&db, 30), refused(&db, 15), refused(&db, 2), ProbeResult { measurements: expires, ..up(&odd, 1) }]);
    house.judge(&db, Status::Down, 15, &[]);
    let lines = lines(&house).await;
    let db = "target=\"prod/db/db1\",group=\"prod/db\",protocol=\"tcp\"";
    let odd = "target=\"prod/db/q\\\"uo\\\\te\",group=\"prod/db\",protocol=\"tcp\"";
    for line in [
        "# TYPE allswell_target_status gauge".to_owned(),
        format!("allswell_target_status{{{db}}} 4"),
        format!("allswell_target_status{{{odd}}} 3"),
        format!("allswell_target_last_duration_seconds{{{db}}} 0.0314"),
        format!("allswell_target_last_rtt_seconds{{{odd}}} 0.031"),
        format!("allswell_target_certificate_expiry_timestamp_seconds{{{odd}}} 1795193657"),
        format!("allswell_target_results_total{{{db},outcome=\"up\",stage=\"\",cause=\"\"}} 1"),
        format!("allswell_target_results_total{{{db},outcome=\"down\",stage=\"connect\",cause=\"refused\"}} 2"),
        "allswell_probe_duration_seconds_bucket{protocol=\"tcp\",group=\"prod/db\",le=\"0.025\"} 0".to_owned(),
        "allswell_probe_duration_seconds_bucket{protocol=\"tcp\",group=\"prod/db\",le=\"0.05\"} 4".to_owned(),
        "allswell_probe_duration_seconds_bucket{protocol=\"tcp\",group=\"prod/db\",le=\"+Inf\"} 4".to_owned(),
        "allswell_probe_duration_seconds_count{protocol=\"tcp\",group=\"prod/db\"} 4".to_owned(),
        "allswell_targets{status=\"down\"} 1".to_owned(),
        "allswell_turns_due_total 12".to_owned(),
        "allswell_start_lag_p99_seconds 0.003".to_owned(),
        "allswell_store_results_total{kept=\"true\"} 4".to_owned(),
        "allswell_build_info{version=\"1.2.3\"} 1".to_owned(),
        "allswell_healthy 1".to_owned(),
    ] {
        has(&lines, &line);
    }
}

#[tokio::test]
async fn a_removed_targets_series_go() {
    let mut house = House::new().await;
    let (stays, goes) = (target("", "stays"), target("", "goes"));
    house.watch(&[stays.clone(), goes.clone()]);
    house.hear([up(&stays, 1), up(&goes, 1)]);
    assert!(lines(&house).await.iter().any(|line| line.contains("goes")));
    house.watch(std::slice::from_ref(&stays));
    let lines = lines(&house).await;
    assert!(!lines.iter().any(|line| line.contains("goes")));
    assert!(lines.iter().any(|line| line.contains("stays")));
}

#[tokio::test]
async fn every_family_has_help_and_type_and_stands_together() {
    let mut house = House::new().await;
    let db = target("prod/db", "db1");
    house.watch(std::slice::from_ref(&db));
    house.hear([up(&db, 1)]);
    let heartbeat = Heartbeat { sent: 7, failed: 1, last_ok: Some(NOW) };
    house.program.alerts.lock().unwrap().heartbeat = Some(heartbeat);
    let mut families: Vec<String> = Vec::new();
    for line in lines(&house).await {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let name = help.split(' ').next().unwrap().to_owned();
            assert!(!families.contains(&name), "{name} stands twice");
            families.push(name);
        } else if !line.starts_with('#') {
            let family = families.last().unwrap();
            assert!(line.starts_with(family.as_str()) && family.starts_with("allswell_"), "{line} is not of {family}");
        }
    }
    let declared: Vec<_> = METRICS.iter().map(|metric| metric.name).collect();
    assert_eq!(families, declared, "what is served is what is declared");
}

#[tokio::test]
async fn alerts_incidents_and_the_heartbeat_are_counted() {
    let mut house = House::new().await;
    let db = target("prod/db", "db1");
    house.watch(std::slice::from_ref(&db));
    house.append(Batch { incidents: &[incident(&db, 1, None)], ..Batch::default() });
    let sending = |delivered, failed, given_up| Sending { delivered, failed, given_up, last_error: Some("refused".to_owned()) };
    let channels = [("oncall", sending(5, 2, 0)), ("pager", sending(0, 9, 1))];
    *house.program.alerts.lock().unwrap() = Alerts {
        channels: channels.into_iter().map(|(name, sending)| (ChannelName::new(name).unwrap(), sending)).collect(),
        waiting: 3,
        heartbeat: Some(Heartbeat { sent: 7, failed: 1, last_ok: Some(NOW) }),
    };
    let lines = lines(&house).await;
    for line in [
        "allswell_alerts_delivered_total{channel=\"oncall\"} 5",
        "allswell_alerts_failed_total{channel=\"pager\"} 9",
        "allswell_alerts_given_up_total{channel=\"pager\"} 1",
        "allswell_alerts_waiting 3",
        "allswell_heartbeat_sent_total 7",
        "allswell_heartbeat_failed_total 1",
        "allswell_heartbeat_last_success_timestamp_seconds 1795193657",
        "allswell_incidents_open{status=\"down\"} 1",
        "allswell_incidents_open{status=\"unknown\"} 0",
        "allswell_store_incidents_total{kept=\"true\"} 1",
    ] {
        has(&lines, line);
    }
    let bytes = lines.iter().find_map(|line| line.strip_prefix("allswell_store_bytes ")).unwrap();
    assert!(bytes.parse::<f64>().unwrap() >= 4096.0, "{bytes}");
}

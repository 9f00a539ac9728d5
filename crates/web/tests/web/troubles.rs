//! What the pages tell of incidents and of a target's history: who was told, what changed, and how it was before.

use std::time::{Duration, Instant};

use allswell_model::{
    Alert, AlertKey, AlertKind, Alerting, Attempted, ChannelName, EventBody, Incident, IncidentId, NodeId, Sent, Status, Target, Timestamp,
};
use allswell_store::{Batch, Standing};

use crate::house::{House, NOW, refused, target, up};

const EVIL: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&{{7*7}}";

fn woken(name: &str, channel: &str) -> Target {
    let alerting = Alerting { channels: [ChannelName::new(channel).unwrap()].into(), ..Alerting::default() };
    Target { alerting, ..target("prod/db", name) }
}

fn incident(targets: &[&Target], reason: &str) -> Incident {
    let first = targets.first().unwrap();
    Incident {
        id: IncidentId(7),
        began: NOW - Duration::from_secs(240),
        ended: None,
        grew: NOW - Duration::from_secs(240),
        status: Status::Down,
        stage: Some("connect".to_owned()),
        cause: Some("refused".to_owned()),
        said_by: None,
        reason: reason.to_owned(),
        channels: first.alerting.channels.clone(),
        remind: Some(Duration::from_secs(1_800)),
        first: first.id.clone(),
        targets: targets.len() as u64,
        most: targets.len() as u64,
        told_targets: targets.len() as u64,
        told: Some(NOW - Duration::from_secs(240)),
        alerts: 1,
    }
}

fn alert(incident: &Incident, number: u32, kind: AlertKind) -> Alert {
    Alert {
        key: AlertKey::new(&format!("fra-1-{}-{number}", incident.id)).unwrap(),
        channel: incident.channels.first().unwrap().clone(),
        kind,
        incident: incident.id,
        number,
        first: incident.first.clone(),
        decided: incident.began,
        began: incident.began,
        ended: None,
        node: NodeId::new("fra-1").unwrap(),
        location: "eu".into(),
        status: incident.status,
        stage: incident.stage.clone(),
        cause: incident.cause.clone(),
        summary: incident.reason.clone(),
        total: incident.targets,
        targets: Vec::new(),
    }
}

impl House {
    /// These are down, in one incident with one alert.
    fn strike(&mut self, targets: &[&Target], incident: &Incident) {
        let alerts = [alert(incident, 0, AlertKind::Firing)];
        let standings: Vec<Standing> = targets
            .iter()
            .map(|target| Standing {
                target: target.id.clone(),
                status: Status::Down,
                since: incident.began,
                marks: [].into(),
                incident: Some(incident.id),
            })
            .collect();
        let incidents = [incident.clone()];
        self.writer
            .append(Batch { standings: &standings, incidents: &incidents, alerts: &alerts, ..Batch::default() }, incident.began)
            .unwrap();
    }

    fn attempt(&mut self, incident: &Incident, ended: Sent, detail: &str) {
        let at = NOW - Duration::from_secs(180);
        let attempts = [Attempted { key: alert(incident, 0, AlertKind::Firing).key, at, ended, detail: detail.to_owned() }];
        self.writer.append(Batch { attempts: &attempts, ..Batch::default() }, at).unwrap();
    }
}

const DB1: &str = "/targets/prod%2Fdb%2Fdb1";

#[tokio::test]
async fn who_was_told_stands_with_the_problem() {
    let mut house = House::new().await;
    let [db1, db2] = ["db1", "db2"].map(|name| woken(name, "oncall"));
    house.watch(&[db1.clone(), db2.clone()]);
    house.hear([refused(&db1, 240), refused(&db2, 240)]);
    let incident = incident(&[&db1, &db2], "10.0.0.5:5432 refused.");
    house.strike(&[&db1, &db2], &incident);
    let page = house.get("/").await.text;
    assert!(page.contains("oncall being told"), "{page}");

    house.attempt(&incident, Sent::Again(NOW + Duration::from_secs(40)), "HTTP 503");
    let page = house.get("/").await.text;
    assert!(page.contains("oncall not told yet") && page.contains(": HTTP 503; tried once, again in 40 s<"), "{page}");
    let page = house.get(DB1).await.text;
    assert!(page.contains("<b>not told yet</b> that it began") && page.contains(": HTTP 503; tried once, again in 40 s<"), "{page}");

    house.attempt(&incident, Sent::Delivered, "HTTP 202.");
    let page = house.get("/").await.text;
    assert!(page.contains("told oncall <time") && page.contains(">3 min</time> ago"), "{page}");
    let page = house.get(DB1).await.text;
    assert!(page.contains("<b>told</b> oncall that it began") && page.contains(": HTTP 202, tried 2 times<"), "{page}");
    assert!(page.contains(r#"with <a href="/?status=down&#38;cause=refused">1 other</a>; told again every 30 min"#), "{page}");
}

#[tokio::test]
async fn reminders_do_not_push_the_beginning_off_the_page() {
    let mut house = House::new().await;
    let db = woken("db1", "oncall");
    house.watch(std::slice::from_ref(&db));
    house.hear([refused(&db, 240)]);
    let incident = incident(&[&db], "10.0.0.5:5432 refused.");
    house.strike(&[&db], &incident);
    house.attempt(&incident, Sent::Delivered, "HTTP 202");
    let began =
        EventBody::IncidentBegan { incident: incident.id, target: db.id.clone(), status: Status::Down, reason: "it began so".to_owned() };
    house.append(Batch { events: &[(incident.began, began)], ..Batch::default() });
    for number in 1..=30 {
        let alert = alert(&incident, number, AlertKind::Reminder);
        let attempts = [Attempted { key: alert.key.clone(), at: NOW, ended: Sent::Delivered, detail: "HTTP 202".to_owned() }];
        let told = EventBody::AlertEnded {
            key: alert.key.clone(),
            incident: incident.id,
            target: db.id.clone(),
            channel: alert.channel.clone(),
            kind: alert.kind,
            delivered: true,
            attempts: 1,
            detail: "HTTP 202".to_owned(),
        };
        house.append(Batch { alerts: &[alert], ..Batch::default() });
        house.append(Batch { attempts: &attempts, events: &[(NOW, told)], ..Batch::default() });
    }
    let page = house.get(DB1).await.text;
    assert!(page.contains("<b>told</b> oncall 30 times that it lasts, last <time"), "{page}");
    assert_eq!(page.matches("<b>told</b> oncall").count(), 2, "the beginning and the reminders: {page}");
    assert!(page.contains("<b>told</b> oncall that it began, <time"), "{page}");
    assert!(page.contains("×30 since <time") && page.contains("it began so") && !page.contains("Older events"), "{page}");

    house.append(Batch { alerts: &[31, 32, 33].map(|number| alert(&incident, number, AlertKind::Reminder)), ..Batch::default() });
    let page = house.get(DB1).await.text;
    assert_eq!(page.matches("<b>being told</b>").count(), 1, "{page}");
    assert!(page.contains(": on its way; 2 more wait behind it<"), "{page}");
}

#[tokio::test]
async fn where_nobody_is_told_the_page_says_why() {
    let mut house = House::new().await;
    let (quiet, loud) = (target("prod/db", "db1"), woken("db2", "oncall"));
    house.watch(std::slice::from_ref(&quiet));
    house.hear([refused(&quiet, 2)]);
    house.judge(&quiet, Status::Down, 4, &[]);
    assert!(!house.get("/").await.text.contains("not told"), "where nobody is ever told, each problem need not say so");
    assert!(house.get(DB1).await.text.contains("nobody is named in its <code>alert</code>"));
    house.watch(&[quiet, loud]);
    assert!(house.get("/").await.text.contains("not told: nobody is named in its <code>alert</code>"));
}

#[tokio::test]
async fn what_changed_stands_beside_what_was() {
    let mut house = House::new().await;
    let db = target("prod/db", "db1");
    house.watch(std::slice::from_ref(&db));
    house.hear([up(&db, 34), up(&db, 19)]);
    house.judge(&db, Status::Up, 34, &[]);
    let page = house.get(DB1).await.text;
    assert!(!page.contains("first bad"), "{page}");
    assert!(page.contains("<dt>Round trip</dt><dd>31 ms <span class=\"of\">from the question's last byte to the reply's first"), "{page}");
    house.hear([refused(&db, 4)]);
    house.turn(&db, Status::Down, "10.0.0.5:5432 refused (RST in 0.4 ms).");
    let page = house.get(DB1).await.text;
    let table = page.split("class=\"beside\"").nth(1).and_then(|rest| rest.split("</table>").next()).unwrap();
    assert!(
        table.contains("last good") && table.contains("first bad") && table.contains(r#"<tr class="differs"><th scope="row">connect"#),
        "{table}"
    );
    assert!(table.contains(r#"<b class="ended">refused</b>"#) && table.contains("31 ms"), "{table}");
}

#[tokio::test]
async fn the_chart_shows_the_stretch_that_the_address_asks_for() {
    let mut house = House::new().await;
    let db = target("prod/db", "db1");
    house.watch(std::slice::from_ref(&db));
    house.hear([up(&db, 7_200), up(&db, 34), refused(&db, 19), up(&db, 4)]);
    for (query, count, results) in [("", 60, 3), ("?span=1h", 60, 3), ("?span=24h", 144, 4), ("?span=30d", 180, 4)] {
        let page = house.get(&format!("{DB1}{query}")).await.text;
        assert!(page.contains(&format!("data-count=\"{count}\"")), "{query}: {page}");
        assert!(page.contains(&format!("Half answered within 31 ms, 99% within 31 ms; 1 of {results} failed.")), "{query}: {page}");
        let here = page.split("aria-current=\"true\">").nth(1).and_then(|rest| rest.split('<').next()).unwrap();
        assert_eq!(
            here,
            if query.is_empty() {
                "1 h"
            } else {
                match count {
                    60 => "1 h",
                    144 => "24 h",
                    _ => "30 d",
                }
            }
        );
    }
    let refused = house.get(&format!("{DB1}?span=2h")).await;
    assert_eq!(refused.status, 400);
    assert!(refused.text.contains("`span` is one of 1h, 24h, 30d."), "{}", refused.text);
}

#[tokio::test]
async fn nothing_that_a_provider_or_a_certificate_says_becomes_markup() {
    let mut house = House::new().await;
    let db = woken("db1", EVIL);
    let other = Target { url: format!("tcp://db1:1/{EVIL}"), ..target(EVIL, EVIL) };
    house.watch(&[db.clone(), other]);
    let mut first = up(&db, 300);
    let text = |name: &'static str| (name.into(), EVIL.into());
    first.measurements = vec![
        ("certificate_expires".into(), (NOW.seconds() + 86_400).into()),
        ("certificate_names".into(), allswell_model::Value::texts([EVIL])),
        text("certificate_issuer"),
        text("certificate_serial"),
        text("certificate_sha256"),
        text("answer"),
    ];
    let mut bad = refused(&db, 4);
    bad.measurements = first.measurements.clone();
    (bad.reason, bad.address, bad.said_by) = (EVIL.to_owned(), Some(EVIL.to_owned()), Some(EVIL.to_owned()));
    house.hear([first, bad]);
    let incident = incident(&[&db], EVIL);
    house.turn(&db, Status::Down, EVIL);
    house.strike(&[&db], &incident);
    for ended in [Sent::Again(NOW), Sent::GivenUp] {
        house.attempt(&incident, ended, EVIL);
        for path in ["/", DB1, &format!("{DB1}?span=24h")] {
            let page = house.get(path).await;
            assert_eq!(page.status, 200, "{}", page.text);
            let page = page.text.to_lowercase();
            for dangerous in ["<script>", "<img", "\"'>", "onerror=alert(1)>"] {
                assert!(!page.contains(dangerous), "{dangerous} at {path} in {page}");
            }
        }
    }
}

/// A month at fifteen seconds.
const MONTH: u32 = 172_800;

#[tokio::test]
async fn a_month_of_history_is_a_page_at_once() {
    let mut house = House::new().await;
    let db = target("prod/db", "db1");
    house.watch(std::slice::from_ref(&db));
    let begin = NOW - Duration::from_secs(u64::from(MONTH) * 15);
    for hour in 0..MONTH / 240 {
        let at = |n: u32| NOW.since(begin).as_secs() - u64::from(hour * 240 + n) * 15;
        let results: Vec<_> = (0..240).map(|n| std::sync::Arc::new(if n == 7 { refused(&db, at(n)) } else { up(&db, at(n)) })).collect();
        let now: Timestamp = begin + Duration::from_secs(u64::from(hour + 1) * 3_600);
        house.writer.append(Batch { results: &results, ..Batch::default() }, now).unwrap();
        house.writer.maintain(now).unwrap();
    }
    house.judge(&db, Status::Up, 4, &[]);
    for query in ["", "?span=24h", "?span=30d"] {
        let began = Instant::now();
        let page = house.get(&format!("{DB1}{query}")).await;
        println!("{query:10} {} bytes in {:?}", page.text.len(), began.elapsed());
        assert_eq!(page.status, 200);
        assert!(page.text.len() <= 120_000, "{query} has {} bytes", page.text.len());
        assert!(page.text.contains("Half answered within"), "{query}");
    }
}

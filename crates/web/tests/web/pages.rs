//! What people see: the pages' HTML, small with ten thousand targets, and harmless whatever names and sentences hold.

use std::time::Instant;

use allswell_model::{Degradation, Mark, ProbeResult, Status, Target};

use crate::house::{House, NOW, refused, target, up};

/// A small house with something of everything.
async fn furnished() -> House {
    let mut house = House::new().await;
    let targets = [target("prod/db", "db1"), target("prod/db", "db2"), target("edge", "web"), target("", "10.0.0.7:9100")];
    let [db1, db2, web, new] = &targets;
    house.watch(&targets);
    let warned = Some(Degradation { reason: "`rtt_ms < 3` failed: it was 31.".to_owned() });
    house.hear([up(db1, 17), refused(db1, 2), up(db2, 17), up(db2, 2), ProbeResult { degraded: warned, ..up(web, 1) }, refused(new, 3)]);
    house.judge(db1, Status::Down, 180, &[]);
    house.judge(db2, Status::Up, 86_400, &[Mark::Suspect]);
    house.judge(web, Status::Degraded, 60, &[]);
    house.judge(new, Status::Unknown, 10, &[Mark::NeverAnswered]);
    house
}

/// The page without what changes with the store, the style or the port.
pub(crate) fn steady(html: &str) -> String {
    let cursor = html.split("data-cursor=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let html = html.replace(cursor, "CURSOR");
    let mut out = String::new();
    for (n, part) in html.split("/assets/").enumerate() {
        out.push_str(if n == 0 { part } else { part.split_once('.').map_or("", |(_, rest)| rest) });
    }
    out
}

#[tokio::test]
async fn the_overview_of_few_targets() {
    let house = furnished().await;
    insta::assert_snapshot!("overview", steady(&house.get("/").await.text));
}

#[tokio::test]
async fn a_filtered_list() {
    let house = furnished().await;
    let page = house.get("/?status=down&group=prod&q=db").await.text;
    let main = page.split("<main").nth(1).unwrap();
    assert!(main.contains("1 target ") && main.contains("in prod, with db"), "{main}");
    assert!(main.contains("db1") && !main.contains("db2"));
    assert!(page.contains(r#"<input type="hidden" name="status" value="down">"#));
}

#[tokio::test]
async fn the_page_of_one_target() {
    let house = furnished().await;
    insta::assert_snapshot!("target", steady(&house.get("/targets/prod%2Fdb%2Fdb1").await.text));
    assert_eq!(house.get("/targets/prod/db/db1").await.status, 200, "also as people type it");
}

#[tokio::test]
async fn errors_are_pages_too() {
    let house = furnished().await;
    for (path, status, said) in [
        ("/targets/nobody", 404, "No target `nobody` is watched."),
        ("/nothing", 404, "There is nothing at this address."),
        ("/?status=dwon", 400, "`dwon` is no status"),
        ("/?status=down&after=x", 400, "`after` is not a cursor"),
    ] {
        let answer = house.get(path).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (status, "text/html; charset=utf-8"));
        assert!(answer.text.contains(said), "{path}: {}", answer.text);
    }
}

#[tokio::test]
async fn when_all_is_well_it_says_so_and_when_stale_it_does_not() {
    let mut house = House::new().await;
    assert!(house.get("/").await.text.contains("Nothing is watched yet"));
    let db = target("", "db");
    house.watch(std::slice::from_ref(&db));
    house.hear([up(&db, 1)]);
    house.judge(&db, Status::Up, 60, &[]);
    let page = house.get("/").await.text;
    assert!(page.contains("None. All's well.") && page.contains("<title>1 up · fra-1 · Allswell</title>"));
    assert!(!page.contains("Stale:"));
    *house.program.now.lock().unwrap() = NOW + std::time::Duration::from_secs(120);
    let page = house.get("/").await.text;
    assert!(page.contains("Stale:") && page.contains(r#"<header class="bar look-up stale""#), "{page}");
    assert!(page.contains(">2 min</time> ago") && !page.contains("All's well"));
}

#[tokio::test]
async fn a_history_that_is_not_kept_is_told_on_top_of_every_page() {
    let mut house = furnished().await;
    for path in ["/", "/?status=down", "/targets/prod%2Fdb%2Fdb1"] {
        assert!(house.get(path).await.text.contains(r#"<p id="trouble" role="alert" hidden></p>"#), "{path}");
    }
    let db = target("prod/db", "db1");
    house.lose([up(&db, 1), up(&db, 0)]);
    for path in ["/", "/?status=down", "/targets/prod%2Fdb%2Fdb1"] {
        let page = house.get(path).await.text;
        let banner = page.split(r#"<p id="trouble" role="alert">"#).nth(1).and_then(|rest| rest.split("</p>").next()).unwrap();
        assert!(banner.starts_with("History is not kept: the store ") && banner.contains("was deleted or replaced"), "{banner}");
        assert!(banner.ends_with(" Probing and judging go on; 2 results are missing from it."), "{banner}");
    }
}

#[tokio::test]
async fn one_success_does_not_hide_why_a_target_is_down() {
    let mut house = House::new().await;
    let db = target("prod/db", "db1");
    house.watch(std::slice::from_ref(&db));
    house.hear([refused(&db, 17), refused(&db, 2)]);
    house.turn(&db, Status::Down, "10.0.0.5:5432 refused (RST in 0.4 ms).");
    house.hear([up(&db, 1)]);
    house.judge(&db, Status::Down, 4, &[Mark::Suspect]);
    for path in ["/", "/targets/prod%2Fdb%2Fdb1", "/?cause=refused&status=down"] {
        let page = house.get(path).await.text;
        assert!(page.contains("10.0.0.5:5432 refused (RST in 0.4 ms). The last probe was up again."), "{path}: {page}");
    }
    let listed = house.json("/api/v1/targets?cause=refused").await;
    assert_eq!(listed["total"], 1);
}

#[tokio::test]
async fn a_target_tells_what_happened_to_it_page_by_page() {
    let mut house = House::new().await;
    let (db, other) = (target("prod/db", "db1"), target("prod/db", "db2"));
    house.watch(&[db.clone(), other.clone()]);
    for n in 0..12 {
        house.turn(&db, Status::Down, &format!("reason {n}, `json.queue < {n}` failed"));
        house.turn(&other, Status::Down, "not his");
    }
    let first = house.get("/targets/prod%2Fdb%2Fdb1").await.text;
    assert!(first.contains("reason 11, <code>json.queue &#60; 11</code> failed") && first.contains("was up"), "{first}");
    assert!(first.contains("reason 2,") && !first.contains("reason 1,") && !first.contains("not his"));
    let older = first.split("rel=\"next\" href=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let second = house.get(&older.replace("&#38;", "&")).await.text;
    assert!(second.contains("reason 1,") && second.contains("reason 0,") && second.contains("It is watched from here on."), "{second}");
    assert!(!second.contains("reason 2,") && !second.contains("Older events") && !second.contains("data-refresh"));
}

#[tokio::test]
async fn nothing_that_people_write_becomes_markup() {
    const EVIL: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&{{7*7}}</title></style>";
    let mut house = House::new().await;
    let evil = Target {
        url: format!("tcp://{EVIL}"),
        labels: [(EVIL.to_owned(), EVIL.to_owned())].into(),
        runbook: Some(format!("javascript:alert(1)//{EVIL}")),
        ..target(EVIL, EVIL)
    };
    house.watch(std::slice::from_ref(&evil));
    let hostile = |result: ProbeResult| ProbeResult {
        reason: EVIL.to_owned(),
        address: Some(EVIL.to_owned()),
        said_by: Some(EVIL.to_owned()),
        measurements: vec![(EVIL.to_owned().into(), EVIL.into())],
        ..result
    };
    let encoded: String = evil.id.as_str().bytes().map(|byte| format!("%{byte:02X}")).collect();
    for (status, result) in [
        (Status::Down, hostile(refused(&evil, 1))),
        (Status::Degraded, ProbeResult { degraded: Some(Degradation { reason: format!("`{EVIL}` failed") }), ..hostile(up(&evil, 1)) }),
        (Status::Up, hostile(up(&evil, 1))),
    ] {
        house.hear([result]);
        house.turn(&evil, status, &format!("`{EVIL}` {EVIL} ` {EVIL}"));
        house.judge(&evil, status, 1, &[Mark::Suspect]);
        let query = "%3Cscript%3Ealert(1)%3C/script%3E%22%27%3E";
        for path in [
            "/".to_owned(),
            format!("/targets/{encoded}"),
            format!("/?q={query}"),
            format!("/?group={query}&cause={query}"),
            format!("/?status={query}"),
        ] {
            let page = house.get(&path).await.text.to_lowercase();
            for dangerous in ["<script>", "<img", "\"'>", "onerror=alert(1)>", "href=\"javascript", "</title></style>"] {
                assert!(!page.contains(dangerous), "{dangerous} at {path} in {page}");
            }
        }
    }
}

#[tokio::test]
async fn ten_thousand_targets_are_one_small_page() {
    let mut house = House::new().await;
    let targets: Vec<_> = (0..10_000).map(|n| target(&format!("site-{:03}/rack", n % 500), &format!("host-{n:05}.example.net"))).collect();
    house.watch(&targets);
    for ago in [32, 17, 2] {
        house.hear(targets.iter().enumerate().map(|(n, target)| {
            let by = Some(format!("10.0.{}.1", n % 40));
            if n % 5 == 0 { ProbeResult { said_by: by, ..refused(target, ago) } } else { up(target, ago) }
        }));
    }
    let standings: Vec<_> = targets
        .iter()
        .enumerate()
        .map(|(n, target)| allswell_store::Standing {
            target: target.id.clone(),
            status: if n % 5 == 0 { Status::Down } else { Status::Up },
            since: NOW,
            marks: [].into(),
            incident: None,
        })
        .collect();
    house.writer.append(allswell_store::Batch { standings: &standings, ..Default::default() }, NOW).unwrap();
    // The worst of all: a great outage of many causes, as many groups as a page shows, and two of them open.
    for path in ["/", "/?open=site-000%2Frack&open=site-001%2Frack", "/?status=down", "/?q=host"] {
        let began = Instant::now();
        let page = house.get(path).await;
        let took = began.elapsed();
        println!("{path}: {} bytes in {took:?}", page.text.len());
        assert_eq!(page.status, 200);
        assert!(page.text.contains("<b>2,000</b> down") && page.text.contains("<b>8,000</b> up"));
        assert!(page.text.len() <= 300_000, "{path} has {} bytes", page.text.len());
    }
}

#[tokio::test]
async fn groups_page_to_their_end() {
    let mut house = House::new().await;
    let targets: Vec<_> = (0..250).map(|n| target(&format!("g{n:03}"), "t")).collect();
    house.watch(&targets);
    let (mut path, mut seen) = ("/".to_owned(), Vec::new());
    loop {
        let page = house.get(&path).await.text;
        seen.extend(page.split("data-group=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()));
        let Some(next) = page.split("rel=\"next\" href=\"").nth(1) else { break };
        path = next.split('"').next().unwrap().replace("&#38;", "&");
    }
    assert_eq!(seen, (0..250).map(|n| format!("g{n:03}")).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_list_pages_to_its_end() {
    let mut house = House::new().await;
    let targets: Vec<_> = (0..120).map(|n| target("g", &format!("t{n:03}"))).collect();
    house.watch(&targets);
    let (mut path, mut seen) = ("/?group=g".to_owned(), Vec::new());
    loop {
        let page = house.get(&path).await.text;
        seen.extend(page.split("data-key=\"g/").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()));
        let Some(next) = page.split("rel=\"next\" href=\"").nth(1) else { break };
        path = next.split('"').next().unwrap().replace("&#38;", "&");
    }
    assert_eq!(seen, (0..120).map(|n| format!("t{n:03}")).collect::<Vec<_>>());
}

#[tokio::test]
async fn style_and_script_are_found_and_kept() {
    let house = House::new().await;
    let page = house.get("/").await.text;
    for (kind, mime) in [("css", "text/css; charset=utf-8"), ("js", "text/javascript; charset=utf-8")] {
        let path = page.split('"').find(|text| text.starts_with("/assets/") && text.ends_with(kind)).unwrap();
        let answer = house.get(path).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, mime));
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
    }
    assert_eq!(house.get("/assets/old.css").await.status, 404);
    let icon = house.get("/icon.svg?status=down&count=3").await;
    assert_eq!((icon.status.as_u16(), icon.header("content-type")), (200, "image/svg+xml"));
}

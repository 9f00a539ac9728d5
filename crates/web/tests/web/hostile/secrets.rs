//! No secret comes out again: not by a page, the API, a header, an error or the log; nor by how long a refusal takes.

use std::time::{Duration, Instant};

use allswell_web::{Access, Role, Secret, Token, hash_password, hash_token};
use hyper::Request;

use crate::house::{House, Plan, ann_and_bob, basic};
use crate::logged::log;

/// The words that must not come out.
const TOKEN: &str = "canary-token-7f3a";
const PASSWORD: &str = "canary-password-91bc";

/// Every path, with words for its parts.
const PATHS: &[&str] = &[
    "/",
    "/targets/x",
    "/links",
    "/links/x",
    "/api/v1/links",
    "/api/v1/links/x",
    "/api/v1/targets",
    "/api/v1/targets/x",
    "/api/v1/targets/x/results",
    "/api/v1/incidents",
    "/api/v1/events",
    "/api/v1/openapi.json",
    "/metrics",
    "/healthz",
    "/icon.svg",
    "/assets/x",
    "/nothing",
];

#[tokio::test]
async fn no_secret_comes_out_by_any_way() {
    log();
    let phc = hash_password(PASSWORD).unwrap();
    let hash = hash_token(TOKEN);
    let access = vec![
        Access { name: "ann".to_owned(), role: Role::Viewer, secret: Secret::password(&phc).unwrap() },
        Access { name: "bob".to_owned(), role: Role::Operator, secret: Secret::token(&hash).unwrap() },
    ];
    let generated = "canary-generated-55e0";
    let house = House::with(Plan { access, token: Some(generated), ..Plan::default() }).await;
    let (phc_digest, hash_digits) = (phc.rsplit('$').next().unwrap().to_owned(), hash["sha256:".len()..].to_owned());
    let canaries = [TOKEN, PASSWORD, generated, "canary-wrong", &phc_digest, &hash_digits];
    let is_clean = |text: &str, whence: &str| {
        for canary in canaries {
            assert!(!text.contains(canary), "{canary} came out by {whence}: {text}");
        }
    };
    let bearer = |token: &str| format!("Bearer {token}");
    let shown = [
        bearer(TOKEN),
        bearer(generated),
        bearer("canary-wrong"),
        basic("ann", PASSWORD),
        basic("ann", "canary-wrong"),
        basic("canary-wrong", "x"),
    ];
    for shown in shown.iter().chain([&String::new()]) {
        for path in PATHS {
            for method in ["GET", "POST", "PUT", "DELETE"] {
                let request =
                    Request::builder().method(method).uri(*path).header("authorization", shown).header("content-type", "application/json");
                let answer = house.ask(request).await;
                is_clean(&format!("{:?}\n{}", answer.headers, answer.text), &format!("{method} {path}"));
            }
        }
    }
    // A token in an address goes into the cookie and nowhere else; a wrong one nowhere at all.
    for (path, cookie) in
        [(format!("/?token={generated}"), true), (format!("/?token={TOKEN}"), true), ("/?token=canary-wrong".to_owned(), false)]
    {
        let mut answer = house.get(&path).await;
        assert_eq!(answer.headers.remove("set-cookie").is_some(), cookie, "{path}");
        is_clean(&format!("{:?}\n{}", answer.headers, answer.text), &path);
    }
    let printed = format!("{:?} {:?}", house.access, Token::new(TOKEN));
    is_clean(&printed, "Debug");
    for wrong in ["canary-wrong", "$argon2id$v=19$canary-wrong", "sha256:canary-wrong"] {
        is_clean(&format!("{:?} {0}", Secret::password(wrong).unwrap_err()), "an error");
        is_clean(&format!("{:?} {0}", Secret::token(wrong).unwrap_err()), "an error");
    }
    let logged = log().lock().unwrap().clone();
    assert!(logged.contains("wrong password"), "the log was heard: {logged}");
    is_clean(&logged, "the log");
}

/// Of `horse`; some 30 to 50 ms without optimisation, some 3 with it: far more than all the rest of a request.
const SLOW: &str = "$argon2id$v=19$m=8192,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$JB9pp99yc+WUl5uxfp8A147RbgLAB2JvPfqD0H9dhEo";

#[tokio::test]
async fn a_name_that_does_not_exist_is_refused_no_sooner_than_one_that_does() {
    let access = vec![Access { name: "ann".to_owned(), role: Role::Viewer, secret: Secret::password(SLOW).unwrap() }];
    let house = House::with(Plan { access, ..Plan::default() }).await;
    let took = async |shown: String| {
        let began = Instant::now();
        assert_eq!(house.ask(Request::get("/").header("authorization", shown)).await.status, 401);
        began.elapsed()
    };
    // Other tests run beside this one and make it slower, never quicker: the quickest of some tells what the work takes.
    let (mut known, mut unknown) = (Duration::MAX, Duration::MAX);
    for n in 0..5 {
        known = known.min(took(basic("ann", &format!("wrong {n}"))).await);
        unknown = unknown.min(took(basic(&format!("nobody {n}"), "wrong")).await);
    }
    // Without the work it would take a fiftieth.
    assert!(unknown * 4 > known && known * 4 > unknown, "known {known:?}, unknown {unknown:?}");
    house.access.replace(ann_and_bob());
    let metrics = house.ask(Request::get("/metrics").header("authorization", "Bearer ann's token")).await.text;
    assert!(metrics.contains("allswell_password_checks_total{outcome=\"wrong\"} 10\n"), "each was verified: {metrics}");
}

//! All that is logged, for tests; and what it says of orders over the API: what was done as done, what was refused as refused.

use std::fmt::{self, Write as _};
use std::sync::{Mutex, OnceLock};

use allswell_web::{Access, Role, Secret, hash_token};
use hyper::Request;
use tracing::field::{Field, Visit};
use tracing::span;

use crate::house::{House, Plan};

/// Keeps all that is logged in this process, an event in a line.
struct Log;

/// The log from its first caller on. Tests of this process share it: no one takes from it.
pub(crate) fn log() -> &'static Mutex<String> {
    static LOG: OnceLock<Mutex<String>> = OnceLock::new();
    LOG.get_or_init(|| {
        // Another test may have been first: then the log is its.
        let _ = tracing::subscriber::set_global_default(Log);
        Mutex::default()
    })
}

#[derive(Default)]
struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let _ = write!(self.0, " {field}={value:?}");
    }
}

impl Line {
    fn end(self) {
        let mut log = log().lock().unwrap();
        log.push_str(&self.0);
        log.push('\n');
    }
}

impl tracing::Subscriber for Log {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, attributes: &span::Attributes<'_>) -> span::Id {
        let mut line = Line::default();
        attributes.record(&mut line);
        line.end();
        span::Id::from_u64(1)
    }
    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        let mut line = Line::default();
        values.record(&mut line);
        line.end();
    }
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        let mut line = Line::default();
        event.record(&mut line);
        line.end();
    }
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

/// The lines that speak of this.
fn said_of(name: &str) -> Vec<String> {
    log().lock().unwrap().lines().filter(|line| line.contains(name)).map(str::to_owned).collect()
}

#[tokio::test]
async fn the_log_says_what_came_of_an_order() {
    log();
    let house = House::new().await;
    let refused = || Err(vec!["no such scheme".to_owned()]);
    for (n, came, put, removed) in [
        (1, Ok(true), "a target was put over the API", "a target was removed over the API"),
        (2, refused(), "refused to put a target over the API", "refused to remove a target over the API"),
        (3, Ok(false), "a target was put over the API", "refused to remove a target over the API"),
    ] {
        *house.program.change.lock().unwrap() = came;
        let target = format!("only-logged-{n}");
        let path = format!("/api/v1/targets/{target}");
        house.send("PUT", &path, "{}").await;
        house.ask(Request::delete(&path)).await;
        let lines = said_of(&target);
        assert!(matches!(&lines[..], [first, then] if first.contains(put) && then.contains(removed)), "{lines:?}");
    }
}

#[tokio::test]
async fn checks_and_reloads_are_said_as_they_ended_too() {
    log();
    let secret = Secret::token(&hash_token("only-here")).unwrap();
    let access = vec![Access { name: "logged-carl".to_owned(), role: Role::Operator, secret }];
    let house = House::with(Plan { access, ..Plan::default() }).await;
    let post = async |path: &str| {
        let head = format!("POST {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer only-here\r\nConnection: close\r\n", house.address);
        house.say(format!("{head}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}")).await
    };
    let both = async || [post("/api/v1/check").await, post("/api/v1/reload").await];
    assert!(both().await.iter().all(|answer| answer.starts_with("HTTP/1.1 200")));
    *house.program.check.lock().unwrap() = Err(vec!["no url".to_owned()]);
    *house.program.reload.lock().unwrap() = Err(vec!["line 3: `tragets`".to_owned()]);
    assert!(both().await.iter().all(|answer| answer.starts_with("HTTP/1.1 422")));
    let said = said_of("logged-carl");
    let expected =
        ["a check was made over the API", "the configuration was reloaded over the API", "refused a check over", "refused a reload over"];
    assert_eq!(said.len(), expected.len(), "{said:?}");
    assert!(said.iter().zip(expected).all(|(line, expected)| line.contains(expected)), "{said:?}");
}

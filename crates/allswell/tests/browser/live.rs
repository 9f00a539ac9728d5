//! The page follows what happens, and says when it cannot.

use std::time::{Duration, Instant};

use allswell_testkit::browser::Browser;
use allswell_testkit::server::Server;
use allswell_testkit::server::site::Answer;
use serde_json::json;

use crate::post::Post;

/// The row of `db1` among the targets, where it stands once.
const DB1: &str = ".groups [data-key='prod/db/db1']";

#[test]
fn what_happens_is_shown_without_reloading() {
    let Some(browser) = Browser::start() else { return };
    let mut post = Post::new();
    browser.open(&post.url("/"));
    browser.until("three targets up and one down", |browser| browser.title() == "1 down · fra-1 · Allswell");
    browser.until("the counts", |browser| browser.text("#counts") == "1 down, 3 up");
    browser.until("the reason of the one that was never up", |browser| browser.text(".problems").contains("127.0.0.1:1 refused (RST in"));
    assert!(browser.text(DB1).starts_with("up"), "{}", browser.text(DB1));
    browser.picture("overview");
    let _ = browser.run("window.marked = true", &[]);

    let dropped = Instant::now();
    post.db1 = None;
    browser.until("its reason", |browser| browser.text(DB1).contains("refused (RST in"));
    let took = dropped.elapsed();
    println!("the page said so after {took:?}");
    assert!(took < Duration::from_secs(2), "it took {took:?} until the page said so");
    assert!(browser.text(DB1).starts_with("down"), "{}", browser.text(DB1));
    browser.until("the tab's title", |browser| browser.title() == "2 down · fra-1 · Allswell");
    let icon = browser.run("const at = new URL(document.getElementById('icon').href); return at.pathname + at.search", &[]);
    assert_eq!(icon, "/icon.svg?status=down&count=2");
    assert_eq!(browser.run("return window.marked === true", &[]), json!(true), "it was never loaded anew");
    browser.picture("overview-two-down");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn cut_off_it_reddens_and_says_so_until_the_program_is_back() {
    let Some(browser) = Browser::start() else { return };
    let mut post = Post::new();
    browser.open(&post.url("/"));
    browser.until("that it is live", |browser| browser.text(".foot").contains("live"));
    let colour = |browser: &Browser| browser.run("return getComputedStyle(document.getElementById('bar')).backgroundColor", &[]);
    let calm = colour(&browser);
    let _ = browser.run("window.marked = true", &[]);

    post.stop();
    browser.until("that it is cut off", |browser| browser.text("#cut").contains("heard nothing from the server"));
    assert!(browser.text("#cut").contains("(the program ends)"), "{}", browser.text("#cut"));
    assert_ne!(colour(&browser), calm, "it reddens");
    browser.picture("cut-off");

    post.start_again();
    browser.until("that it is live again", |browser| browser.text("#cut").is_empty() && colour(browser) == calm);
    post.db1 = None;
    browser.until("news after the cut", |browser| browser.text(DB1).contains("refused (RST in"));
    assert_eq!(browser.run("return window.marked === true", &[]), json!(true), "it was never loaded anew");
    let complaints = browser.complaints();
    let others: Vec<_> = complaints
        .iter()
        .filter(|complaint| !complaint.contains("/api/v1/stream") && !complaint.contains("ERR_CONNECTION_REFUSED"))
        .collect();
    assert!(others.is_empty(), "{others:?}");
}

#[test]
fn who_was_told_is_shown_as_soon_as_it_arrived() {
    let Some(browser) = Browser::start() else { return };
    let provider = Server::http(|_| Answer::status(202));
    let post = Post::with_one_that_alerts(&format!("{}/wake", provider.url("http")));
    browser.open(&post.url("/"));
    browser.until("that those on call were told", |browser| browser.text(".problems .who").contains("told oncall"));
    browser.click(".problems [data-key='edge/paged'] .name a");
    browser.until("how it was told", |browser| browser.text("[aria-labelledby='h-told']").contains("told oncall that it began"));
    browser.until("the event", |browser| browser.text("[aria-labelledby='h-events']").contains("incident"));
    browser.picture("told");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

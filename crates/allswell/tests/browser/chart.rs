//! The chart of a target, and what stands around it: by pointer, by keyboard, and without a script.

use allswell_testkit::browser::{Browser, Key};
use serde_json::json;

use crate::post::Post;

const DB2: &str = "/targets/prod%2Fdb%2Fdb2";

/// The number of the bucket that is read.
fn read_at(browser: &Browser) -> i64 {
    browser.run("return Number(document.querySelector('.slider').getAttribute('aria-valuenow'))", &[]).as_i64().unwrap()
}

#[test]
fn pointer_and_keys_read_single_figures() {
    let Some(browser) = Browser::start() else { return };
    let post = Post::new();
    browser.open(&post.url(DB2));
    browser.until("results in the chart", |browser| {
        browser.text(".verdict + .chart, .chart").is_empty() || browser.count(".figures tr[data-n]") > 0
    });
    browser.until("the hint", |browser| browser.text(".readout").starts_with("Point at the chart"));
    browser.point(".slider", 0.999);
    browser.until("the newest figures", |browser| {
        browser.text(".readout").contains("median ") && browser.text(".readout").contains("99% within")
    });
    assert!(browser.text(".readout").contains(" UTC: "), "{}", browser.text(".readout"));
    browser.point(".slider", 0.01);
    browser.until("that nothing was heard an hour ago", |browser| browser.text(".readout").ends_with("no result"));
    assert_eq!(browser.run("return document.querySelector('.hair').hidden", &[]), json!(false), "a line shows where");

    let _ = browser.run("document.querySelector('.slider').focus()", &[]);
    let count = browser.run("return Number(document.querySelector('.chart').dataset.count)", &[]).as_i64().unwrap();
    browser.press(Key::End);
    assert_eq!(read_at(&browser), count - 1);
    browser.press(Key::Left);
    assert_eq!(read_at(&browser), count - 2);
    browser.press(Key::Right);
    browser.press(Key::Right);
    assert_eq!(read_at(&browser), count - 1, "it ends at the end");
    browser.press(Key::Home);
    assert_eq!(read_at(&browser), 0);
    let (role, name) = browser.names(".slider").into_iter().map(|(_, role, name)| (role, name)).next().unwrap();
    assert_eq!((role.as_str(), name.as_str()), ("slider", "Latency, moment by moment"));
    let said = browser.run("return document.querySelector('.slider').getAttribute('aria-valuetext')", &[]);
    assert_eq!(said, json!(browser.text(".readout")), "ear and eye hear the same");
    let before = browser.text("#as-of");
    browser.until("a refresh", |browser| browser.text("#as-of") != before);
    assert_eq!(browser.run("return document.activeElement.className", &[]), "slider", "a refresh takes the focus from nobody");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn another_stretch_of_time_is_a_link_and_nothing_jumps() {
    let Some(browser) = Browser::start() else { return };
    let post = Post::new();
    browser.open(&post.url(DB2));
    let _ = browser.run("window.marked = true", &[]);
    browser.click(".ways a[href*='span=24h']");
    browser.until("a day", |browser| browser.run("return document.querySelector('.chart').dataset.count", &[]) == "144");
    assert_eq!(browser.text(".ways [aria-current]"), "24 h");
    assert!(browser.address().contains("span=24h"), "{}", browser.address());
    assert_eq!(browser.run("return window.marked === true", &[]), json!(true), "it was not loaded anew");
    browser.back();
    browser.until("an hour again", |browser| browser.run("return document.querySelector('.chart').dataset.count", &[]) == "60");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn without_scripts_the_links_lead_there_and_the_table_holds_the_figures() {
    let Some(browser) = Browser::start() else { return };
    let post = Post::new();
    browser.open(&post.url(DB2));
    browser.until("results", |browser| browser.count(".figures tr[data-n]") > 0);
    browser.scripts(false);
    browser.open(&post.url(DB2));
    assert_eq!(browser.text(".readout"), "", "nothing is offered that does not work");
    assert_eq!(browser.count(".copy button"), 0);
    for (span, count) in [("24h", "144"), ("30d", "180"), ("1h", "60")] {
        browser.click(&format!(".ways a[href*='span={span}']"));
        browser.until("the other stretch", |browser| browser.run("return document.querySelector('.chart').dataset.count", &[]) == count);
        assert!(browser.address().contains(&format!("span={span}")), "{}", browser.address());
    }
    browser.click(".same-as > summary");
    browser.until("the table", |browser| browser.text(".same-as table").contains("median"));
    assert!(browser.text(".same-as tbody").contains(" ms"), "{}", browser.text(".same-as tbody"));
    assert_eq!(browser.count("noscript"), 1, "the page renews itself");
}

#[test]
fn what_changed_stands_beside_what_was_and_the_neighbours_tell_whose_fault_it_is() {
    let Some(browser) = Browser::start() else { return };
    let mut post = Post::new();
    browser.open(&post.url("/targets/prod%2Fdb%2Fdb1"));
    browser.until("that it is up", |browser| browser.title().starts_with("up: db1"));
    assert_eq!(browser.count(".beside"), 0, "nothing has changed yet");
    post.db1 = None;
    browser.until("that it is down", |browser| browser.title().starts_with("down: db1"));
    browser.until("what changed", |browser| browser.text(".beside").contains("refused"));
    let table = browser.text(".beside");
    for said in ["last good", "first bad", "connected in", "connect ≠", "127.0.0.1:"] {
        assert!(table.contains(said), "{said:?} is not in {table}");
    }
    let near = browser.text("[aria-labelledby='h-near']");
    assert!(near.contains("127.0.0.1") && near.contains("Part of what it serves still answers"), "{near}");
    assert!(browser.text("[aria-labelledby='h-told']").contains("nobody is named in its alert"), "{}", browser.text("main"));
    browser.picture("target-what-changed");
    browser.until("how long it was down", |browser| browser.text(".uptime").contains("24 h"));
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

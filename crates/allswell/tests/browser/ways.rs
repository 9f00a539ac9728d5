//! Ways through the pages: filters in the address, down to a target and back, and all of it by the keyboard.

use allswell_testkit::browser::{Browser, Key};
use serde_json::json;

use crate::post::{EVIL, Post};

#[test]
fn a_filter_stands_in_the_address_and_leads_there() {
    let Some(browser) = Browser::start() else { return };
    let post = Post::new();
    browser.open(&post.url("/?status=up&group=prod"));
    browser.until("the two that are up", |browser| browser.count("main .row") == 2);
    assert_eq!(browser.text("main h2"), "2 targets in prod Clear the filter");
    browser.picture("filtered");
    browser.write("#q", "db2");
    browser.press(Key::Enter);
    browser.until("the one that is searched for", |browser| browser.count("main .row") == 1);
    assert_eq!(browser.address(), post.url("/?status=up&group=prod&q=db2"), "the search kept the rest of the filter");
    browser.click("main .clear");
    browser.until("all of them", |browser| browser.count(".groups .row") == 4);
    browser.click("#counts a.look-down");
    browser.until("those that are down", |browser| browser.text("main .row .name").contains("gone") && browser.count("main .row") == 1);
    assert_eq!(browser.address(), post.url("/?status=down"));
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn down_to_a_target_and_back() {
    let Some(browser) = Browser::start() else { return };
    let post = Post::new();
    browser.open(&post.url("/"));
    browser.until("the counts", |browser| browser.text("#counts") == "1 down, 3 up");
    browser.click(".groups [data-key='edge/gone'] .name a");
    browser.until("the target's page", |browser| browser.title().starts_with("down: gone · "));
    assert_eq!(browser.address(), post.url("/targets/edge%2Fgone"));
    assert!(browser.text("#bar .sentence").contains("127.0.0.1:1 refused"), "{}", browser.text("#bar"));
    browser.until("that it is down since its first results", |browser| browser.text("#h-events + .rows").contains("was unknown"));
    assert!(
        browser.text("[aria-labelledby='h-again']").contains("allswell check --timeout 150ms tcp://127.0.0.1:1"),
        "{}",
        browser.text("main")
    );
    browser.picture("target-down");
    browser.back();
    browser.until("the overview", |browser| browser.count(".groups .row") == 4);
    browser.click(".groups [data-key='prod/db/db2'] .name a");
    browser.until("another target's page", |browser| browser.title().starts_with("up: db2 · "));
    browser.click("nav a[href='/?group=prod%2Fdb']");
    browser.until("its group", |browser| browser.count("main .row") == 2);
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

/// A browser opens six connections to a host, and each page would like to keep one.
const MORE_THAN_CONNECTIONS: usize = 9;

#[test]
fn many_pages_one_after_the_other_and_side_by_side_are_all_live() {
    let Some(browser) = Browser::start() else { return };
    let post = Post::new();
    let live = |browser: &Browser| browser.text(".foot").contains("live") && browser.text("#cut").is_empty();
    for n in 0..MORE_THAN_CONNECTIONS {
        browser.open(&post.url(["/", "/targets/edge%2Fgone"][n % 2]));
        browser.until("that it is live", live);
    }
    for _ in 0..MORE_THAN_CONNECTIONS {
        browser.back();
    }
    for _ in 0..MORE_THAN_CONNECTIONS {
        browser.open_beside(&post.url("/"));
        browser.until("that it is live beside the others", live);
    }
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn the_keyboard_reaches_everything_and_shows_where_it_is() {
    let Some(browser) = Browser::start() else { return };
    let post = Post::new();
    browser.open(&post.url("/"));
    browser.until("the counts", |browser| browser.text("#counts") == "1 down, 3 up");
    let focus = "const at = document.activeElement; const style = getComputedStyle(at); const box = at.getBoundingClientRect();
        return [at === document.body ? '' : at.id || at.innerText, style.outlineStyle, parseFloat(style.outlineWidth) >= 2, box.width > 1 && box.bottom > 0];";
    let mut reached = Vec::new();
    for _ in 0..40 {
        browser.press(Key::Tab);
        let at = browser.run(focus, &[]);
        let name = at[0].as_str().unwrap().trim().to_owned();
        if name.is_empty() {
            break;
        }
        assert_eq!((&at[1], &at[2], &at[3]), (&json!("solid"), &json!(true), &json!(true)), "the focus on {name:?} is not seen");
        reached.push(name);
    }
    for wanted in ["Skip to the content", "1 down", "q", "Search", "db1", "db2", "gone", EVIL, "Metrics"] {
        assert!(reached.iter().any(|name| name == wanted), "{wanted:?} is not among {reached:?}");
    }
    browser.press(Key::Letter('j'));
    browser.press(Key::Letter('/'));
    assert_eq!(browser.run("return document.activeElement.id", &[]), "q");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

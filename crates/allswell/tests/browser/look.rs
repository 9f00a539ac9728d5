//! How the pages look: on a phone, in the dark, and with names that want to be markup.

use allswell_testkit::browser::Browser;
use serde_json::json;

use crate::post::{EVIL, Post};

/// On a phone the address bar takes much of the height; the width is the narrowest that is sold.
const PHONE: (u32, u32) = (360, 640);

fn pages(post: &Post) -> [(&'static str, String); 4] {
    [
        ("overview", post.url("/")),
        ("filtered", post.url("/?group=prod/db&q=db")),
        ("target-up", post.url("/targets/prod%2Fdb%2Fdb2")),
        ("target-down", post.url("/targets/edge%2Fgone")),
    ]
}

#[test]
fn nothing_scrolls_sideways_on_a_phone() {
    let Some(browser) = Browser::start() else { return };
    let post = Post::new();
    browser.resize(PHONE.0, PHONE.1);
    for (name, url) in pages(&post) {
        browser.open(&url);
        browser.until("results", |browser| browser.count("main .row .look-up, main .look-up, main .look-down") > 0);
        let fits = browser.run("return [document.scrollingElement.scrollWidth <= innerWidth, innerWidth]", &[]);
        assert_eq!(fits, json!([true, PHONE.0]), "{name} is too wide");
        browser.picture(&format!("phone-{name}"));
    }
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn in_the_dark_it_is_dark() {
    let Some(browser) = Browser::start() else { return };
    let post = Post::new();
    let lightness = "return getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).every(part => Number(part) < 64)";
    for (dark, end) in [(false, "light"), (true, "dark")] {
        if dark {
            browser.dark();
        }
        for (name, url) in pages(&post) {
            browser.open(&url);
            browser.until("results", |browser| browser.count("main .look-up, main .look-down") > 0);
            assert_eq!(browser.run(lightness, &[]), json!(dark), "{name}");
            browser.picture(&format!("{name}-{end}"));
        }
    }
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn a_name_that_is_a_script_is_a_name() {
    let Some(browser) = Browser::start() else { return };
    let post = Post::new();
    browser.open(&post.url("/"));
    browser.until("its name", |browser| browser.text(".groups").contains(EVIL));
    // An alert would make every command after it fail; a script that was kept from running would be a complaint.
    browser.until("a refresh", |browser| browser.text("#counts") == "1 down, 3 up");
    browser.click("[data-key='edge/<script>alert(1)</script>'] .name a");
    browser.until("its page", |browser| browser.title().starts_with(&format!("up: {EVIL} · ")));
    assert!(browser.text("#bar").contains(EVIL), "{}", browser.text("#bar"));
    assert_eq!(browser.count("script"), 1, "the page's own, and no other");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

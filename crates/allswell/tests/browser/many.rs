//! Ten thousand targets, as one program watches them and one browser shows them.

use std::time::Duration;

use allswell_testkit::browser::Browser;

use crate::post::Post;

/// What the page may weigh, and how long the server may take for it.
const BYTES: u64 = 300_000;
const TOOK: Duration = Duration::from_millis(200);

#[test]
fn ten_thousand_targets_are_a_page_within_its_budget() {
    let Some(browser) = Browser::start() else { return };
    let post = Post::of_many(10_000);
    for path in ["/", "/?open=site%2F000"] {
        browser.open(&post.url(path));
        browser.until("all of them", |browser| browser.text("#counts").contains("10,000 up"));
        let figures = "const [page] = performance.getEntriesByType('navigation'); return [page.responseEnd - page.requestStart, page.decodedBodySize];";
        let mut best = f64::INFINITY;
        let mut size = 0;
        // The machine may be busy with something else: the server is as fast as it is at its best.
        for _ in 0..10 {
            browser.open(&post.url(path));
            let told = browser.run(figures, &[]);
            best = best.min(told[0].as_f64().unwrap());
            size = size.max(told[1].as_f64().unwrap() as u64);
        }
        println!("{path}: {size} bytes in {best:.1} ms at its best");
        assert!(size <= BYTES, "{path} has {size} bytes");
        assert!(best <= TOOK.as_secs_f64() * 1e3, "{path} took {best} ms");
    }
    browser.open(&post.url("/"));
    browser.click("[data-group='site/007'] summary");
    browser.until("the group's first targets", |browser| browser.count("[data-group='site/007'] .row") == 50);
    assert!(browser.address().contains("open=site%2F007"), "{}", browser.address());
    browser.picture("ten-thousand");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

use std::path::Path;

use super::*;
use crate::server::Server;
use crate::server::site::Answer;

const PAGE: &str = r#"<!doctype html><title>t</title><link rel="icon" href="data:,"><p id="p">before</p><input id="i">
    <button onclick="document.getElementById('p').textContent = document.getElementById('i').value">b</button>
    <style>@media (prefers-color-scheme: dark) { p { color: rgb(1, 2, 3) } }</style>"#;

fn page() -> Server {
    Server::http(|asked| match asked.target.as_str() {
        "/" => Answer::ok(PAGE).with("content-type", "text/html").with("content-security-policy", "img-src data:"),
        _ => Answer::status(404),
    })
}

#[test]
fn it_does_what_people_do() {
    let Some(browser) = Browser::start() else { return };
    let page = page();
    browser.open(&page.url("http"));
    assert_eq!((browser.title().as_str(), browser.text("#p").as_str(), browser.count("p")), ("t", "before", 1));
    browser.write("#i", "after");
    browser.press(Key::Tab);
    browser.press(Key::Enter);
    browser.until("the button's work", |browser| browser.text("#p") == "after");
    browser.resize(360, 640);
    assert_eq!(browser.run("return [innerWidth, innerHeight]", &[]), json!([360, 640]));
    browser.dark();
    assert_eq!(browser.run("return getComputedStyle(document.getElementById('p')).color", &[]), "rgb(1, 2, 3)");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn what_a_page_does_wrong_is_told() {
    let Some(browser) = Browser::start() else { return };
    let page = page();
    browser.open(&page.url("http"));
    let wrong =
        "setTimeout(() => { throw new Error('a bug') }); fetch('/nothing'); fetch('http://elsewhere.example/'); new Image().src = '/x'";
    let _ = browser.run(wrong, &[]);
    let mut heard = String::new();
    browser.until("four complaints", |browser| {
        heard.extend(browser.complaints());
        ["a bug", "404", "ERR_NAME_NOT_RESOLVED", "Content Security Policy"].iter().all(|complaint| heard.contains(complaint))
    });
}

#[test]
fn nothing_of_it_is_left() {
    let Some(browser) = Browser::start() else { return };
    let home = browser._driver.home().to_owned();
    assert!(lives_in(&home) > 2, "chromedriver and chromium");
    drop(browser);
    let deadline = Instant::now() + PATIENCE;
    while lives_in(&home) > 0 {
        assert!(Instant::now() < deadline, "{} processes are left", lives_in(&home));
        std::thread::park_timeout(Duration::from_millis(20));
    }
    assert!(!home.exists());
}

/// How many processes have this folder as their home.
fn lives_in(home: &Path) -> usize {
    let home = format!("HOME={}", home.display());
    let processes = fs::read_dir("/proc").unwrap().filter_map(|entry| fs::read(entry.ok()?.path().join("environ")).ok());
    processes.filter(|variables| variables.split(|byte| *byte == 0).any(|variable| variable == home.as_bytes())).count()
}

//! Every page for everybody: both themes, on a desk and on a phone, by keyboard and by ear.

use allswell_testkit::browser::Browser;
use allswell_testkit::server::Server;
use allswell_testkit::server::site::Answer;

use crate::access::{announced, hold, unreached, watch_announcements, wrongs};
use crate::post::Post;

const DESK: (u32, u32) = (1280, 900);
const PHONE: (u32, u32) = (360, 640);

/// Every kind of page, and what stands there once it is whole.
fn pages(post: &Post) -> [(&'static str, String, &'static str); 8] {
    [
        ("overview", post.url("/"), ".groups .row"),
        ("problems", post.url("/?status=down,unknown"), "main .row"),
        ("none", post.url("/?q=nobody"), "main .none"),
        ("up", post.url("/targets/prod%2Fdb%2Fdb2?span=24h"), ".chart"),
        ("down", post.url("/targets/edge%2Fgone"), ".beside, .chart"),
        ("unknown", post.url("/targets/edge%2Ffar"), ".chart"),
        ("error", post.url("/nothing"), "main"),
        ("refused", post.url("/?status=dwon"), "main"),
    ]
}

#[test]
fn everybody_can_read_and_use_every_page() {
    let Some(browser) = Browser::start() else { return };
    let post = Post::with_one_unknown();
    let mut wrong = Vec::new();
    for (width, height) in [DESK, PHONE] {
        browser.resize(width, height);
        for dark in [false, true] {
            if dark {
                browser.dark();
            } else {
                browser.light();
            }
            for (name, url, whole) in pages(&post) {
                browser.open(&url);
                browser.until(name, |browser| browser.count(whole) > 0);
                open_all(&browser);
                let theme = if dark { "dark" } else { "light" };
                wrong.extend(wrongs(&browser, width < 500).into_iter().map(|wrong| format!("{name}, {width}, {theme}: {wrong}")));
                browser.picture(&format!("{name}-{width}-{theme}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// What is folded away is looked at as well.
fn open_all(browser: &Browser) {
    let _ = browser.run("document.querySelectorAll('details').forEach((details) => { details.open = true; })", &[]);
}

#[test]
fn the_keyboard_reaches_everything_in_its_order() {
    let Some(browser) = Browser::start() else { return };
    let post = Post::with_one_unknown();
    for (width, height) in [DESK, PHONE] {
        browser.resize(width, height);
        for (name, url, whole) in pages(&post) {
            browser.open(&url);
            browser.until(name, |browser| browser.count(whole) > 0);
            // What comes and goes while the keyboard is on its way is another test's.
            hold(&browser);
            let wrong = unreached(&browser);
            assert!(wrong.is_empty(), "{name} at {width}:\n{}", wrong.join("\n"));
        }
    }
}

#[test]
fn only_news_are_announced() {
    let Some(browser) = Browser::start() else { return };
    let mut post = Post::new();
    for (path, calm, news) in [("/", "1 down · ", "2 down, 2 up"), ("/targets/prod%2Fdb%2Fdb1", "up: db1 · 1 down · ", "db1 is down")] {
        post.raise_db1();
        browser.open(&post.url(path));
        browser.until("that db1 is up", |browser| browser.title().starts_with(calm));
        watch_announcements(&browser);
        for _ in 0..3 {
            let before = browser.text("#as-of");
            browser.until("the next refresh", |browser| browser.text("#as-of") != before);
        }
        assert_eq!(announced(&browser), Vec::<String>::new(), "nothing happened at {path}");
        post.db1 = None;
        browser.until("the news", |browser| announced(browser).iter().any(|said| said == news));
        assert_eq!(announced(&browser).iter().filter(|said| said.as_str() == news).count(), 1, "it is said once");
    }
}

/// A page on which all is as it should be, with this in its middle.
fn page_with(middle: &str) -> String {
    format!(
        "<!doctype html><html lang='en'><head><title>t</title><link rel='icon' href='data:,'>
        <style>body {{ font: 16px sans-serif; color: #111; background: #fff }} :focus-visible {{ outline: 2px solid #00f }}
        .off {{ position: absolute; clip-path: inset(50%) }}</style></head>
        <body><header><h1>One</h1></header><main>{middle}</main></body></html>"
    )
}

/// Each breaks one rule, by the rule's name.
const BROKEN: [(&str, &str); 30] = [
    ("contrast", "<p style='color: #999'>pale</p>"),
    ("contrast", "<p style='opacity: 0.5'>faded</p>"),
    ("contrast", "<p style='background: #333'><span style='color: #444; background: rgba(255, 255, 255, 0.1)'>dim</span></p>"),
    ("contrast", "<svg aria-hidden='true' width='50' height='20'><text y='15' fill='#aaa'>label</text></svg>"),
    ("graphics", "<svg aria-hidden='true'><rect width='20' height='20' fill='#ddd'/></svg>"),
    ("graphics", "<svg aria-hidden='true'><path d='M0 0h20' stroke='#eee' fill='none'/></svg>"),
    ("graphics", "<label>a <input style='border: 1px solid #eee; background: #fff; min-height: 24px'></label>"),
    ("duplicate id", "<p id='a'>a</p><p id='a'>b</p>"),
    ("dangling", "<section aria-labelledby='nobody'><p>a</p></section>"),
    ("headings", "<h3>Three</h3>"),
    ("headings", "<h1>Another</h1>"),
    ("headings", "<h2></h2>"),
    ("landmarks", "</main><main><p>second</p>"),
    ("landmarks", "</main><div>outside</div><main>"),
    ("landmarks", "<nav><a href='#a' style='display: block; min-height: 24px'>a</a></nav><nav><p>b</p></nav>"),
    ("picture", "<svg width='20' height='20'></svg>"),
    ("picture", "<img src='data:,'>"),
    ("table", "<table><tr><th scope='col'>a</th></tr></table>"),
    ("table", "<table><caption>c</caption><tr><td>a</td></tr></table>"),
    ("table", "<table><caption>c</caption><tr><th scope='col'>a</th><th>b</th></tr></table>"),
    ("babble", "<p role='status'>since <time>3 s</time></p>"),
    ("list", "<ul><p>no item</p></ul>"),
    ("focus order", "<button tabindex='3' style='min-height: 24px; border: 1px solid #000'>first</button>"),
    ("colour alone", "<p>Read <a href='#a' style='text-decoration: none'>this</a> first.</p>"),
    (
        "target size",
        "<button style='width: 10px; height: 10px; border: 1px solid #000; padding: 0' aria-label='a'></button><button style='width: 10px; height: 10px; border: 1px solid #000; padding: 0' aria-label='b'></button>",
    ),
    ("overflow", "<div style='width: 3000px'>wide</div>"),
    ("keyboard", "<div style='overflow-x: auto; width: 100px'><div style='width: 300px'>wide</div></div>"),
    ("name", "<button style='width: 30px; height: 30px; border: 1px solid #000'></button>"),
    ("name", "<input style='border: 1px solid #000; min-height: 24px'>"),
    ("role", "<div tabindex='0' aria-label='what?' style='min-height: 24px'>a</div>"),
];

#[test]
fn the_checker_finds_what_it_looks_for() {
    let Some(browser) = Browser::start() else { return };
    let server = Server::http(|asked| {
        let number: usize = asked.target.trim_start_matches('/').parse().unwrap_or(usize::MAX);
        let middle = BROKEN.get(number).map_or("<h2>Two</h2><p>All is well, <a href='#a'>see</a>.</p>", |(_, middle)| middle);
        Answer::ok(page_with(middle)).with("content-type", "text/html; charset=utf-8")
    });
    browser.open(&server.url("http"));
    assert_eq!(wrongs(&browser, true), Vec::<String>::new(), "nothing is wrong with this one");
    assert_eq!(unreached(&browser), Vec::<String>::new());
    for (number, (rule, middle)) in BROKEN.iter().enumerate() {
        browser.open(&format!("http://{}/{number}", server.address()));
        let found = wrongs(&browser, false);
        assert!(found.iter().any(|wrong| wrong.starts_with(&format!("{rule}: "))), "{rule} was not found in {middle}: {found:?}");
    }
}

/// Each keeps the keyboard from something.
const UNREACHABLE: [(&str, &str); 4] = [
    ("has no ring around it", "<button style='outline: none'>a</button>"),
    ("is not seen where it is", "<button style='position: absolute; left: -900px'>a</button>"),
    (
        "is never reached",
        "<button onfocus='this.nextElementSibling.nextElementSibling.focus()'>a</button><button>b</button><button>c</button>",
    ),
    ("comes after what stands behind it", "<button>a</button><button tabindex='1'>b</button>"),
];

#[test]
fn the_checker_finds_what_the_keyboard_does_not() {
    let Some(browser) = Browser::start() else { return };
    let server = Server::http(|asked| {
        let number: usize = asked.target.trim_start_matches('/').parse().unwrap_or(0);
        Answer::ok(page_with(UNREACHABLE.get(number).map_or("", |(_, middle)| middle))).with("content-type", "text/html; charset=utf-8")
    });
    for (number, (wrong, middle)) in UNREACHABLE.iter().enumerate() {
        browser.open(&format!("http://{}/{number}", server.address()));
        let found = unreached(&browser);
        assert!(found.iter().any(|found| found.ends_with(wrong)), "{wrong:?} was not found in {middle}: {found:?}");
    }
}

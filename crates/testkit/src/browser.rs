//! A real browser for tests: Debian's chromedriver with a headless chromium, told what to do by WebDriver.
//!
//! Whatever a command finds wrong ends the test with the driver's own words.

#![expect(clippy::panic, reason = "a browser that does not obey fails its test")]

mod driver;
mod key;
mod session;
mod wire;

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use std::{env, fs};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use driver::{Driver, Missing};
pub use key::Key;
use session::Session;

/// A browser is slow where several want the machine at once; a test that waits longer than this is wrong.
const PATIENCE: Duration = Duration::from_secs(15);

/// A folder: pictures are put there when it is set.
const PICTURES: &str = "ALLSWELL_SCREENSHOTS";

/// One at a time in a process: each takes a core and 300 MB.
static TURN: Mutex<()> = Mutex::new(());

/// A browser with one window. It ends, with everything it started, when it is dropped.
#[derive(Debug)]
pub struct Browser {
    session: Session,
    // After the session, so that the browser is told to end before its driver is.
    _driver: Driver,
    _turn: MutexGuard<'static, ()>,
}

impl Browser {
    /// A fresh browser; `None`, with the reason said, on a machine that has none. With `CI=true` that fails the test.
    ///
    /// # Panics
    /// When there is one, and it does not start.
    #[must_use]
    pub fn start() -> Option<Self> {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let driver = match Driver::start() {
            Ok(driver) => driver,
            Err(Missing(what)) => {
                skip(&what);
                return None;
            }
        };
        let session = Session::begin(&driver).unwrap_or_else(|why| panic!("the browser does not start: {why}\n{}", driver.said()));
        Some(Self { session, _driver: driver, _turn: turn })
    }

    /// Goes to an address and waits until the page is loaded.
    pub fn open(&self, url: &str) {
        self.session.post("url", &json!({ "url": url }));
    }

    /// Goes to an address in a tab of its own, which is looked at from then on; the others are hidden.
    pub fn open_beside(&self, url: &str) {
        let tab = self.session.post("window/new", &json!({ "type": "tab" }));
        self.session.post("window", &json!({ "handle": tab.get("handle") }));
        self.open(url);
    }

    /// As the button does.
    pub fn back(&self) {
        self.session.post("back", &json!({}));
    }

    /// Where it is.
    #[must_use]
    pub fn address(&self) -> String {
        word(&self.session.get("url"))
    }

    /// What stands in the tab.
    #[must_use]
    pub fn title(&self) -> String {
        word(&self.session.get("title"))
    }

    /// The text of the first element that fits, as people see it; empty where there is none.
    #[must_use]
    pub fn text(&self, css: &str) -> String {
        word(&self.run("const found = document.querySelector(arguments[0]); return found ? found.innerText.trim() : '';", &[css.into()]))
    }

    /// How many elements fit.
    #[must_use]
    pub fn count(&self, css: &str) -> usize {
        let count = self.run("return document.querySelectorAll(arguments[0]).length;", &[css.into()]);
        count.as_u64().and_then(|count| usize::try_from(count).ok()).unwrap_or(0)
    }

    /// Clicks on the first element that fits, once it can be clicked on.
    pub fn click(&self, css: &str) {
        self.until_done(&format!("a click on {css}"), || self.session.act(css, "click", &json!({})));
    }

    /// Types into the first element that fits.
    pub fn write(&self, css: &str, text: &str) {
        self.until_done(&format!("typing into {css}"), || self.session.act(css, "value", &json!({ "text": text })));
    }

    /// Presses a key, and lets it go.
    pub fn press(&self, key: Key) {
        let key = key.code();
        let strokes = json!([{ "type": "keyDown", "value": key }, { "type": "keyUp", "value": key }]);
        self.session.post("actions", &json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": strokes }] }));
    }

    /// Runs the body of a function in the page, and gives what it returns. The page's own rules for scripts do not apply to it.
    #[must_use]
    pub fn run(&self, script: &str, arguments: &[Value]) -> Value {
        self.session.post("execute/sync", &json!({ "script": script, "args": arguments }))
    }

    /// The size of what is seen of a page, in CSS pixels. A window cannot be as narrow as a phone; this can.
    pub fn resize(&self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.session.devtools("Emulation.setDeviceMetricsOverride", &size);
    }

    /// As if people had asked for dark colours.
    pub fn dark(&self) {
        self.prefer("dark");
    }

    /// As if people had asked for light colours, which is how it begins.
    pub fn light(&self) {
        self.prefer("light");
    }

    fn prefer(&self, colours: &str) {
        let features = json!([{ "name": "prefers-color-scheme", "value": colours }]);
        self.session.devtools("Emulation.setEmulatedMedia", &json!({ "features": features }));
    }

    /// Whether pages may run their scripts, from the next one on. [`Browser::run`] does so all the same.
    pub fn scripts(&self, run: bool) {
        self.session.devtools("Emulation.setScriptExecutionDisabled", &json!({ "value": !run }));
    }

    /// Moves the pointer over the first element that fits, so far from its left edge as this share of its width.
    pub fn point(&self, css: &str, share: f64) {
        let place = "const box = document.querySelector(arguments[0]).getBoundingClientRect();
            return [Math.round(box.left + box.width * arguments[1]), Math.round(box.top + box.height / 2)];";
        let place = self.run(place, &[css.into(), share.into()]);
        let moves = json!([{ "type": "pointerMove", "x": place.get(0), "y": place.get(1), "duration": 0 }]);
        self.session.post("actions", &json!({ "actions": [{ "type": "pointer", "id": "mouse", "actions": moves }] }));
    }

    /// Role and name, as the browser tells them to a screen reader, of each element that fits and is shown; before them what it is.
    #[must_use]
    pub fn names(&self, css: &str) -> Vec<(String, String, String)> {
        let shown = "return [...document.querySelectorAll(arguments[0])].filter((node) => node.checkVisibility()).map((node) => [node, node.outerHTML.slice(0, 80)]);";
        let found = self.run(shown, &[css.into()]);
        let told = |pair: &Value| {
            let (role, label) = self.session.told(pair.get(0)?)?;
            Some((pair.get(1).map(word).unwrap_or_default(), role, label))
        };
        found.as_array().map(|pairs| pairs.iter().filter_map(told).collect()).unwrap_or_default()
    }

    /// What the browser complained of since it was last asked: errors of scripts, of loading, and of what a page may do.
    #[must_use]
    pub fn complaints(&self) -> Vec<String> {
        let log = self.session.post("se/log", &json!({ "type": "browser" }));
        let entries = log.as_array().map(Vec::as_slice).unwrap_or_default();
        let serious = entries.iter().filter(|entry| matches!(entry.get("level").and_then(Value::as_str), Some("SEVERE" | "WARNING")));
        serious.map(|entry| entry.get("message").map(word).unwrap_or_default()).collect()
    }

    /// Puts a picture of what is seen into the folder that `ALLSWELL_SCREENSHOTS` names, where it is set.
    pub fn picture(&self, name: &str) {
        let Some(folder) = env::var_os(PICTURES).map(PathBuf::from) else { return };
        let picture = STANDARD.decode(word(&self.session.get("screenshot"))).unwrap_or_default();
        let kept = fs::create_dir_all(&folder).and_then(|()| fs::write(folder.join(format!("{name}.png")), picture));
        kept.unwrap_or_else(|error| panic!("no picture in {}: {error}", folder.display()));
    }

    /// Waits until it is so.
    pub fn until(&self, what: &str, mut is_so: impl FnMut(&Self) -> bool) {
        self.until_done(what, || if is_so(self) { Ok(()) } else { Err(self.text("body")) });
    }

    fn until_done(&self, what: &str, mut attempt: impl FnMut() -> Result<(), String>) {
        let deadline = Instant::now() + PATIENCE;
        while let Err(why) = attempt() {
            if Instant::now() > deadline {
                self.picture("failed");
                panic!("{what} did not come about at {}: {why}\n{:?}", self.address(), self.complaints());
            }
            std::thread::park_timeout(Duration::from_millis(20));
        }
    }
}

fn word(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[expect(clippy::print_stdout, reason = "a skip is said")]
fn skip(what: &str) {
    println!("skipped, because this machine has no {what}: apt-get install chromium-driver");
    assert!(env::var("CI").as_deref() != Ok("true"), "a test may not be skipped with CI=true: there is no {what}");
}

#[cfg(test)]
mod tests;

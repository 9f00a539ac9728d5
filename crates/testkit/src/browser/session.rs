//! One session of WebDriver: a browser that was started for it, and ends with it.

#![expect(clippy::panic, reason = "a browser that does not obey fails its test")]

use std::net::SocketAddr;

use serde_json::{Value, json};

use super::driver::Driver;
use super::wire;

/// By this name WebDriver hands out elements (W3C WebDriver, section 12).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Tests run as root, and where little memory is shared; no packet leaves the machine, nothing is asked for or fetched unbidden.
const FLAGS: [&str; 14] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-breakpad",
    "--disable-crash-reporter",
    "--disable-features=MediaRouter,DialMediaRouteProvider,OptimizationHints",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--window-size=1280,900",
];

#[derive(Debug)]
pub(super) struct Session {
    driver: SocketAddr,
    path: String,
}

impl Session {
    pub(super) fn begin(driver: &Driver) -> Result<Self, String> {
        let mut flags: Vec<String> = FLAGS.map(str::to_owned).into();
        flags.push(format!("--user-data-dir={}", driver.home().join("profile").display()));
        let options = json!({ "binary": driver.program, "args": flags });
        let wanted = json!({ "browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": { "browser": "ALL" } });
        let begun = wire::ask(driver.address, "POST", "/session", Some(&json!({ "capabilities": { "alwaysMatch": wanted } })))?;
        let id = begun.get("sessionId").and_then(Value::as_str).ok_or("the driver gave no session")?;
        Ok(Self { driver: driver.address, path: format!("/session/{id}") })
    }

    pub(super) fn get(&self, what: &str) -> Value {
        self.ask("GET", what, None).unwrap_or_else(|why| panic!("{why}"))
    }

    pub(super) fn post(&self, what: &str, body: &Value) -> Value {
        self.ask("POST", what, Some(body)).unwrap_or_else(|why| panic!("{why}"))
    }

    /// What WebDriver has no word for, in the browser's own protocol.
    pub(super) fn devtools(&self, command: &str, parameters: &Value) {
        self.post("goog/cdp/execute", &json!({ "cmd": command, "params": parameters }));
    }

    /// Does something to the first element that fits. It may not be there yet, be covered, or have just been replaced.
    pub(super) fn act(&self, css: &str, what: &str, body: &Value) -> Result<(), String> {
        let found = self.ask("POST", "element", Some(&json!({ "using": "css selector", "value": css })))?;
        let id = found.get(ELEMENT).and_then(Value::as_str).ok_or("no element was given")?;
        self.ask("POST", &format!("element/{id}/{what}"), Some(body)).map(drop)
    }

    /// An element's computed role and label (W3C WebDriver, sections 12.4.9 and 12.4.10); `None` when it is gone by now.
    pub(super) fn told(&self, element: &Value) -> Option<(String, String)> {
        let id = element.get(ELEMENT)?.as_str()?;
        let text = |what: &str| Some(self.ask("GET", &format!("element/{id}/{what}"), None).ok()?.as_str()?.to_owned());
        Some((text("computedrole")?, text("computedlabel")?))
    }

    fn ask(&self, method: &str, what: &str, body: Option<&Value>) -> Result<Value, String> {
        wire::ask(self.driver, method, &format!("{}/{what}", self.path), body)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // The browser ends in order; where it does not, the driver's end takes it along.
        let _ = wire::ask(self.driver, "DELETE", &self.path, None);
    }
}

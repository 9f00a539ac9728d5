//! The program's pages, asked over a plain connection.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use serde_json::Value;

use crate::program::{PATIENCE, Program, until};

/// Where the pages are.
pub(crate) struct Page(SocketAddr);

impl Page {
    /// As the program says where its page is.
    pub(crate) fn of(program: &Program) -> Self {
        let mut found = None;
        until("the page", || {
            let said = program.said();
            let line = said.lines().find(|line| line.contains("Page:")).ok_or(said.clone())?;
            found = Some(line.rsplit("http://").next().unwrap().trim_end_matches('/').parse().unwrap());
            Ok(())
        });
        Self(found.unwrap())
    }

    fn ask(&self, request: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(self.0).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }

    pub(crate) fn get(&self, path: &str) -> String {
        self.ask(&format!("GET {path} HTTP/1.0\r\nHost: {}\r\n\r\n", self.0)).1
    }

    pub(crate) fn json(&self, path: &str) -> Value {
        serde_json::from_str(&self.get(path)).unwrap()
    }

    /// Asks for a reload: the status, and what was said.
    pub(crate) fn reload(&self) -> (u16, String) {
        let head =
            format!("POST /api/v1/reload HTTP/1.0\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n", self.0);
        self.ask(&format!("{head}{{}}"))
    }

    /// The ids of all targets.
    pub(crate) fn ids(&self) -> BTreeSet<String> {
        let page = self.json("/api/v1/targets?limit=1000");
        page["targets"].as_array().unwrap().iter().map(|target| target["id"].as_str().unwrap().to_owned()).collect()
    }

    pub(crate) fn target(&self, id: &str) -> Value {
        self.json(&format!("/api/v1/targets/{}", id.replace('/', "%2F")))
    }

    /// All events, the oldest first.
    pub(crate) fn events(&self) -> Vec<Value> {
        let (mut events, mut after) = (Vec::new(), String::new());
        loop {
            let mut page = self.json(&format!("/api/v1/events?limit=1000&after={after}"));
            events.append(page["events"].as_array_mut().unwrap());
            after = page["next"].as_str().unwrap().to_owned();
            if page["more"] != true {
                return events;
            }
        }
    }

    /// Every sample of the metrics, by its name and labels.
    pub(crate) fn metrics(&self) -> BTreeMap<String, f64> {
        let text = self.get("/metrics");
        let samples = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        samples.map(|line| line.rsplit_once(' ').unwrap()).map(|(series, value)| (series.to_owned(), value.parse().unwrap())).collect()
    }
}

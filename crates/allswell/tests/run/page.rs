//! The program's pages, asked over a plain connection.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use crate::program::Program;

const PATIENCE: Duration = Duration::from_secs(10);

/// Where the pages are.
pub(crate) struct Page(SocketAddr);

impl Page {
    /// As the program says where its page is.
    pub(crate) fn of(program: &Program) -> Self {
        let line = program.until_it_says("Page:");
        let address = line.rsplit("http://").next().unwrap().trim_end_matches('/');
        Self(address.parse().unwrap_or_else(|_| panic!("no address in {line:?}")))
    }

    /// The body of a page.
    pub(crate) fn get(&self, path: &str) -> String {
        self.ask("GET", path, "").1
    }

    /// What a program sends to the API, and what it hears: the status and the body.
    pub(crate) fn ask(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(self.0).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let of_body =
            if method == "GET" { String::new() } else { format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len()) };
        write!(stream, "{method} {path} HTTP/1.0\r\nHost: {}\r\n{of_body}\r\n{body}", self.0).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        let status = text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
        (status, text.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default())
    }

    /// Asks until the answer is as wanted.
    pub(crate) fn until(&self, path: &str, what: &str, wanted: impl Fn(&str) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let text = self.get(path);
            if wanted(&text) {
                return;
            }
            assert!(Instant::now() < deadline, "{what} did not come about: {text}");
            std::thread::park_timeout(Duration::from_millis(20));
        }
    }
}

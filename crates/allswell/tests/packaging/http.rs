//! Asking over a plain connection, as often as it takes.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// Each single question.
const PATIENCE: Duration = Duration::from_secs(10);

/// Whom to ask, and with which token.
pub(crate) struct Site {
    pub(crate) address: SocketAddr,
    pub(crate) token: Option<String>,
}

impl Site {
    /// The status and the body; 0 while nobody listens.
    pub(crate) fn get(&self, path: &str) -> (u16, String) {
        let Ok(mut stream) = TcpStream::connect(self.address) else { return (0, "nobody listens".into()) };
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let token = self.token.as_ref().map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
        write!(stream, "GET {path} HTTP/1.0\r\nHost: {}\r\n{token}\r\n", self.address).unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        (head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0), body.to_owned())
    }

    /// Asks until the answer is as wanted.
    pub(crate) fn until(&self, path: &str, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            let (status, text) = self.get(path);
            if status == 200 && wanted(&text) {
                return text;
            }
            assert!(Instant::now() < deadline, "{what} did not come about: {status} {text}");
            std::thread::park_timeout(Duration::from_millis(50));
        }
    }
}

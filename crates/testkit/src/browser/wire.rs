//! WebDriver's wire: one HTTP/1.1 request with JSON for each command.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// The longest command starts a browser on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Sends a command and gives the `value` of its answer; the error is the driver's own, or that of the connection.
pub(super) fn ask(driver: SocketAddr, method: &str, path: &str, body: Option<&Value>) -> Result<Value, String> {
    let body = body.map(Value::to_string).unwrap_or_default();
    let answer = exchange(driver, &format!("{method} {path}"), &body).map_err(|error| format!("{method} {path}: {error}"))?;
    let answer: Value = serde_json::from_slice(&answer).map_err(|error| format!("{method} {path}: {error}"))?;
    let value = answer.get("value").cloned().unwrap_or_default();
    match (value.get("error").and_then(Value::as_str), value.get("message").and_then(Value::as_str)) {
        (Some(error), message) => Err(format!("{method} {path}: {error}: {}", message.unwrap_or_default())),
        (None, _) => Ok(value),
    }
}

fn exchange(driver: SocketAddr, command: &str, body: &str) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(driver)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let length = body.len();
    let kind = "application/json; charset=utf-8";
    write!(stream, "{command} HTTP/1.1\r\nHost: {driver}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n{body}")?;
    let mut reader = BufReader::new(stream);
    let mut answer = vec![0; length_of_body(&mut reader)?];
    reader.read_exact(&mut answer)?;
    Ok(answer)
}

/// Reads the head. The driver keeps its connections open and always says how long a body is.
fn length_of_body(reader: &mut impl BufRead) -> std::io::Result<usize> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line.trim_end().is_empty() {
            return Ok(length);
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().map_err(std::io::Error::other)?;
        }
    }
}

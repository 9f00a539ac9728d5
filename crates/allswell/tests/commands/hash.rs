//! `allswell hash`, by a pipe and by a terminal.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use allswell_web::{Secret, hash_token};
use rustix::process::Signal;

use crate::program::Program;
use crate::{allswell, stderr, stdout};

/// What is piped in; it must not come back out.
const SECRET: &str = "correct horse battery";

fn piped(arguments: &[&str], input: &[u8]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let mut command = allswell(folder.path());
    command.arg("hash").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // One that refuses its arguments ends before it reads.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

/// The hash in an entry, by the key before it.
fn secret_of<'a>(entry: &'a str, key: &str) -> &'a str {
    let (_, rest) = entry.split_once(&format!("{key}: \"")).unwrap_or_else(|| panic!("no {key} in {entry}"));
    rest.split('"').next().unwrap()
}

#[test]
fn a_password_from_a_pipe_becomes_an_entry() {
    for input in [SECRET.to_owned(), format!("{SECRET}\n"), format!("{SECRET}\r\n")] {
        let output = piped(&["--name", "anna", "--role", "operator"], input.as_bytes());
        let entry = stdout(&output);
        assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""), "{entry}");
        assert!(entry.starts_with("- { name: \"anna\", role: operator, password: \"$argon2id$") && entry.ends_with("\" }\n"), "{entry}");
        assert!(Secret::password(secret_of(&entry, "password")).is_ok(), "{entry}");
        assert!(!entry.contains(SECRET));
    }
    let again = stdout(&piped(&[], SECRET.as_bytes()));
    assert_ne!(again, stdout(&piped(&[], SECRET.as_bytes())), "each has its own salt");
    assert!(again.starts_with("- { name: \"me\", role: viewer, "), "{again}");
}

#[test]
fn a_token_is_shown_once_apart_from_its_entry() {
    let output = piped(&["--token", "--name", "prometheus"], b"");
    let (entry, said) = (stdout(&output), stderr(&output));
    let token = said.trim().rsplit(' ').next().unwrap();
    assert!(token.len() == 64 && token.chars().all(|digit| digit.is_ascii_hexdigit()), "256 bits: {said}");
    assert_eq!(secret_of(&entry, "token"), hash_token(token));
    assert!(Secret::token(secret_of(&entry, "token")).is_ok());
    assert!(!entry.contains(token), "the entry may be kept: {entry}");
}

#[test]
fn what_cannot_be_a_password_is_refused_without_being_repeated() {
    for (input, why) in [
        (b"".to_vec(), "the password is empty"),
        (b"\n".to_vec(), "the password is empty"),
        (format!("{SECRET}\nmore\n").into_bytes(), "more than one line"),
        (vec![b'x'; 5000], "longer than 4096 bytes"),
        (vec![b'a', 0xff, b'b'], "not UTF-8"),
    ] {
        let output = piped(&[], &input);
        assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(64), ""), "{why}");
        assert!(stderr(&output).contains(why) && !stderr(&output).contains(SECRET), "{}", stderr(&output));
    }
    for arguments in [&[SECRET][..], &["--name", "anna", "--token", SECRET], &["--name", SECRET]] {
        let output = piped(arguments, b"");
        assert_eq!((output.status.code(), output.stdout.len()), (Some(64), 0));
        assert!(!stderr(&output).contains(SECRET), "{}", stderr(&output));
    }
    assert!(stderr(&piped(&[SECRET], b"")).contains("change it"));
    assert!(stderr(&piped(&[], b"short")).contains("soon guessed"));
}

/// The status of a request with these credentials.
fn status(address: SocketAddr, credentials: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    write!(stream, "GET /api/v1/targets HTTP/1.0\r\nHost: {address}\r\n{credentials}\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split(' ').nth(1).unwrap_or_default().to_owned()
}

#[test]
fn an_entry_opens_the_page_of_a_program() {
    let folder = tempfile::tempdir().unwrap();
    let password = stdout(&piped(&["--name", "anna"], SECRET.as_bytes()));
    let made = piped(&["--name", "prometheus", "--token"], b"");
    let said = stderr(&made);
    let token = said.trim().rsplit(' ').next().unwrap();
    let text = format!("listen: 127.0.0.1:0\nstore: h\naccess:\n  {password}  {}", stdout(&made));
    std::fs::write(folder.path().join("allswell.yaml"), text).unwrap();
    let mut program = Program::start(folder.path(), &["run"]);
    let line = program.until_it_says("Page:");
    let address: SocketAddr = line.rsplit("http://").next().unwrap().trim_end_matches('/').parse().unwrap();
    // anna:correct horse battery
    let basic = "Authorization: Basic YW5uYTpjb3JyZWN0IGhvcnNlIGJhdHRlcnk=\r\n";
    assert_eq!(status(address, basic), "200");
    assert_eq!(status(address, &format!("Authorization: Bearer {token}\r\n")), "200");
    assert_eq!(status(address, ""), "401");
    assert_eq!(status(address, &format!("Authorization: Bearer {}\r\n", token.replace('a', "b"))), "401");
    assert_eq!(status(address, "Authorization: Basic YW5uYTp3cm9uZw==\r\n"), "401");
    program.end(Signal::TERM);
}

/// A terminal by `script(1)`: what it shows, and keys for it.
struct Terminal {
    child: std::process::Child,
    shown: String,
}

impl Terminal {
    fn start() -> Self {
        let line = format!("{} hash --name anna", env!("CARGO_BIN_EXE_allswell"));
        let mut command = Command::new("script");
        command.args(["-q", "-f", "-e", "-c", &line, "/dev/null"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        Self { child: command.spawn().unwrap(), shown: String::new() }
    }

    /// Waits for a prompt, which ends as the program does at the latest, and types.
    fn answer(&mut self, prompt: &str, keys: &str) {
        let mut byte = [0];
        while !self.shown.ends_with(prompt) {
            assert_eq!(self.child.stdout.as_mut().unwrap().read(&mut byte).unwrap(), 1, "it ended: {}", self.shown);
            self.shown.push(char::from(byte[0]));
        }
        self.child.stdin.as_mut().unwrap().write_all(keys.as_bytes()).unwrap();
    }

    fn end(mut self) -> (Option<i32>, String) {
        let mut rest = Vec::new();
        self.child.stdout.take().unwrap().read_to_end(&mut rest).unwrap();
        let status = self.child.wait().unwrap();
        (status.code(), self.shown + &String::from_utf8_lossy(&rest))
    }
}

#[test]
fn a_terminal_does_not_show_what_is_typed() {
    let mut terminal = Terminal::start();
    terminal.answer("Password: ", "corect\u{15}correct horse battery\r");
    terminal.answer("Once more: ", "correct horse batteryx\u{7f}\r");
    let (code, shown) = terminal.end();
    assert_eq!(code, Some(0), "{shown}");
    assert!(shown.contains("password: \"$argon2id$") && !shown.contains("horse"), "{shown}");
}

#[test]
fn a_terminal_tells_a_slip_and_heeds_an_interrupt() {
    let mut terminal = Terminal::start();
    terminal.answer("Password: ", "correct horse battery\r");
    terminal.answer("Once more: ", "another\r");
    let (code, shown) = terminal.end();
    assert_eq!((code, shown.contains("the two differ"), shown.contains("horse")), (Some(64), true, false), "{shown}");
    let mut terminal = Terminal::start();
    terminal.answer("Password: ", "corr\u{3}");
    let (code, shown) = terminal.end();
    assert_eq!((code, shown.contains("argon2id"), shown.contains("corr")), (Some(130), false, false), "{shown}");
}

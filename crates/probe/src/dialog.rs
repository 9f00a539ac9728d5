//! A dialog over a byte stream: send, expect, send, expect, each step numbered in the reason.

use std::time::Instant;

use allswell_model::{DownCause, Stage};
use regex::bytes::Regex;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::attempt::Attempt;
use crate::failure::Failure;
use allswell_model::quantity::spoken;
use allswell_model::settings::{Mistake, Raw};

/// What a peer may say before an expectation is met; a dialog is no download.
const READ_LIMIT: usize = 64 * 1024;

/// Steps in order; may be empty.
#[derive(Debug, Default)]
pub(crate) struct Dialog(Vec<Step>);

#[derive(Debug)]
struct Step {
    send: Option<Vec<u8>>,
    expect: Option<Expected>,
}

#[derive(Debug)]
enum Expected {
    Regex(Regex),
    Bytes { bytes: Vec<u8>, shown: String },
}

impl Dialog {
    /// Reads the setting `dialog`: a list of maps.
    ///
    /// # Errors
    /// Every mistake of every step.
    pub(crate) fn read(items: &[Raw]) -> Result<Self, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let mut steps = Vec::new();
        for (index, item) in items.iter().enumerate() {
            match read_step(item) {
                Ok(step) => steps.push(step),
                Err(why) => mistakes.push(Mistake::of("dialog", format!("step {} of `dialog` {why}", index + 1))),
            }
        }
        if mistakes.is_empty() { Ok(Self(steps)) } else { Err(mistakes) }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `1 step`, `3 steps`.
    pub(crate) fn counted(&self) -> String {
        if self.0.len() == 1 { "1 step".into() } else { format!("{} steps", self.0.len()) }
    }

    /// Speaks it through. Bytes that came before their expectation stand are looked at too; all that came is in `received`.
    ///
    /// # Errors
    /// Which step failed, and on what.
    pub(crate) async fn speak<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        attempt: &Attempt,
        stream: &mut S,
        received: &mut Vec<u8>,
    ) -> Result<(), Failure> {
        let mut used = 0;
        for (index, step) in self.0.iter().enumerate() {
            let number = index + 1;
            if let Some(bytes) = &step.send {
                match attempt.within(stream.write_all(bytes)).await {
                    Err(_) => return Err(self.failed(attempt, number, DownCause::TIMED_OUT, "the peer takes no more bytes")),
                    Ok(Err(error)) => {
                        return Err(self.failed(attempt, number, DownCause::RESET, &format!("sending failed ({error})")));
                    }
                    Ok(Ok(())) => {}
                }
            }
            if let Some(expected) = &step.expect {
                used += self.hear(attempt, stream, Heard { number, expected, received, from: used }).await?;
            }
        }
        Ok(())
    }

    async fn hear<S: AsyncRead + Unpin>(&self, attempt: &Attempt, stream: &mut S, heard: Heard<'_>) -> Result<usize, Failure> {
        let Heard { number, expected, received, from } = heard;
        let begun = Instant::now();
        let mut buffer = [0_u8; 4096];
        loop {
            let fresh = received.get(from..).unwrap_or_default();
            if let Some(end) = expected.end_in(fresh) {
                return Ok(end);
            }
            let so_far = || format!("{} never came; {}", expected.shown(), said(fresh));
            if received.len() >= READ_LIMIT {
                return Err(self.failed(
                    attempt,
                    number,
                    DownCause::TOO_LARGE,
                    &format!("more than {READ_LIMIT} bytes came: {}", so_far()),
                ));
            }
            let (cause, what) = match attempt.within(stream.read(&mut buffer)).await {
                Ok(Ok(n)) if n > 0 => {
                    received.extend(buffer.iter().take(n));
                    continue;
                }
                Err(_) => (DownCause::TIMED_OUT, "after"),
                Ok(Ok(_)) => (DownCause::CLOSED, "the peer closed after"),
                Ok(Err(_)) => (DownCause::RESET, "the peer reset after"),
            };
            let waited = spoken(begun.elapsed());
            let comma = if cause == DownCause::TIMED_OUT { "" } else { ";" };
            return Err(self.failed(attempt, number, cause, &format!("{what} {waited}{comma} {}", so_far())));
        }
    }

    fn failed(&self, attempt: &Attempt, number: usize, cause: DownCause, what: &str) -> Failure {
        let at = attempt.address.as_deref().unwrap_or("the peer");
        Failure::down(Stage::new("dialog"), cause, format!("Step {number} of {} with {at} failed: {what}.", self.0.len()))
    }
}

struct Heard<'a> {
    number: usize,
    expected: &'a Expected,
    received: &'a mut Vec<u8>,
    from: usize,
}

impl Expected {
    /// Where in these bytes the expectation is met, as the number of bytes up to its end.
    fn end_in(&self, bytes: &[u8]) -> Option<usize> {
        match self {
            Self::Regex(regex) => regex.find(bytes).map(|found| found.end()),
            Self::Bytes { bytes: wanted, .. } => {
                bytes.windows(wanted.len()).position(|window| window == wanted.as_slice()).map(|at| at + wanted.len())
            }
        }
    }

    fn shown(&self) -> String {
        match self {
            Self::Regex(regex) => format!("/{regex}/"),
            Self::Bytes { shown, .. } => shown.clone(),
        }
    }
}

/// What came, escaped and cut: foreign bytes go into a sentence only like this.
fn said(bytes: &[u8]) -> String {
    const SHOWN: usize = 60;
    if bytes.is_empty() {
        return "it said nothing".into();
    }
    let cut = bytes.get(..SHOWN.min(bytes.len())).unwrap_or_default();
    let dots = if bytes.len() > SHOWN { "..." } else { "" };
    format!("it said \"{}{dots}\"", cut.escape_ascii())
}

fn read_step(item: &Raw) -> Result<Step, String> {
    let Raw::Map(pairs) = item else {
        return Err("is no map with `send` and `expect`".into());
    };
    let mut step = Step { send: None, expect: None };
    for (key, value) in pairs {
        let Raw::Scalar(text) = value else { return Err(format!("has a `{key}` that is not text")) };
        match key.as_str() {
            "send" => step.send = Some(text.clone().into_bytes()),
            "send_hex" => step.send = Some(hex(text)?),
            "expect" => step.expect = Some(Expected::Regex(Regex::new(text).map_err(|_| format!("expects `{text}`, which is no regex"))?)),
            "expect_text" if text.is_empty() => return Err("expects an empty text, which cannot fail".into()),
            "expect_text" => {
                step.expect = Some(Expected::Bytes { bytes: text.clone().into_bytes(), shown: format!("\"{}\"", text.escape_debug()) });
            }
            "expect_hex" => step.expect = Some(Expected::Bytes { bytes: hex(text)?, shown: text.clone() }),
            other => return Err(format!("has the unknown key `{other}`; known are send, send_hex, expect, expect_text, expect_hex")),
        }
    }
    if step.send.is_none() && step.expect.is_none() {
        return Err("neither sends nor expects anything".into());
    }
    if let Some(Expected::Regex(regex)) = &step.expect
        && regex.is_match(b"")
    {
        return Err(format!("expects /{regex}/, which matches even nothing, so it cannot fail"));
    }
    Ok(step)
}

/// `0d0a`, spaces allowed.
fn hex(text: &str) -> Result<Vec<u8>, String> {
    let digits: Vec<u32> = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_digit(16))
        .collect::<Option<_>>()
        .ok_or_else(|| format!("has `{text}`, which is not hex"))?;
    if digits.is_empty() || digits.len() % 2 == 1 {
        return Err(format!("has `{text}`, which is not a whole number of bytes in hex"));
    }
    Ok(digits.chunks_exact(2).filter_map(|pair| u8::try_from(pair.iter().fold(0, |sum, digit| sum * 16 + digit)).ok()).collect())
}

#[cfg(test)]
mod tests;

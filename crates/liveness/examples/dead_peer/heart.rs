//! The client's heartbeat: a ping is a line, and its pong the same line.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Instant;

use allswell_liveness::heartbeat::{Beat, Beats, Inquiry};
use allswell_liveness::{Live, tcp_info};

use crate::care::heartbeat;

/// The heartbeat of one connection.
pub(crate) struct Heart {
    beats: Beats<()>,
    inquiry: Inquiry,
    /// What came of a line that is not whole yet.
    begun: Vec<u8>,
}

impl Heart {
    /// Reading must not wait from now on.
    pub(crate) fn new(stream: &TcpStream) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        let mut beats = Beats::new(heartbeat()?, std::process::id().into());
        beats.add((), Instant::now());
        Ok(Self { beats, inquiry: Inquiry::default(), begun: Vec::new() })
    }

    /// Reads, then asks what is due; what is worth telling, with a word for it.
    pub(crate) fn beat(&mut self, stream: &mut Live<TcpStream>) -> io::Result<Vec<(&'static str, String)>> {
        self.read(stream);
        let mut told = Vec::new();
        while let Some(((), beat)) = self.beats.poll(Instant::now()) {
            match beat {
                // A failure is told by the verdict.
                Beat::Ping(number) => drop(stream.write_all(format!("{number}\n").as_bytes())),
                Beat::Missed(miss) | Beat::Lost(miss) => {
                    let why = self.inquiry.look(&miss, &tcp_info(&*stream)?, Instant::now());
                    let word = if matches!(beat, Beat::Lost(_)) { "lost" } else { "missed" };
                    told.push((word, format!("heartbeat: {beat} {why}")));
                }
                Beat::Late(_) => told.push(("late", format!("heartbeat: {beat}"))),
                Beat::Back(_) => told.push(("back", format!("heartbeat: {beat}"))),
            }
        }
        Ok(told)
    }

    fn read(&mut self, stream: &mut Live<TcpStream>) {
        let mut bytes = [0; 256];
        while let Ok(count @ 1..) = stream.read(&mut bytes) {
            self.begun.extend(bytes.iter().take(count));
        }
        while let Some(end) = self.begun.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.begun.drain(..=end).collect();
            let number = std::str::from_utf8(&line).ok().and_then(|line| line.trim().parse().ok());
            match number {
                Some(number) if self.beats.pong(&(), number, Instant::now()).is_some() => stream.handle().answered(Instant::now()),
                _ => self.beats.heard(&(), Instant::now()),
            }
        }
    }
}

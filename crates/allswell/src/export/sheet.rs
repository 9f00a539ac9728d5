//! Rows of named fields on their way out, as JSON lines or as CSV.

use std::io::{self, Write};

use clap::ValueEnum;
use serde_json::{Map, Value};

use super::csv;

/// How it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "lower")]
pub(crate) enum Format {
    /// One JSON object a line
    Jsonl,
    /// A header line, then one line a row (RFC 4180)
    Csv,
}

/// Where rows go.
#[derive(Debug)]
pub(crate) struct Sheet<W> {
    out: W,
    format: Format,
    /// Whoever read has gone away.
    gone: bool,
}

impl<W: Write> Sheet<W> {
    pub(crate) fn new(out: W, format: Format) -> Self {
        Self { out, format, gone: false }
    }

    /// Whether nobody reads any more.
    pub(crate) fn gone(&self) -> bool {
        self.gone
    }

    /// The header, where the format has one.
    ///
    /// # Errors
    /// It cannot be written.
    pub(crate) fn begin(&mut self, columns: &[&str]) -> io::Result<()> {
        match self.format {
            Format::Jsonl => Ok(()),
            Format::Csv => {
                let header = csv::line(columns.iter().map(|column| (*column).to_owned()));
                self.send(header.as_bytes())
            }
        }
    }

    /// One row: all of it as JSON; its columns as CSV, and what has no column under the last one.
    ///
    /// # Errors
    /// It cannot be written.
    pub(crate) fn put(&mut self, columns: &[&str], fields: Map<String, Value>) -> io::Result<()> {
        let line = match self.format {
            Format::Jsonl => serde_json::to_string(&Value::Object(fields)).map(|line| line + "\n").unwrap_or_default(),
            Format::Csv => csv::line(csv::row(columns, fields).iter().map(csv::field)),
        };
        self.send(line.as_bytes())
    }

    /// Brings out what still waits.
    ///
    /// # Errors
    /// It cannot be written.
    pub(crate) fn end(&mut self) -> io::Result<()> {
        let done = self.out.flush();
        self.heed(done)
    }

    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        let done = self.out.write_all(bytes);
        self.heed(done)
    }

    /// A reader that has gone away is no error: `allswell export ... | head -1` ends quietly, and soon.
    fn heed(&mut self, done: io::Result<()>) -> io::Result<()> {
        match done {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.gone = true;
                Ok(())
            }
            done => done,
        }
    }
}

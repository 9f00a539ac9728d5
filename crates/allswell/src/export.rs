//! `allswell export`: the history as JSON lines or CSV, from a store at rest or in use.

mod csv;
mod moment;
mod rows;
mod sheet;
mod source;

use std::io::{self, BufWriter, Write};

use allswell_model::Timestamp;
use allswell_store::{Span, Stretch};
use clap::ValueEnum;

use crate::cli;
use crate::exit::Exit;
use crate::out;

use rows::Row;
use sheet::{Format, Sheet};

pub(crate) use moment::shown;
pub(crate) use source::{Asked, known};

const EXAMPLES: &str = "\
Examples:
  allswell export results prod/db --since 24h
  allswell export events --since 2026-11-01 --until 2026-12-01 --format csv > november.csv
  allswell export hours --since 30d | jq -r '[.target, .begin, .uptime] | @tsv'

Events come as they were logged; all else by target and then by time, the oldest first. Names and
units are those of the API: `_us` microseconds, `_ms` milliseconds with the microsecond as last
digit; `at` and `begin` are `at_us` and `begin_us` after RFC 3339. What is missing is null in JSON
and empty in CSV.
CSV follows RFC 4180: a header line, lines end with CR LF. What has parts (stages_ms, measurements,
details) is one field of JSON. A text that a spreadsheet would take for a formula (it begins with
= + - @, a tab or a carriage return) has an apostrophe before it: take JSON lines where texts must
be exact.
Exit codes: 0 done, 64 misuse, 69 the store cannot be read, 74 the history cannot be written.";

/// Write the history as JSON lines or CSV, from a store at rest or in use
///
/// Reads the file beside a running program and disturbs it in nothing. What the program commits after the beginning may be
/// missing. Of minutes, hours and days those are written in which a probe began; the last may not have ended yet.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// What to write: single results, the log of events, or what minutes, hours and days amount to
    #[arg(value_name = "WHAT")]
    what: What,

    /// Only these targets, by their ids; unset: all that the store knows, also those no longer watched
    #[arg(value_name = "TARGET")]
    targets: Vec<String>,

    /// From then on: a date (2026-11-01, in UTC), a time (2026-11-01T12:00:00Z), or how long ago (24h)
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    since: Option<String>,

    /// Until before then, in the same manner
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    until: Option<String>,

    /// How to write it
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "jsonl")]
    format: Format,

    #[command(flatten)]
    asked: Asked,
}

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "lower")]
enum What {
    Results,
    Events,
    Minutes,
    Hours,
    Days,
}

/// Reads the store and writes, a line at a time.
pub(crate) fn run(arguments: &Arguments) -> Exit {
    let stretch =
        match moment::stretch(arguments.since.as_deref(), arguments.until.as_deref(), Timestamp(allswell_os::clock::wall_micros())) {
            Ok(stretch) => stretch,
            Err(mistakes) => return cli::misuse(&mistakes),
        };
    match write(arguments, stretch) {
        Ok(()) => Exit::Fine,
        Err(exit) => exit,
    }
}

fn write(arguments: &Arguments, (from, to): (Timestamp, Timestamp)) -> Result<(), Exit> {
    let reader = arguments.asked.open()?;
    let targets = source::targets(&reader, &arguments.targets)?;
    let stretch = Stretch { targets, from, to };
    let mut sheet = Sheet::new(BufWriter::with_capacity(1 << 16, io::stdout().lock()), arguments.format);
    match arguments.what {
        What::Results => all(&mut sheet, rows::RESULTS, reader.export_results(stretch)),
        What::Events => all(&mut sheet, rows::EVENTS, reader.export_events(stretch)),
        What::Minutes => all(&mut sheet, rows::ROLLUPS, reader.export_rollups(Span::Minute, stretch)),
        What::Hours => all(&mut sheet, rows::ROLLUPS, reader.export_rollups(Span::Hour, stretch)),
        What::Days => all(&mut sheet, rows::ROLLUPS, reader.export_rollups(Span::Day, stretch)),
    }
}

/// One line for each; what was written before a damaged place stays written, and the end says that it is none.
fn all<R: Row>(
    sheet: &mut Sheet<impl Write>,
    columns: &[&str],
    rows: impl Iterator<Item = Result<R, allswell_store::ReadError>>,
) -> Result<(), Exit> {
    out::settle(sheet.begin(columns))?;
    for row in rows {
        match row {
            Ok(row) if sheet.gone() => {
                drop(row);
                return Ok(());
            }
            Ok(row) => out::settle(sheet.put(columns, row.fields()))?,
            Err(error) => {
                let _ = sheet.end();
                out::complain(&format!("error: the history ends here before its end: {error}\n"));
                return Err(Exit::Unavailable);
            }
        }
    }
    out::settle(sheet.end())
}

#[cfg(test)]
mod tests;

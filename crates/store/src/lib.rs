//! History on disk: the only crate that knows bytes there.
//!
//! [`open()`] gives the one [`Writer`] and a [`Reader`] that can be cloned; [`look_at`] gives a reader of a store that somebody else writes. The writer takes batches of results and events and
//! commits each as one; readers see what was committed, and the [`Board`], the latest state of every target, in memory.
//!
//! There is one writer, and it cannot be copied:
//!
//! ```compile_fail,E0308
//! fn second(writer: &allswell_store::Writer) -> allswell_store::Writer {
//!     writer.clone()
//! }
//! ```
//!
//! # What is safe when
//!
//! A commit that returned survives the death of the process. It survives a power cut within a second: a thread of the store's
//! own forces the log to the disk, so that a slow disk holds nobody up. Nothing is shown that was not committed, with the one
//! exception that [`Board`] describes. While the disk refuses writes each call says so and the next one tries again: results of
//! that time are lost and counted; events, standings, incidents, alerts and what became of them wait in memory, where alerts are found
//! all the same.
//!
//! # How results lie in the file
//!
//! A commit appends one row to the *tail*: the results of all targets in it, each as its difference from the target's one
//! before. The same bytes stay in memory, a *chunk* for each target, until they are enough for a *block*: columns of numbers,
//! compressed, in a row of their own; then the tail's rows go. Reading goes through the chunk, then the blocks. Hours that
//! have ended are rolled up from blocks and log, into minutes, hours and days. A target that nobody watches any more falls asleep
//! when all of it is in blocks and rolled up: it is found in the file alone, until it is watched again or retention has taken the last of it.
//!
//! Every kind of bytes begins with its version and ends with a checksum; the layout of the tables has a version as well
//! (`schema`), and a file of each released one is checked in for the tests. Of a result that was not kept whole times are to the
//! microsecond, and the sentence is said anew from what was kept.

mod backup;
mod bits;
mod block;
mod board;
mod change;
mod chunk;
mod commit;
mod cursor;
mod error;
mod events;
mod export;
mod figures;
mod flatten;
mod flush;
mod form;
mod found;
mod histogram;
mod history;
mod identity;
mod incidents;
mod index;
mod keep;
mod lock;
mod look;
mod open;
mod outbox;
mod publish;
mod reader;
mod retention;
mod roll;
mod rollup;
mod rows;
#[cfg(test)]
mod samples;
mod schema;
mod seal;
mod settings;
mod shape;
mod shared;
mod show;
mod sketch;
mod sleep;
mod slot;
mod span;
mod standing;
mod survey;
mod sync;
mod tail;
mod texts;
mod timeline;
mod value;
mod varint;
mod wakers;
mod writer;

pub use backup::BackupError;
pub use board::{Board, Counted, Glance, Outcomes, RECENT, Recent, Row, Series};
pub use change::Change;
pub use cursor::{Cursor, NotACursor};
pub use error::{OpenError, ReadError, WriteError};
pub use events::{EventPage, TargetEvents};
pub use export::{ExportedEvents, ExportedResults, ExportedRollups, Rolled, Stretch};
pub use histogram::{BOUNDS_US, Histogram};
pub use history::Kept;
pub use look::Look;
pub use open::{look_at, open};
pub use outbox::Told;
pub use reader::{Reader, ResultPage, Subscription};
pub use rollup::{Counts, Rollup, Times};
pub use settings::{Retention, Settings};
pub use sketch::{RELATIVE_ERROR, Sketch};
pub use span::Span;
pub use standing::{Recovered, Standing};
pub use survey::{Survey, survey};
pub use writer::{Batch, Committed, Writer};

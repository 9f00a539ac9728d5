//! History on disk: the only crate that knows bytes there.
//!
//! [`open`] gives the one [`Writer`] and a [`Reader`] that can be cloned. The writer takes batches of results and events and
//! commits each as one; readers see what was committed, and the [`Board`], the latest state of every target, in memory.
//!
//! # How results lie in the file
//!
//! A commit appends one row to the *tail*: the results of all targets in it, each as its difference from the target's one
//! before. The same bytes stay in memory, a *chunk* for each target, until they are long enough for a *block*: columns of
//! numbers, compressed, in a row of their own; then the tail's rows go. Reading goes through the chunk, then the blocks.

mod bits;
mod block;
mod board;
mod chunk;
mod commit;
mod cursor;
mod error;
mod flush;
mod histogram;
mod history;
mod keep;
mod lock;
mod look;
mod open;
mod reader;
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
mod standing;
mod sync;
mod tail;
mod texts;
mod value;
mod varint;
mod writer;

pub use board::{Board, Counted, Glance, Outcomes, RECENT, Recent, Row, Series};
pub use cursor::{Cursor, NotACursor};
pub use error::{OpenError, ReadError, WriteError};
pub use histogram::{BOUNDS_US, Histogram};
pub use history::Kept;
pub use look::Look;
pub use open::open;
pub use reader::{EventPage, Reader, ResultPage, Subscription};
pub use settings::{Retention, Settings};
pub use standing::{Recovered, Standing};
pub use writer::{Batch, Committed, Writer};

//! Each budget of docs/benchmarks.md, with what it is measured against.

mod black_holes;
mod disk;
mod echo;
mod idle;
mod page;
mod scale;
mod trip;

use crate::figures::Trouble;
use crate::mode::Mode;
use crate::table::Row;

/// Measures one budget.
type Measure = fn(Mode) -> Result<Vec<Row>, Trouble>;

/// All of them, in the order of the table.
pub(crate) const ALL: &[(&str, Measure)] = &[
    ("tcp", trip::tcp),
    ("icmp", echo::icmp),
    ("http", trip::http),
    ("many", scale::many),
    ("black-holes", black_holes::beside),
    ("idle", idle::program),
    ("disk", disk::per_result),
    ("page", page::first),
];

//! The wall clock, read in one place.

use allswell_model::Timestamp;

/// What the wall clock says now.
pub(crate) fn wall() -> Timestamp {
    Timestamp(allswell_os::clock::wall_micros())
}

//! How to use this library, and what not to believe.

pub mod verdicts {
    //! A page for each verdict.
}

//! The program's own log: to stderr, one line an event, what to tell by `ALLSWELL_LOG`.

use std::io::{self, IsTerminal};

use tracing_subscriber::filter::{EnvFilter, LevelFilter};

/// Which events are told, in the manner of `info,allswell_store=debug`; unset: warnings and errors.
const VARIABLE: &str = "ALLSWELL_LOG";

/// Begins to write it. Of a filter that cannot be read only its well-formed parts are heeded.
pub(crate) fn begin() {
    let filter = EnvFilter::builder().with_default_directive(LevelFilter::WARN.into()).with_env_var(VARIABLE).from_env_lossy();
    let colour = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    // A second call in one process changes nothing.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(colour).with_target(false).try_init();
}

//! The commands beside `run` and `check`, as people start them: the real binary, in namespaces of its own where it looks at the host.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod backup;
mod doctor;
mod export;
mod hash;
mod link;
#[path = "../run/page.rs"]
mod page;
#[path = "../run/program.rs"]
#[expect(dead_code, reason = "shared with the tests of `run`, which use more of it")]
mod program;
mod watched;

use std::path::Path;
use std::process::{Command, Output, Stdio};

/// The binary, in a folder of the test's own.
pub(crate) fn allswell(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_allswell"));
    command.current_dir(folder).env("HOME", folder).stdin(Stdio::null());
    for variable in ["STATE_DIRECTORY", "XDG_STATE_HOME", "container", "KUBERNETES_SERVICE_HOST"] {
        command.env_remove(variable);
    }
    command
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

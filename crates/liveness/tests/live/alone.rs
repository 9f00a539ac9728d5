//! A test that counts what a process has needs a process of its own.

use std::env;
use std::process::Command;

const MARK: &str = "ALLSWELL_ALONE";

/// Runs the body in this very program, started again for this one test.
pub(crate) fn alone(test: &str, body: impl FnOnce()) {
    if env::var(MARK).as_deref() == Ok(test) {
        return body();
    }
    let mut program = Command::new(env::current_exe().unwrap());
    let output = program.args([test, "--exact", "--nocapture", "--test-threads=1"]).env(MARK, test).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    println!("{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.contains("1 passed"), "{test} failed by itself ({})", output.status);
}

//! Tests inside user, network and mount namespaces of their own: a kernel to break at will.
//!
//! A test's thread cannot make a user namespace, because its process has other threads. So the test's
//! binary is started a second time, for this one test, under `unshare(1)`; there the body runs as root.

#![expect(clippy::panic, reason = "a test fails by panicking")]

pub mod hosts;
pub mod path;
pub mod space;

use std::env;
use std::io;
use std::process::{Command, Output};
use std::sync::OnceLock;

use rustix::process::{Resource, Rlimit, setrlimit};
use rustix::thread::{CapabilitySet, CapabilitySets, set_capabilities};

/// Names the test that the process was started for.
const MARK: &str = "ALLSWELL_TEST_INSIDE";

/// Longer than any test may take; a test that hangs is ended, and says so.
const AT_MOST_SECONDS: &str = "120";

const UNSHARE: [&str; 5] = ["unshare", "--user", "--map-root-user", "--net", "--mount"];

/// What every test in here needs, tried once; its complaint is the reason of a skip.
const TRIAL: &str = "mount -t tmpfs none /run && ip link set lo up && ip netns add x && nft list ruleset";

/// Runs the body of a test inside namespaces of its own, as their root, with nothing but a loopback.
///
/// To be called by the test itself: the closure's type carries the test's name.
/// Where the machine forbids namespaces the test is skipped; with `CI=true` it fails.
///
/// # Panics
/// When the body does.
pub fn inside<F: FnOnce()>(body: F) {
    Inside::default().run(body);
}

/// [`inside`], with limits.
#[derive(Debug, Default)]
pub struct Inside {
    descriptors: Option<u64>,
}

impl Inside {
    /// At most so many descriptors, soft and hard.
    #[must_use]
    pub fn descriptors(self, at_most: u64) -> Self {
        Self { descriptors: Some(at_most) }
    }

    /// Runs the body as [`inside`] does.
    ///
    /// # Panics
    /// When the body does.
    pub fn run<F: FnOnce()>(self, body: F) {
        let test = test_of::<F>();
        if env::var(MARK).as_deref() == Ok(test) {
            settle();
            if let Some(limit) = self.descriptors {
                limit_descriptors(limit);
            }
            return body();
        }
        match permitted() {
            Ok(()) => start(test),
            Err(why) => skip(why),
        }
    }
}

/// Lowers the limit of descriptors of this process, for good.
///
/// # Panics
/// When the kernel refuses.
pub fn limit_descriptors(at_most: u64) {
    let limit = Rlimit { current: Some(at_most), maximum: Some(at_most) };
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        panic!("cannot limit the descriptors to {at_most}: {error}");
    }
}

/// Takes all capabilities from the calling thread, for good, and from what it starts.
///
/// # Panics
/// When the kernel refuses.
pub fn give_up_capabilities() {
    let none = CapabilitySets { effective: CapabilitySet::empty(), permitted: CapabilitySet::empty(), inheritable: CapabilitySet::empty() };
    if let Err(error) = set_capabilities(None, none) {
        panic!("cannot give up the capabilities: {error}");
    }
}

/// `crate::module::test::{{closure}}`, as libtest knows it: `module::test`.
fn test_of<F>() -> &'static str {
    let path = std::any::type_name::<F>();
    let path = path.split_once("::").map_or(path, |(_, in_crate)| in_crate);
    path.split_once("::{{closure}}").map_or(path, |(test, _)| test)
}

/// `ip netns` keeps its names under /run, and a test must not leave any behind.
fn settle() {
    space::must(Command::new("mount").args(["-t", "tmpfs", "none", "/run"]));
    space::Space::own().settle();
}

/// Whether this machine permits what the tests need, and what it says when it does not.
fn permitted() -> Result<(), &'static str> {
    static TRIED: OnceLock<Result<(), String>> = OnceLock::new();
    let tried = TRIED.get_or_init(|| match under_unshare(&["sh".as_ref(), "-c".as_ref(), TRIAL.as_ref()], "") {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
        Err(error) => Err(format!("unshare(1) cannot be started: {error}")),
    });
    tried.as_ref().map(|&()| ()).map_err(String::as_str)
}

fn under_unshare(command: &[&std::ffi::OsStr], mark: &str) -> io::Result<Output> {
    let mut unshare = Command::new("timeout");
    unshare.args(["--kill-after=5", AT_MOST_SECONDS]).args(UNSHARE).args(command).env(MARK, mark).output()
}

#[expect(clippy::print_stdout, reason = "a test's output is captured, and shown when it fails")]
fn start(test: &str) {
    let output = env::current_exe().and_then(|exe| {
        let arguments = [test, "--exact", "--nocapture", "--include-ignored", "--test-threads=1"].map(AsRef::as_ref);
        under_unshare(&[&[exe.as_os_str()], arguments.as_slice()].concat(), test)
    });
    let output = output.unwrap_or_else(|error| panic!("cannot start {test} again: {error}"));
    let said = String::from_utf8_lossy(&output.stdout);
    print!("{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "inside its namespaces, {test} failed ({})", output.status);
    assert!(said.contains("1 passed"), "{test} is no test: call `inside` from the test's own function");
}

#[expect(clippy::print_stdout, reason = "a skip is said")]
fn skip(why: &str) {
    println!("skipped, because this machine forbids namespaces: {why}");
    assert!(env::var("CI").as_deref() != Ok("true"), "a test may not be skipped with CI=true: {why}");
}

#[cfg(test)]
mod tests;

//! By what a static program can be built here: musl where it is to be had, else glibc linked statically.

use std::env::consts::ARCH;
use std::path::Path;
use std::process::{Command, Stdio};

/// What is built for, and why not for musl where it is not.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Toolchain {
    /// As rustc names it.
    pub(super) target: String,
    /// `None`: musl.
    without_musl: Option<String>,
}

impl Toolchain {
    /// musl needs Rust's library for it, which rustup fetches, and a compiler for SQLite's and ring's C.
    pub(super) fn of_this_machine() -> Self {
        let musl = format!("{ARCH}-unknown-linux-musl");
        let compiler = [format!("{ARCH}-linux-musl-gcc"), "musl-gcc".to_owned()];
        let lacking = if !has_library(&musl) && !succeeds("rustup", &["target", "add", &musl]) {
            Some(format!("Rust's library for {musl} is missing: rustup target add {musl}"))
        } else if !compiler.iter().any(|compiler| succeeds(compiler, &["--version"])) {
            Some("there is no musl-gcc: on Debian, apt-get install musl-tools".to_owned())
        } else {
            None
        };
        match lacking {
            None => Self { target: musl, without_musl: None },
            Some(why) => Self { target: format!("{ARCH}-unknown-linux-gnu"), without_musl: Some(why) },
        }
    }

    /// Why it is not musl, as the end of a line.
    pub(super) fn because(&self) -> String {
        self.without_musl.as_ref().map(|why| format!(", glibc linked statically, since {why}")).unwrap_or_default()
    }

    /// musl is linked statically by default, glibc when asked to.
    pub(super) fn rust_flags(&self) -> Option<String> {
        self.without_musl.as_ref()?;
        let given = std::env::var("RUSTFLAGS").unwrap_or_default();
        Some(format!("{given} -C target-feature=+crt-static"))
    }
}

fn has_library(target: &str) -> bool {
    let output = Command::new("rustc").args(["--print", "target-libdir", "--target", target]).output();
    output.is_ok_and(|output| Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir())
}

fn succeeds(program: &str, arguments: &[&str]) -> bool {
    let status = Command::new(program).args(arguments).stdout(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

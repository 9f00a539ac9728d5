//! A network namespace beside the test's own, and the commands that shape it.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a fixture that cannot be made fails its test")]

use std::fs::{self, File};
use std::io::Write;
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

/// A network namespace: another host, as far as packets go. It ends with the test's process.
#[derive(Debug, Clone)]
pub struct Space {
    /// `None` is the test's own.
    name: Option<String>,
}

impl Space {
    /// A new one, with its loopback up.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    pub fn new(name: &str) -> Self {
        must(Command::new("ip").args(["netns", "add", name]));
        let space = Self { name: Some(name.to_owned()) };
        space.settle();
        space
    }

    /// The one in which the test itself runs.
    #[must_use]
    pub fn own() -> Self {
        Self { name: None }
    }

    /// Duplicate address detection would keep IPv6 silent for the first two seconds of every interface.
    pub(crate) fn settle(&self) {
        self.sysctl("net.ipv6.conf.default.accept_dad", "0");
        self.ip("link set lo up");
    }

    /// Its name for `ip ... netns NAME`.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.as_deref().unwrap_or("1")
    }

    /// Runs `body` inside it, on a thread of its own; sockets made there stay there for good.
    ///
    /// # Panics
    /// When `body` does.
    pub fn run<R: Send>(&self, body: impl FnOnce() -> R + Send) -> R {
        let entered = || {
            self.enter();
            body()
        };
        thread::scope(|scope| scope.spawn(entered).join()).unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }

    /// Moves the calling thread into it, for good. What that thread starts begins there too.
    ///
    /// # Panics
    /// When it is gone.
    pub fn enter(&self) {
        if let Some(name) = &self.name {
            let file = File::open(format!("/run/netns/{name}")).unwrap();
            move_into_link_name_space(file.as_fd(), Some(LinkNameSpaceType::Network)).unwrap();
        }
    }

    /// Runs `ip(8)` commands in it, one a line.
    ///
    /// # Panics
    /// When one of them fails.
    pub fn ip(&self, commands: &str) {
        self.run(|| feed(Command::new("ip").args(["-batch", "-"]), commands));
    }

    /// Waits until a link carries packets, and answers for all of its addresses. One whose other end came up later is told so in the
    /// background, as it learns there that its IPv6 addresses need no test for duplicates. Until then it is deaf to questions for its
    /// hardware address, which are asked again only a second later.
    ///
    /// # Panics
    /// When it does not come up.
    pub fn await_link(&self, interface: &str) {
        let deadline = Instant::now() + Duration::from_secs(10);
        let shown = |what: &[&str]| {
            let output = Command::new("ip").arg("-oneline").args(what).args(["dev", interface]).output().unwrap();
            String::from_utf8_lossy(&output.stdout).into_owned()
        };
        let ready = || shown(&["link", "show"]).contains(" state UP ") && shown(&["address", "show", "tentative"]).is_empty();
        self.run(|| {
            while !ready() {
                assert!(Instant::now() < deadline, "{interface} does not come up");
                thread::yield_now();
            }
        });
    }

    /// Loads firewall rules into it, in the language of `nft(8)`.
    ///
    /// # Panics
    /// When they are refused.
    pub fn nft(&self, rules: &str) {
        self.run(|| feed(Command::new("nft").args(["-f", "-"]), rules));
    }

    /// Sets a kernel parameter of it: `net.ipv4.ip_forward`.
    ///
    /// # Panics
    /// When there is none of this name, or it refuses the value.
    pub fn sysctl(&self, key: &str, value: &str) {
        let file: PathBuf = ["/proc/sys", &key.replace('.', "/")].iter().collect();
        self.run(|| fs::write(&file, value).unwrap_or_else(|error| panic!("{key} = {value}: {error}")));
    }

    /// Ends connections of it from outside their processes (`SOCK_DESTROY`), those that match a filter of `ss(8)`: `dport = :80`.
    /// Their peers are sent a reset. Listeners stay.
    ///
    /// # Panics
    /// When the kernel does not permit it.
    pub fn destroy_sockets(&self, filter: &str) {
        self.must("ss", &["--kill", "--tcp", "--numeric", filter]);
    }

    /// Runs another program in it, to its end.
    ///
    /// # Panics
    /// When it fails.
    pub fn must(&self, program: &str, arguments: &[&str]) {
        self.run(|| must(Command::new(program).args(arguments)));
    }
}

/// Runs a command to its end.
pub(crate) fn must(command: &mut Command) {
    feed(command, "");
}

fn feed(command: &mut Command, text: &str) {
    let started = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    let mut child = started.unwrap_or_else(|error| panic!("{command:?} cannot be started: {error}"));
    // A command that ended early says why on its standard error.
    let _ = child.stdin.take().map(|mut stdin| stdin.write_all(text.as_bytes()));
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?} failed: {}\n{text}", said.trim());
}

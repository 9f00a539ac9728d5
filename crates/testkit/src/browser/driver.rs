//! The driver's process: started on a free port, ended by its id.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a driver that does not start fails its test")]

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(30);

/// Longer than any test may take: a test that is killed leaves no browser behind for ever.
const AT_MOST_SECONDS: &str = "300";

/// What the machine does not have.
pub(super) struct Missing(pub(super) String);

/// A running chromedriver.
#[derive(Debug)]
pub(super) struct Driver {
    process: Child,
    pub(super) address: SocketAddr,
    /// The browser's program.
    pub(super) program: PathBuf,
    /// Everything that it and the browser keep lies here, and goes with it.
    home: TempDir,
}

impl Driver {
    /// A port that is free for IPv6 may be taken for IPv4, and chromedriver wants the same of both: then it is started anew.
    pub(super) fn start() -> Result<Self, Missing> {
        loop {
            let mut driver = Self::spawn()?;
            if let Some(port) = driver.port() {
                driver.address.set_port(port);
                return Ok(driver);
            }
        }
    }

    fn spawn() -> Result<Self, Missing> {
        let driver = program(&["chromedriver"])?;
        let browser = program(&["chromium", "chromium-browser", "google-chrome"])?;
        let home = tempfile::tempdir().unwrap();
        let log = File::create(home.path().join("log")).unwrap();
        let mut command = Command::new("timeout");
        command.args(["--kill-after=5", AT_MOST_SECONDS]).arg(driver).arg("--port=0").process_group(0);
        command.env("HOME", home.path()).env_remove("XDG_CONFIG_HOME").env_remove("XDG_CACHE_HOME").current_dir(home.path());
        // Files, not pipes: whatever outlives the driver for a moment blocks nobody.
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        let process = command.spawn().unwrap();
        Ok(Self { process, address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), program: browser, home })
    }

    /// A folder for the browser to keep things in.
    pub(super) fn home(&self) -> &Path {
        self.home.path()
    }

    /// What it and the browser printed.
    pub(super) fn said(&self) -> String {
        fs::read_to_string(self.home.path().join("log")).unwrap_or_default()
    }

    /// The port that it says it was started on; `None` when it says that it got none.
    fn port(&self) -> Option<u16> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let said = self.said();
            let port = said.lines().find_map(|line| line.strip_suffix('.')?.rsplit_once("successfully on port ")?.1.parse().ok());
            if port.is_some() || said.contains("port not available") {
                return port;
            }
            assert!(Instant::now() < deadline, "chromedriver does not start:\n{said}");
            std::thread::park_timeout(Duration::from_millis(5));
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // All that it started, the browser too, is in its group, unless it has ended already.
        let _ = kill_process_group(Pid::from_child(&self.process), Signal::KILL);
        if let Err(error) = self.process.wait() {
            panic!("chromedriver does not end: {error}");
        }
    }
}

/// The first of these programs that there is.
fn program(names: &[&str]) -> Result<PathBuf, Missing> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let found = names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|program| program.is_file());
    found.ok_or_else(|| Missing(names.first().copied().unwrap_or_default().to_owned()))
}

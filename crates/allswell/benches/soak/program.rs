//! The program itself, and what it needs: from /proc and from its own metrics.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::Trouble;
use crate::configuration::Configuration;
use crate::report::Look;

const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Program {
    child: Child,
    page: SocketAddr,
}

impl Drop for Program {
    fn drop(&mut self) {
        // Ended already, where all went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Program {
    pub(crate) fn start(folder: &Path) -> Result<Self, Trouble> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_allswell"));
        command.args(["run", "--store", "history"]).current_dir(folder).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.env("HOME", folder).env_remove("STATE_DIRECTORY").spawn()?;
        let output = child.stdout.take().ok_or("no output")?;
        let mut lines = BufReader::new(output).lines();
        let page = loop {
            let line = lines.next().ok_or("it ended without a page")??;
            if let Some((_, address)) = line.split_once("Page:").and_then(|(_, url)| url.split_once("http://")) {
                break address.trim().trim_end_matches('/').parse()?;
            }
        };
        // Whatever else it says is read, so that it can go on saying it.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Self { child, page })
    }

    /// As an operator would.
    pub(crate) fn reload(&self) -> Result<(), Trouble> {
        Ok(kill_process(Pid::from_child(&self.child), Signal::HUP)?)
    }

    /// What it needs now.
    pub(crate) fn look(&self, after: Duration) -> Result<Look, Trouble> {
        let of_process = Path::new("/proc").join(self.child.id().to_string());
        let status = fs::read_to_string(of_process.join("status"))?;
        let figure = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
            line.split_whitespace().nth(1).and_then(|word| word.parse::<u64>().ok()).unwrap_or(0)
        };
        let text = self.get("/metrics")?;
        let metrics = metrics(&text);
        let counted = |name: &str| metrics.get(name).copied().unwrap_or(0.0);
        Ok(Look {
            after,
            resident_kb: figure("VmRSS:"),
            threads: figure("Threads:"),
            descriptors: fs::read_dir(of_process.join("fd"))?.count(),
            started: counted("allswell_probes_started_total"),
            late: counted("allswell_probes_late_total"),
            skipped: counted("allswell_turns_skipped_total"),
            in_flight: counted("allswell_probes_in_flight"),
            lag_p99_s: counted("allswell_start_lag_p99_seconds"),
            series: metrics.len(),
        })
    }

    /// How many targets the page knows, of how many there are.
    pub(crate) fn kept(&self, configuration: &Configuration) -> Result<(usize, usize), Trouble> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let known =
                metrics(&self.get("/metrics")?).keys().filter(|name| name.starts_with("allswell_target_last_duration_seconds")).count();
            if known == configuration.there() || Instant::now() > deadline {
                return Ok((known, configuration.there()));
            }
            std::thread::park_timeout(Duration::from_millis(200));
        }
    }

    fn get(&self, path: &str) -> Result<String, Trouble> {
        let mut stream = TcpStream::connect(self.page)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        write!(stream, "GET {path} HTTP/1.0\r\nHost: {}\r\n\r\n", self.page)?;
        let mut text = String::new();
        stream.read_to_string(&mut text)?;
        Ok(text.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default())
    }

    pub(crate) fn end(mut self) -> Result<(), Trouble> {
        kill_process(Pid::from_child(&self.child), Signal::TERM)?;
        let status = self.child.wait()?;
        if status.success() { Ok(()) } else { Err(format!("it ended with {status}").into()) }
    }
}

fn metrics(text: &str) -> BTreeMap<&str, f64> {
    let samples = text.lines().filter(|line| !line.starts_with('#'));
    samples.filter_map(|line| line.rsplit_once(' ')).filter_map(|(name, value)| Some((name, value.parse().ok()?))).collect()
}

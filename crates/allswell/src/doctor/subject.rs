//! What is examined: the configuration that would be run, and where it would keep its store.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use allswell_store::Retention;

use super::finding::{Finding, Where};
use crate::config::{self, Configuration, TlsFiles};
use crate::listen;
use crate::run::place;

const TOPIC: &str = "configuration";

/// Picked up in the working folder when nothing else is asked for, as `run` does.
const DEFAULT_FILE: &str = "allswell.yaml";

/// What would be run.
#[derive(Debug)]
pub(crate) struct Subject {
    /// How many targets there would be; `None` where only a run would tell.
    pub(crate) targets: Option<usize>,
    pub(crate) listen: SocketAddr,
    /// How many are known to the page.
    pub(crate) known: usize,
    /// What the page is served with.
    pub(crate) tls: Option<TlsFiles>,
    pub(crate) store: Option<PathBuf>,
    pub(crate) retention: Retention,
}

impl Subject {
    /// Reads the configuration, where there is one, and says how that went.
    pub(crate) fn read(asked: Option<&Path>, store: Option<&Path>) -> (Self, Vec<Finding>) {
        let file = asked.map(Path::to_path_buf).or_else(|| Some(PathBuf::from(DEFAULT_FILE)).filter(|file| file.exists()));
        let Some(file) = file else {
            let says = "There is no ./allswell.yaml: `allswell run` watches what it finds on this host.";
            return (Self::of(None, store), vec![Finding::ok(TOPIC, says).remedy(Where::User, "allswell discover > allswell.yaml")]);
        };
        match config::read_file(&file) {
            Ok(read) => {
                let many =
                    if read.targets.len() == 1 { "1 target".to_owned() } else { format!("{} targets", grouped(read.targets.len() as u64)) };
                let says = format!("{} has no mistakes: {many}.", file.display());
                let finding = Finding::ok(TOPIC, says).figure("mistakes", 0).figure("targets", read.targets.len());
                let warnings = read.warnings.iter().map(|warning| Finding::note(TOPIC, warning));
                (Self::of(Some(&read), store), std::iter::once(finding).chain(warnings).collect())
            }
            Err(report) => {
                let count = report.mistakes().len();
                let many = if count == 1 { "1 mistake".to_owned() } else { format!("{count} mistakes") };
                let says = format!("{} has {many}: it would not be run.", file.display());
                let finding = Finding::trouble(TOPIC, says)
                    .remedy(Where::User, format!("allswell config check {}", file.display()))
                    .figure("mistakes", count);
                (Self::of(None, store), vec![finding])
            }
        }
    }

    fn of(read: Option<&Configuration>, store: Option<&Path>) -> Self {
        let asked = store.map(Path::to_path_buf).or_else(|| read.and_then(|read| read.store.clone()));
        Self {
            targets: read.map(|read| read.targets.len()),
            listen: read.map_or(listen::DEFAULT, |read| read.listen),
            known: read.map_or(0, |read| read.access.len()),
            tls: read.and_then(|read| read.tls.clone()),
            store: place::path(asked),
            retention: read.map(|read| read.retention).unwrap_or_default(),
        }
    }
}

/// A number with its thousands set apart: `9,992`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut shown = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

/// Bytes as people read them: `1.8 GB`, `120 MB`.
pub(crate) fn bytes(count: u64) -> String {
    match count {
        0..10_000 => format!("{count} bytes"),
        10_000..10_000_000 => format!("{} kB", count / 1_000),
        10_000_000..1_000_000_000 => format!("{} MB", count / 1_000_000),
        _ => format!("{}.{} GB", count / 1_000_000_000, count % 1_000_000_000 / 100_000_000),
    }
}

//! The program that an operator named, and what it is given.

use std::env;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use allswell_model::settings::{Mistake, Raw, Settings};
use tokio::process::Command;

use crate::channel::Letter;
use crate::document::page_of;
use crate::secrets::printable;

/// What of our environment a program needs; the rest may hold secrets of ours.
const PASSED_ON: &[&str] = &["PATH", "HOME", "LANG", "TZ", "TMPDIR"];
/// A variable may not be longer than 128 kB; a sentence of 4 kB has said it all.
const VARIABLE_LIMIT: usize = 4096;

/// A program and its arguments.
pub(super) struct Program {
    path: PathBuf,
    pub(super) arguments: Vec<String>,
    variables: Vec<(String, String)>,
}

impl Program {
    /// Reads `command` and `env`.
    ///
    /// # Errors
    /// No program, one that is not there or not executable, an item that is no text.
    pub(super) fn read(settings: &Settings) -> Result<Self, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let mut words = Vec::new();
        for item in settings.list("command") {
            match item {
                Raw::Scalar(text) if !text.contains('\0') => words.push(text.clone()),
                _ => mistakes.push(Mistake::of("command", "`command` takes texts: the program, then its arguments")),
            }
        }
        let variables = settings.map("env").to_vec();
        for (name, value) in &variables {
            if name.is_empty() || name.contains(['=', '\0']) || value.contains('\0') {
                mistakes.push(Mistake::of("env", format!("`env.{}` cannot be a variable", name.escape_debug())));
            }
        }
        let mut words = words.into_iter();
        let path = match words.next().as_deref() {
            None | Some("") => {
                mistakes.push(Mistake::of("command", "`command` is missing").hint("name a program, as in [/usr/local/bin/page, --now]"));
                PathBuf::new()
            }
            Some(program) => found(program).unwrap_or_else(|mistake| {
                mistakes.push(mistake);
                PathBuf::new()
            }),
        };
        if mistakes.is_empty() { Ok(Self { path, arguments: words.collect(), variables }) } else { Err(mistakes) }
    }

    /// Its name without its folder.
    pub(super) fn shown(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// To be run for an alert.
    pub(super) fn command(&self, letter: &Letter) -> Command {
        let mut command = Command::new(&self.path);
        command.args(&self.arguments).env_clear();
        command.envs(PASSED_ON.iter().filter_map(|name| Some((name, env::var_os(name)?))));
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        let alert = &letter.alert;
        let page = page_of(letter.page.as_deref(), &alert.first).unwrap_or_default();
        let told = [
            ("ALLSWELL_KEY", alert.key.as_str()),
            ("ALLSWELL_KIND", alert.kind.word()),
            ("ALLSWELL_INCIDENT", &alert.incident.to_string()),
            ("ALLSWELL_STATUS", alert.status.word()),
            ("ALLSWELL_CHANNEL", alert.channel.as_str()),
            ("ALLSWELL_SUMMARY", &alert.summary),
            ("ALLSWELL_NODE", alert.node.as_str()),
            ("ALLSWELL_TOTAL", &alert.total.to_string()),
            ("ALLSWELL_PAGE", &page),
        ];
        command.envs(told.map(|(name, value)| (name, variable(value))));
        // Its own group, so that all of it can be ended; the standard library closes every other descriptor at exec.
        command.process_group(0).kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        command
    }
}

/// A target's words must neither end a variable early nor talk to a terminal.
pub(super) fn variable(value: &str) -> String {
    let mut clean = printable(value);
    clean.truncate(clean.floor_char_boundary(VARIABLE_LIMIT));
    clean
}

fn found(program: &str) -> Result<PathBuf, Mistake> {
    let wrong = |why: &str| {
        let mistake = Mistake::of("command", format!("the program `{program}` {why}"));
        // Whoever is used to shells writes one text.
        Err(if program.contains(' ') {
            mistake.hint("no shell reads it: write a list, as in [/usr/local/bin/page, --now]")
        } else {
            mistake
        })
    };
    if program.contains('/') {
        let path = Path::new(program);
        return match path.metadata() {
            Err(error) => wrong(&format!("cannot be run ({error})")),
            Ok(_) if !is_program(path) => wrong("is not executable"),
            Ok(_) => Ok(path.to_owned()),
        };
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let candidate = env::split_paths(&path).map(|folder| folder.join(program)).find(|path| is_program(path));
    candidate.map_or_else(|| wrong("is not in PATH"), Ok)
}

fn is_program(path: &Path) -> bool {
    path.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

//! The channel `exec`: a program of the operator's for each alert, without a shell.

mod command;
mod running;

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use allswell_model::quantity::spoken;
use allswell_model::settings::{Mistake, SettingKind, SettingSpec, Settings};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use rustix::io::Errno;

use crate::channel::{Channel, ChannelKind, Letter, OUT_OF_DESCRIPTORS, Refusal};
use crate::declaration::{Declaration, Example, Shown};
use crate::secrets::{Secrets, one_line};
use command::Program;
use running::{End, Ended};

/// The kind `exec`.
pub(crate) struct Exec;

const SETTINGS: &[SettingSpec] = &[
    SettingSpec {
        name: "command",
        kind: SettingKind::List,
        default: None,
        doc: "the program and its arguments, each as it is: no shell reads them. Without a slash the program is looked for in PATH",
    },
    SettingSpec {
        name: "env",
        kind: SettingKind::Map,
        default: None,
        doc: "variables for it; their values are never shown. Of our own environment it sees only PATH, HOME, LANG, TZ and TMPDIR",
    },
    SettingSpec {
        name: "timeout",
        kind: SettingKind::Duration(Duration::from_secs(1), Duration::from_secs(5 * 60)),
        default: Some("10s"),
        doc: "it is killed after this long, with all that it started",
    },
];

static DECLARATION: Declaration = Declaration {
    name: "exec",
    doc: "a program of yours for each alert",
    notes: &[
        "The alert's JSON document stands on its standard input. The variables ALLSWELL_KEY, ALLSWELL_KIND, ALLSWELL_INCIDENT, \
         ALLSWELL_STATUS, ALLSWELL_CHANNEL, ALLSWELL_SUMMARY, ALLSWELL_NODE, ALLSWELL_TOTAL and ALLSWELL_PAGE tell the most of it.",
        "Exit code 0 takes the alert. Every other one is tried again: 75 (EX_TEMPFAIL) and a time-out after 1 s, then ever later up to \
         5 min; 64 (EX_USAGE), 77 (EX_NOPERM), 78 (EX_CONFIG), 126 and 127 from 30 s up to 15 min; all for 24 h. The key in ALLSWELL_KEY is \
         the same for each attempt.",
        "The first line of its standard error is the reason that is shown; its standard output is not read. It gets no other descriptor, \
         runs as the leader of a process group of its own, and whatever is left of that group when it ends is killed.",
    ],
    settings: SETTINGS,
    secret: &["env", "command"],
    examples: &[Example {
        title: "A script of your own",
        channel: "pager",
        settings: &[
            ("command", Shown::List(&["/bin/sh", "-c", "logger -t allswell \"$ALLSWELL_KIND: $ALLSWELL_SUMMARY\""])),
            ("env", Shown::Map(&[("PAGER_TOKEN", "${PAGER_TOKEN}")])),
            ("timeout", Shown::Text("30s")),
        ],
    }],
};

impl ChannelKind for Exec {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    fn build(&self, settings: &Settings) -> Result<Arc<dyn Channel>, Vec<Mistake>> {
        let program = Program::read(settings)?;
        let mut secrets = Secrets::default();
        for (_, value) in settings.map("env") {
            secrets.add(value);
        }
        // A reason without the words of its own command would say less; only what looks like a key is blanked out.
        for argument in &program.arguments {
            secrets.add_keys(argument);
        }
        Ok(Arc::new(Runner { program, secrets, timeout: settings.duration("timeout").unwrap_or_default() }))
    }
}

struct Runner {
    program: Program,
    secrets: Secrets,
    timeout: Duration,
}

impl Channel for Runner {
    fn send<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<String, Refusal>> {
        self.run(letter).boxed()
    }

    fn timeout(&self) -> Duration {
        self.timeout
    }

    fn at_once(&self) -> usize {
        // Processes weigh more than requests.
        4
    }
}

/// Exit codes that say "not before somebody changes something": those of sysexits.h, and what shells say of a program that they cannot run.
const PERMANENT: &[i32] = &[64, 77, 78, 126, 127];

fn not_started(name: &str, error: &io::Error) -> Refusal {
    let sentence = format!("{name} did not start ({error}).");
    match Errno::from_io_error(error) {
        Some(Errno::MFILE | Errno::NFILE) => Refusal::passing(OUT_OF_DESCRIPTORS),
        // A program that is gone hardly ever comes back by itself.
        Some(Errno::NOENT | Errno::ACCESS) => Refusal::permanent(sentence),
        _ => Refusal::passing(sentence),
    }
}

impl Runner {
    async fn run(&self, letter: &Letter) -> Result<String, Refusal> {
        let begun = Instant::now();
        let name = self.program.shown();
        let ended = running::run(self.program.command(letter), letter, begun + self.timeout).await;
        let Ended { end, complaint } = ended.map_err(|error| not_started(&name, &error))?;
        let said = self.said(&complaint);
        match end {
            End::Code(0) => Ok(format!("{name} took it ({}).", spoken(begun.elapsed()))),
            End::Code(code) if PERMANENT.contains(&code) => Err(Refusal::permanent(format!("{name} ended with exit code {code}{said}"))),
            End::Code(code) => Err(Refusal::passing(format!("{name} ended with exit code {code}{said}"))),
            End::Signal(signal) => Err(Refusal::passing(format!("{name} was ended by signal {signal}{said}"))),
            End::TooLate => Err(Refusal::passing(format!("{name} did not end within {}, and was killed{said}", spoken(self.timeout)))),
        }
    }

    fn said(&self, complaint: &[u8]) -> String {
        let text = self.secrets.blanked(&String::from_utf8_lossy(complaint));
        let line = one_line(&text, 200);
        if line.is_empty() { ".".into() } else { format!(": {line}") }
    }
}

#[cfg(test)]
mod tests;

//! A long watch: two thousand targets that fail in every manner, a reload every minute, a channel that hangs and fails; and what
//! the program needs meanwhile, which must not grow. `cargo xtask soak [MINUTES]`. All of it stays on loopback.

mod configuration;
mod noise;
mod pager;
mod posts;
mod program;
mod report;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use configuration::Configuration;
use noise::Noise;
use pager::Pager;
use posts::Posts;
use program::Program;
use report::Report;

type Trouble = Box<dyn std::error::Error + Send + Sync>;

/// As the plan has it.
const MINUTES: u64 = 30;

/// The first part warms up: caches fill, and every target fails for the first time.
const LOOK_EVERY: Duration = Duration::from_secs(10);
const RELOAD_EVERY: Duration = Duration::from_secs(60);
const MOODS_EVERY: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    let asked = std::env::args().skip(1).find_map(|word| word.parse().ok());
    match soak(Duration::from_secs(60 * asked.unwrap_or(MINUTES))) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(trouble) => {
            say(&format!("the soak ended: {trouble}"));
            ExitCode::FAILURE
        }
    }
}

/// Whether all stayed flat.
fn soak(length: Duration) -> Result<bool, Trouble> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let guard = runtime.enter();
    let (posts, pager) = (Posts::open()?, Pager::open()?);
    drop(guard);
    let folder = tempfile::tempdir()?;
    let mut noise = Noise::new(7);
    let mut configuration = Configuration::new(&posts, &pager);
    configuration.write(folder.path())?;
    let program = Program::start(folder.path())?;
    let mut report = Report::default();
    let begun = Instant::now();
    let (mut look, mut reload, mut moods) = (begun + LOOK_EVERY, begun + RELOAD_EVERY, begun);
    while begun.elapsed() < length {
        let now = Instant::now();
        if now >= moods {
            posts.change_moods(&mut noise);
            moods += MOODS_EVERY;
        }
        if now >= reload {
            configuration.edit(&mut noise);
            configuration.write(folder.path())?;
            program.reload()?;
            reload += RELOAD_EVERY;
        }
        if now >= look {
            report.add(program.look(begun.elapsed())?);
            look += LOOK_EVERY;
        }
        std::thread::park_timeout(look.min(reload).min(moods).saturating_duration_since(Instant::now()));
    }
    let flat = report.print(&pager, program.kept(&configuration)?);
    program.end()?;
    runtime.shutdown_timeout(Duration::from_secs(1));
    Ok(flat)
}

#[expect(clippy::print_stdout, reason = "the soak's report")]
fn say(line: &str) {
    println!("{line}");
}

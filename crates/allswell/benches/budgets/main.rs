//! The budgets of docs/benchmarks.md, measured side by side with floors and rivals in one run: `cargo xtask bench [quick] [NAME...]`.
//!
//! All of it runs in namespaces of its own where the machine permits, so that no packet can leave;
//! every other process is this executable in a role, or a rival, and ends with it.

mod blackbox;
mod budgets;
mod child;
mod engine_load;
mod epoll_floor;
mod figures;
mod fping;
mod mode;
mod role;
mod rounds;
mod sample;
mod server;
mod space;
mod table;
mod tokio_floor;
mod usage;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::figures::Trouble;
use crate::mode::Mode;
use crate::table::Row;

fn main() -> ExitCode {
    // `cargo bench` adds a word of its own.
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let ended = match words.as_slice() {
        [child::ROLE, role @ ..] => role::play(role),
        asked => bench(asked),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            say(&format!("the bench ended: {trouble}"));
            ExitCode::FAILURE
        }
    }
}

fn bench(words: &[&str]) -> Result<(), Trouble> {
    let mode = if words.contains(&"quick") { Mode::Quick } else { Mode::Whole };
    let named: Vec<&str> = words.iter().copied().filter(|word| *word != "quick").collect();
    if let Some(unknown) = named.iter().find(|name| !budgets::ALL.iter().any(|(known, _)| known == *name)) {
        let known: Vec<&str> = budgets::ALL.iter().map(|(name, _)| *name).collect();
        return Err(format!("no budget is called {unknown}; there are {} (and `quick`)", known.join(", ")).into());
    }
    if let Some(status) = space::enter(words) {
        return if status?.success() { Ok(()) } else { Err("inside its namespaces it failed".into()) };
    }
    allswell_os::limits::raise_descriptors()?;
    let begun = Instant::now();
    let mut rows = Vec::new();
    for (name, measure) in budgets::ALL.iter().filter(|(name, _)| named.is_empty() || named.contains(name)) {
        note(&format!("{name} ..."));
        rows.extend(measure(mode).unwrap_or_else(|trouble| vec![Row::missing(name, &format!("not measured: {trouble}"))]));
    }
    table::print(&rows);
    let missed = rows.iter().filter(|row| row.is_missed()).count();
    say(&format!("{missed} budgets missed; {:.0} s; repeat with: cargo xtask bench {}", begun.elapsed().as_secs_f64(), words.join(" ")));
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the bench's table")]
pub(crate) fn say(line: &str) {
    println!("{line}");
}

#[expect(clippy::print_stderr, reason = "what the bench does now")]
pub(crate) fn note(line: &str) {
    eprintln!("{line}");
}

/// Lets time pass: a load has to run for as long as it is measured.
pub(crate) fn pause(time: Duration) {
    let until = Instant::now() + time;
    while let Some(left) = until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
        std::thread::park_timeout(left);
    }
}

//! Upkeep of the house: `cargo xtask tidy`, `cargo xtask bench`, `cargo xtask soak`.

use std::process::ExitCode;

mod bench;
mod dist;
mod elsewhere;
mod tidy;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["tidy"] => tidy::run(),
        ["dist"] => dist::run(),
        ["elsewhere"] => elsewhere::run(),
        ["bench", "liveness"] => bench::liveness(),
        ["bench", "link", which @ ..] => bench::link(which),
        ["bench", which @ ..] => bench::budgets(which),
        ["soak", minutes @ ..] => bench::soak(minutes),
        _ => {
            say(
                "usage: cargo xtask tidy | cargo xtask bench [NAME...] | cargo xtask bench liveness | cargo xtask bench link [PART...] | cargo xtask dist | cargo xtask elsewhere | cargo xtask soak [MINUTES]",
            );
            ExitCode::from(64)
        }
    }
}

#[expect(clippy::print_stdout, reason = "this is a command line")]
fn say(line: &str) {
    println!("{line}");
}

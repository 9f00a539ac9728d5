//! Upkeep of the house: `cargo xtask tidy` and `cargo xtask bench`.

use std::process::ExitCode;

mod bench;
mod tidy;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["tidy"] => tidy::run(),
        ["bench", which @ ..] => bench::run(which),
        _ => {
            say("usage: cargo xtask tidy | cargo xtask bench [NAME...]");
            ExitCode::from(64)
        }
    }
}

#[expect(clippy::print_stdout, reason = "this is a command line")]
fn say(line: &str) {
    println!("{line}");
}

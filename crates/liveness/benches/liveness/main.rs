//! What it costs to know, and how soon one knows: `cargo xtask bench liveness`. Every figure stands beside its floor or its rival,
//! measured in the same run; all that two hosts need happens in namespaces of the bench's own.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench that cannot be made fails, and its table is printed"
)]

mod beats;
mod calls;
mod child;
mod client;
mod hosts;
mod peer;
mod report;
mod verdict;
mod watched;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [child::ROLE, "peer"] => peer::run(),
        [child::ROLE, "client", check, ports @ ..] => client::run(check, ports),
        // `cargo test` and `cargo bench --no-run` build it; only a real bench measures.
        words if words.contains(&"--bench") => match hosts::enter(words) {
            Some(ended) => std::process::exit(ended.code().unwrap_or(1)),
            None => {
                verdict::run();
                beats::run();
                watched::run();
            }
        },
        _ => {}
    }
}

//! What links cost, how soon a cut is told, and what is told when nothing is cut: `cargo xtask bench link`. FRR's bfdd is measured beside
//! it in the same run where it is installed. All of it happens in namespaces of the bench's own.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench that cannot be made fails, and its table is printed"
)]

#[expect(dead_code, reason = "the bench that it was made for uses more of it")]
#[path = "../../../liveness/benches/liveness/child.rs"]
mod child;
mod crowd;
mod cuts;
mod detection;
mod flood;
mod frr;
mod frr_cuts;
mod hosts;
mod many;
mod node;
mod stalls;
mod stamps;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [child::ROLE, "node", rest @ ..] => node::run(rest),
        [child::ROLE, "crowd", rest @ ..] => crowd::run(rest),
        [child::ROLE, "cuts", rest @ ..] => cuts::run(rest),
        [child::ROLE, "flood", rest @ ..] => flood::run(rest),
        [child::ROLE, "frr-cuts", rest @ ..] => frr_cuts::run(rest),
        // `cargo test` and `cargo bench --no-run` build it; only a real bench measures.
        words if words.contains(&"--bench") => match hosts::enter(words) {
            Some(ended) => std::process::exit(ended.code().unwrap_or(1)),
            None => {
                let wants = |what: &str| words.contains(&what) || words.len() == 1;
                if wants("detection") {
                    detection::run();
                }
                if wants("flood") {
                    flood::beside();
                }
                if wants("stalls") {
                    stalls::run();
                }
                if wants("stamps") {
                    stamps::run();
                }
                if wants("many") {
                    many::run();
                }
            }
        },
        _ => {}
    }
}

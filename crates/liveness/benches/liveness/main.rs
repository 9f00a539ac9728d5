//! What it costs to know. `cargo xtask bench liveness` prints it; every figure stands beside its floor, measured in the same run.

mod verdict;

fn main() {
    // `cargo test` and `cargo bench --no-run` build it; only a real bench measures.
    if std::env::args().any(|word| word == "--bench") {
        verdict::run();
    }
}

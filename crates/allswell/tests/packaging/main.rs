//! What stands in `packaging/`, tried with the parts that it is made for: the static program in an empty root, systemd's own
//! checks, Prometheus and its tool. The static program is named by `ALLSWELL_DIST` (`cargo xtask dist` makes it).
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod containerfile;
mod empty_root;
mod grafana;
mod http;
mod kubernetes;
mod prometheus;
mod scraped;
mod started;
mod systemd;
mod yaml;

use std::path::{Path, PathBuf};

/// A file of this repository.
fn packaged(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packaging").join(path).canonicalize().unwrap()
}

fn read(path: &str) -> String {
    std::fs::read_to_string(packaged(path)).unwrap()
}

//! Who may import whom: the table of ARCHITECTURE.md, held against the manifests.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// A crate, what it may import of ours, and outside crates that only it (and those listed) may hold.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("allswell-model", &[]),
    ("allswell-os", &[]),
    ("allswell-link", &[]),
    ("allswell-liveness", &["allswell-os"]),
    ("allswell-probe", &["allswell-model", "allswell-os"]),
    ("allswell-judge", &["allswell-model"]),
    ("allswell-store", &["allswell-model"]),
    ("allswell-notify", &["allswell-model"]),
    ("allswell-mesh", &["allswell-model", "allswell-link", "allswell-os"]),
    ("allswell-engine", &["allswell-model", "allswell-probe", "allswell-judge", "allswell-store"]),
    ("allswell-web", &["allswell-model", "allswell-store"]),
    (
        "allswell",
        &[
            "allswell-model",
            "allswell-os",
            "allswell-probe",
            "allswell-judge",
            "allswell-store",
            "allswell-notify",
            "allswell-link",
            "allswell-mesh",
            "allswell-engine",
            "allswell-web",
        ],
    ),
    ("allswell-testkit", &["allswell-model", "allswell-os", "allswell-link"]),
    ("xtask", &[]),
];

/// Outside crates whose place is fixed.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("libc", &["allswell-os", "allswell-testkit"]),
    ("rusqlite", &["allswell-store"]),
    ("cel", &["allswell-judge"]),
    ("axum", &["allswell-web"]),
    ("clap", &["allswell"]),
    ("saphyr-parser", &["allswell"]),
    ("tracing-subscriber", &["allswell"]),
    ("hickory-proto", &["allswell-probe", "allswell-testkit"]),
    ("minijinja", &["allswell-notify"]),
    ("blake2", &["allswell-link"]),
    ("rcgen", &["allswell-testkit"]),
];

/// Crates that think and never act: nothing of the outside but these may stand in their manifests.
const PURE: &[(&str, &[&str])] =
    &[("allswell-model", &["serde", "strsim"]), ("allswell-judge", &["cel", "regex", "serde_json"]), ("allswell-link", &["blake2"])];

pub(super) fn breaches(root: &Path) -> Vec<String> {
    let metadata = match metadata(root) {
        Ok(metadata) => metadata,
        Err(why) => return vec![why],
    };
    let packages = metadata.get("packages").and_then(Value::as_array).cloned().unwrap_or_default();
    packages.iter().flat_map(of_package).collect()
}

fn metadata(root: &Path) -> Result<Value, String> {
    let output = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()))
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(root)
        .output()
        .map_err(|error| format!("cargo metadata did not run: {error}"))?;
    serde_json::from_slice(&output.stdout).map_err(|error| format!("cargo metadata is not JSON: {error}"))
}

fn of_package(package: &Value) -> Vec<String> {
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let name = text(package, "name");
    let Some((_, allowed)) = MAY_IMPORT.iter().find(|(known, _)| *known == name) else {
        return vec![format!("layers: {name} is not in the table of ARCHITECTURE.md; a crate needs a reason there")];
    };
    let mut breaches = Vec::new();
    for dependency in package.get("dependencies").and_then(Value::as_array).into_iter().flatten() {
        let (other, kind) = (text(dependency, "name"), text(dependency, "kind"));
        let ours = other.starts_with("allswell");
        if kind == "dev" {
            continue;
        }
        if ours && !allowed.contains(&other.as_str()) {
            breaches.push(format!("layers: {name} must not import {other}"));
        }
        if ONLY_IN.iter().any(|(outside, holders)| *outside == other && !holders.contains(&name.as_str())) {
            breaches.push(format!("layers: {name} must not hold {other}"));
        }
        if PURE.iter().any(|(pure, may)| *pure == name && !ours && !may.contains(&other.as_str())) {
            breaches.push(format!("layers: {name} is pure and must not hold {other}"));
        }
    }
    breaches
}

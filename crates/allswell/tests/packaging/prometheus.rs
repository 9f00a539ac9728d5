//! The alert rules: as Prometheus' own tool judges them, and each of them proven by a test of its own.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::{packaged, read, yaml};

/// Runs Prometheus' tool, which must be content.
fn promtool(arguments: &[&str]) {
    let folder = packaged("prometheus");
    let Output { status, stdout, stderr } = Command::new("promtool").args(arguments).current_dir(folder).output().unwrap_or_else(|error| {
        panic!("promtool ({error}): on Debian, apt-get install prometheus");
    });
    let said = format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert!(status.success(), "promtool {arguments:?}: {status}\n{said}");
}

/// The rules as (name, expression).
pub(crate) fn rules() -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let groups = yaml::documents(&read("prometheus/rules.yaml"))[0]["groups"].clone();
    let rules = groups.as_array().unwrap().iter().flat_map(|group| group["rules"].as_array().unwrap());
    rules.map(|rule| (text(&rule["alert"]), text(&rule["expr"]))).collect()
}

/// The names of our metrics in a text.
pub(crate) fn metrics(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == ':'));
    words.filter(|word| word.starts_with("allswell_")).map(str::to_owned).collect()
}

#[test]
fn the_rules_and_the_scrape_configuration_are_sound() {
    promtool(&["check", "rules", "rules.yaml"]);
    promtool(&["check", "config", "prometheus.yaml"]);
}

#[test]
fn the_rules_wake_when_they_should_and_only_then() {
    promtool(&["test", "rules", "rules_test.yaml"]);
}

#[test]
fn each_rule_is_seen_to_wake() {
    let tests = yaml::documents(&read("prometheus/rules_test.yaml"))[0]["tests"].clone();
    let tried = tests.as_array().unwrap().iter().flat_map(|test| test["alert_rule_test"].as_array().unwrap());
    let seen: BTreeSet<&str> = tried.filter(|one| one["exp_alerts"].is_array()).map(|one| one["alertname"].as_str().unwrap()).collect();
    for (name, _) in rules() {
        assert!(seen.contains(name.as_str()), "{name} has no test in which it wakes");
    }
}

#[test]
fn what_the_rules_speak_of_is_in_the_reference() {
    let reference = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/metrics.md");
    let reference = std::fs::read_to_string(reference).unwrap();
    for metric in rules().iter().flat_map(|(_, expression)| metrics(expression)) {
        assert!(reference.contains(&format!("| `{metric}` |")), "{metric}");
    }
}

//! `allswell config` as people use it: the real binary on real files.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn config(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_allswell"));
    command.arg("config").args(arguments).current_dir(folder).env("TOKEN", "s3cr3t").output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

const FINE: &[(&str, &str)] = &[
    (
        "allswell.yaml",
        "include: teams
channels: { oncall: { type: webhook, url: 'https://127.0.0.1/${TOKEN}' } }
defaults: { every: 30s, alert: oncall }
groups: { web: { timeout: 2s } }
",
    ),
    (
        "teams/web.yaml",
        "defaults: { every: 10s }\ntargets:\n  - { name: a, group: web, url: 'tcp://127.0.0.1:1' }\n  - url: http://127.0.0.1:1/\n    http: { bearer: sesame }\n",
    ),
];

#[test]
fn a_configuration_that_is_fine_is_one_line() {
    let folder = folder(FINE);
    let output = config(folder.path(), &["check"]);
    assert_eq!((stdout(&output).as_str(), output.status.code()), ("2 targets, 1 group, 1 channel: fine\n", Some(0)), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
    let output = config(folder.path(), &["check", "--json", "allswell.yaml"]);
    let object: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(
        (&object["fine"], &object["targets"], &object["groups"], &object["channels"]),
        (&true.into(), &2.into(), &1.into(), &1.into())
    );
}

#[test]
fn every_mistake_of_every_file_is_told_at_once() {
    let folder = folder(&[
        ("allswell.yaml", "include: [b.yaml, nowhere]\nlisen: x\n"),
        ("b.yaml", "targets:\n  - url: tcp://127.0.0.1:70000\n    evry: 1s\n"),
    ]);
    let output = config(folder.path(), &["check"]);
    let said = stderr(&output);
    for mistake in [
        "allswell.yaml:1:19: nowhere: the file",
        "allswell.yaml:2:1: `lisen`",
        "b.yaml:2:10: tcp://127.0.0.1:70000",
        "b.yaml:3:5: `evry`",
        "4 mistakes in 2 files",
    ] {
        assert!(said.contains(mistake), "{mistake}: {said}");
    }
    assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(64), ""));
    let output = config(folder.path(), &["check", "--json"]);
    let object: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let places: Vec<String> =
        object["mistakes"].as_array().unwrap().iter().map(|one| format!("{}:{}:{}", one["file"], one["line"], one["column"])).collect();
    assert_eq!(places, ["\"allswell.yaml\":1:19", "\"allswell.yaml\":2:1", "\"b.yaml\":2:10", "\"b.yaml\":3:5"]);
    assert_eq!((output.status.code(), &object["fine"], output.stderr.len()), (Some(64), &false.into(), 0));
    let output = config(folder.path(), &["check", "missing.yaml"]);
    assert!(stderr(&output).starts_with("missing.yaml: the file cannot be read") && output.status.code() == Some(64), "{output:?}");
}

#[test]
fn what_holds_is_shown_with_its_place_and_without_secrets() {
    let folder = folder(FINE);
    let output = config(folder.path(), &["show", "allswell.yaml", "web/a"]);
    let shown = stdout(&output);
    let line =
        |key: &str| shown.lines().find(|line| line.trim_start_matches([' ', '-', '#']).starts_with(key)).unwrap_or_default().to_owned();
    assert!(line("every:").ends_with("every: 10s                               # teams/web.yaml:1"), "{shown}");
    assert!(line("timeout:").contains("2s") && line("timeout:").ends_with("# allswell.yaml:4"), "{shown}");
    assert!(line("alert:").ends_with("# allswell.yaml:3"), "{shown}");
    assert!(line("down_after: 2").ends_with("by default"), "{shown}");
    let whole = config(folder.path(), &["show"]);
    let json = config(folder.path(), &["show", "--json"]);
    let both = stdout(&whole) + &stdout(&json);
    assert!(!both.contains("s3cr3t") && !both.contains("sesame"), "{both}");
    assert!(
        both.contains("${TOKEN}") && both.starts_with("# Read from allswell.yaml, teams/web.yaml.\n# Secrets that were typed are ***"),
        "{both}"
    );
    let object: Value = serde_json::from_str(&stdout(&json)).unwrap();
    assert_eq!(object["targets"][0]["keys"]["every"]["value"], "10s");
    assert_eq!(object["targets"][0]["keys"]["every"]["from"], "teams/web.yaml:1");
    let one = config(folder.path(), &["show", "--json", "allswell.yaml", "web/a"]);
    assert_eq!(serde_json::from_str::<Value>(&stdout(&one)).unwrap(), object["targets"][0]);
}

#[test]
fn what_is_shown_is_a_configuration_that_means_the_same() {
    let files: Vec<(&str, &str)> = FINE
        .iter()
        .map(|(name, text)| {
            (
                *name,
                if text.contains("sesame") {
                    "targets:\n  - { name: a, group: web, url: 'tcp://127.0.0.1:1', labels: { a: 'b # c' } }\n"
                } else {
                    text
                },
            )
        })
        .collect();
    let folder = folder(&files);
    let shown = stdout(&config(folder.path(), &["show"]));
    fs::write(folder.path().join("shown.yaml"), &shown).unwrap();
    let again = config(folder.path(), &["show", "shown.yaml"]);
    let bare = |text: &str| text.lines().map(|line| line.split(" # ").next().unwrap().trim_end().to_owned()).collect::<Vec<_>>();
    // The first line names the files.
    assert_eq!(bare(&stdout(&again))[1..], bare(&shown)[1..], "{}", stderr(&again));
}

#[test]
fn a_target_that_is_not_there_is_misuse() {
    let folder = folder(FINE);
    let output = config(folder.path(), &["show", "allswell.yaml", "web/b"]);
    assert_eq!(
        (output.status.code(), stderr(&output).as_str()),
        (Some(64), "error: the configuration has no target web/b; did you mean web/a?\n")
    );
}

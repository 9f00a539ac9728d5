//! Every row has its test, and every test its row.

use std::process::Command;

use crate::row::{COLUMNS, Row, TEXT};

/// The functions of this binary that are named after a row, without their modules.
fn tests() -> Vec<String> {
    let listed = Command::new(std::env::current_exe().unwrap()).args(["--list", "--format=terse"]).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let paths = listed.lines().filter_map(|line| line.strip_suffix(": test")).filter(|path| !path.starts_with("complete::"));
    paths.map(|path| path.rsplit("::").next().unwrap_or(path).to_owned()).collect()
}

#[test]
fn every_row_has_one_test_and_every_test_one_row() {
    let (rows, tests): (Vec<Row>, _) = (Row::all().collect(), tests());
    let counted = |row: &&Row| tests.iter().filter(|test| test.starts_with(&row.prefix())).count();
    let rows_without: Vec<_> = rows.iter().filter(|row| counted(row) != 1).map(|row| row.name).collect();
    let tests_without: Vec<_> = tests.iter().filter(|test| !rows.iter().any(|row| test.starts_with(&row.prefix()))).collect();
    assert!(rows_without.is_empty() && tests_without.is_empty(), "rows: {rows_without:?}, tests: {tests_without:?}");
    assert!(rows.len() >= 90, "{} rows", rows.len());
}

#[test]
fn the_file_names_its_columns() {
    let heading = TEXT.lines().find_map(|line| line.strip_prefix("# name ")).unwrap();
    let columns: Vec<_> = heading.split('|').skip(1).map(str::trim).collect();
    assert_eq!(columns, COLUMNS);
}

//! The examples, run as a reader would, and what they must show.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::Command;

/// All that an example prints; it must end well.
fn shown(example: &str) -> String {
    let arguments = ["run", "--quiet", "--package", "allswell-liveness", "--example", example];
    let output = Command::new(env!("CARGO")).args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    said
}

/// The line that says how many requests of a pool failed.
fn failed(said: &str, pool: &str) -> usize {
    let rest = said.lines().find_map(|line| line.strip_prefix(pool)).unwrap();
    rest.split_whitespace().next().unwrap().parse().unwrap()
}

#[test]
fn a_pool_that_asks_fails_no_request() {
    let said = shown("pool_checkout");
    assert!(failed(&said, "A pool that does not ask: ") > 0, "{said}");
    assert_eq!(failed(&said, "A pool that asks: "), 0, "{said}");
}

/// What the last table says of one situation, of each way to set things up, on the client's side.
fn client_saw<'a>(said: &'a str, situation: &str) -> Vec<&'a str> {
    let table = said.rsplit("When it was noticed").next().unwrap();
    let rows = table.lines().skip_while(|line| !line.starts_with(&format!("   {situation} "))).take(3);
    rows.filter_map(|row| row.get(33..).map(|cells| cells.split("   ").next().unwrap_or_default().trim())).collect()
}

#[test]
fn each_end_sees_what_happens_to_the_other() {
    let said = shown("dead_peer");
    if said.contains("This machine forbids namespaces") {
        println!("skipped, because this machine forbids namespaces");
        assert!(std::env::var("CI").as_deref() != Ok("true"), "a test may not be skipped with CI=true");
        return;
    }
    let ends = |situation, wanted: [&str; 3]| {
        let saw = client_saw(&said, situation);
        assert!(saw.len() == 3 && saw.iter().zip(wanted).all(|(saw, wanted)| saw.contains(wanted)), "{situation}: {saw:?}\n{said}");
    };
    ends("closed", ["closed_in_order"; 3]);
    ends("killed", ["reset_after_fin"; 3]);
    ends("killed at work", ["reset"; 3]);
    ends("stopped", ["not in", "not in", "lost"]);
    ends("unplugged", ["stalled", "timed_out", "lost"]);
    ends("rebooted", ["reset"; 3]);
}

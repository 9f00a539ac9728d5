use allswell_model::{DownCause, Stage, StageTimes, SubResult, TargetId, Timestamp, UnknownCause};

use super::*;

fn down() -> Outcome {
    Outcome::Down { stage: Stage::CONNECT, cause: DownCause::REFUSED }
}

fn unknown() -> Outcome {
    Outcome::Unknown { stage: Stage::CONNECT, cause: UnknownCause::NO_ROUTE }
}

fn result(url: &str, outcome: Outcome) -> ProbeResult {
    ProbeResult {
        target: TargetId::new(url).unwrap(),
        started: Timestamp(0),
        duration: std::time::Duration::ZERO,
        outcome,
        reason: "What \u{1b}[2Jwas found.".to_owned(),
        address: None,
        said_by: None,
        rtt: None,
        stages: StageTimes::default(),
        measurements: Vec::new(),
        degraded: None,
        sub_results: Vec::new(),
    }
}

#[test]
fn the_worst_outcome_decides() {
    assert_eq!(exit(&[Outcome::Up, Outcome::Up]), Exit::Fine);
    assert_eq!(exit(&[Outcome::Up, unknown()]), Exit::Unknown);
    assert_eq!(exit(&[unknown(), down(), Outcome::Up]), Exit::Down);
}

#[test]
fn lines_are_aligned_and_harmless() {
    let mut several = result("tcp://db:5432", down());
    let (address, reason) = ("10.0.0.1:5432".to_owned(), "It refused.".to_owned());
    several.sub_results.push(SubResult { address, outcome: down(), reason, said_by: None, rtt: None, measurements: Vec::new() });
    let results = [result("tcp://127.0.0.1:80", Outcome::Up), several, result("icmp://10.0.0.1", unknown())];
    let urls: Vec<&str> = results.iter().map(|result| result.target.as_str()).collect();
    let lines = Lines::new(&urls, Paint::Plain);
    insta::assert_snapshot!(results.iter().map(|result| lines.of(result)).collect::<String>());
    assert!(Lines::new(&urls, Paint::Coloured).of(&results[0]).starts_with("\u{1b}[32mup     \u{1b}[0m  tcp://"));
}

/// What a shell makes of the command, as arguments.
fn arguments(command: &str) -> Arguments {
    #[derive(clap::Parser)]
    struct Check {
        #[command(flatten)]
        arguments: Arguments,
    }
    let script = format!("set -- {command}; shift; printf '%s\\0' \"$@\"");
    let said = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
    let words = String::from_utf8(said.stdout).unwrap();
    <Check as clap::Parser>::parse_from(words.trim_end_matches('\0').split('\0')).arguments
}

#[test]
fn the_command_that_repeats_a_probe_is_read_as_what_it_repeats() {
    for command in [
        "allswell check tcp://127.0.0.1:80",
        "allswell check --timeout 250ms --set hold=1s --set family=ipv6 'tcp://[::1]:80'",
        "allswell check --set method=POST --set headers='A: b c' --set headers='D: e:f=g' --set request_body='{\"it'\\''s\": \"$1\"}' \
         --expect 'status == 201' --expect 'body.contains('\\''ok'\\'')' 'http://127.0.0.1/a?b=c&d'",
        r#"allswell check --set headers='{A: " \"b\\", "X-Y": c}' http://127.0.0.1"#,
        r#"allswell check --set dialog='[{send: "PING\r\n"}, {expect_text: "+PONG"}]' tcp://127.0.0.1:6379"#,
    ] {
        let Ok(asked) = asked::read(&arguments(command)).map_err(|mistakes| println!("{command}: {mistakes:?}")) else { panic!() };
        assert_eq!(asked.plans[0].target.repeat, command);
    }
}

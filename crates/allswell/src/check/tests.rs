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

use super::*;
use crate::outcome::DownCause;

#[test]
fn the_json_has_the_names_of_the_contract() {
    let result = ProbeResult {
        target: TargetId::new("db").unwrap(),
        started: Timestamp(1_000_000),
        duration: Duration::from_micros(1_234),
        outcome: Outcome::Down { stage: Stage::CONNECT, cause: DownCause::REFUSED },
        reason: "10.0.0.5:5432 refused (RST in 0.4 ms): nothing listens, or a firewall rejects.".into(),
        address: Some("10.0.0.5:5432".into()),
        said_by: Some("10.0.0.5".into()),
        rtt: Some(Duration::from_micros(400)),
        stages: [(Stage::RESOLVE, Duration::from_micros(5)), (Stage::CONNECT, Duration::from_micros(400))].into_iter().collect(),
        measurements: vec![("zeta".into(), Value::Integer(1)), ("alpha".into(), Value::Bool(true))],
        degraded: None,
        sub_results: vec![],
    };
    assert_eq!(
        serde_json::to_string(&result).unwrap(),
        concat!(
            r#"{"target":"db","started_us":1000000,"duration_ms":1.234,"outcome":"down","stage":"connect","cause":"refused","#,
            r#""reason":"10.0.0.5:5432 refused (RST in 0.4 ms): nothing listens, or a firewall rejects.","#,
            r#""address":"10.0.0.5:5432","said_by":"10.0.0.5","rtt_ms":0.4,"#,
            r#""stages_ms":{"resolve":0.005,"connect":0.4},"measurements":{"zeta":1,"alpha":true}}"#
        )
    );
}

#[test]
fn a_stage_that_ran_twice_stands_once() {
    let mut times = StageTimes::default();
    times.add(&Stage::CONNECT, Duration::from_millis(2));
    times.add(&Stage::TLS, Duration::from_millis(1));
    times.add(&Stage::CONNECT, Duration::from_millis(3));
    assert_eq!(times.of(&Stage::CONNECT), Some(Duration::from_millis(5)));
    assert_eq!(times.iter().map(|(s, _)| s.as_str().to_owned()).collect::<Vec<_>>(), ["connect", "tls"]);
}

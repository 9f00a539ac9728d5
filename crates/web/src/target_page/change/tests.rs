use allswell_model::DownCause;

use super::*;
use crate::sample::{NOW, down, target, up};

fn id() -> allswell_model::TargetId {
    target("", "t", "https://t/").id
}

fn row<'a>(change: &'a Change, name: &str) -> &'a Row {
    change.rows.iter().find(|row| row.name == name).unwrap_or_else(|| panic!("no row {name} in {:?}", change.rows))
}

#[test]
fn what_differs_is_told_apart_and_where_it_ended_is_said() {
    let good = ProbeResult {
        stages: [(Stage::CONNECT, Duration::from_millis(3)), (Stage::TLS, Duration::from_millis(20))].into_iter().collect(),
        measurements: vec![("certificate_serial".into(), Value::from("04:ab")), ("tls_version".into(), Value::from("1.3"))],
        ..up(&id())
    };
    let bad = ProbeResult {
        address: Some("10.0.0.6:5432".to_owned()),
        stages: [(Stage::CONNECT, Duration::from_millis(4)), (Stage::TLS, Duration::from_millis(80))].into_iter().collect(),
        outcome: allswell_model::Outcome::Down { stage: Stage::TLS, cause: DownCause::CERTIFICATE_UNTRUSTED },
        measurements: vec![("certificate_serial".into(), Value::from("05:cd")), ("tls_version".into(), Value::from("1.3"))],
        ..down(&id(), DownCause::REFUSED, "not trusted")
    };
    let change = of(&good, &bad, true, NOW);
    assert_eq!(row(&change, "address").cells.clone().map(|cell| cell.text), ["10.0.0.5:5432", "10.0.0.6:5432"]);
    assert!(row(&change, "address").differs && row(&change, "certificate serial").differs && row(&change, "tls").differs);
    assert!(!row(&change, "connect").differs, "a millisecond is no difference");
    let tls = &row(&change, "tls").cells;
    assert_eq!((tls[0].bar, tls[1].bar, tls[1].ended.as_deref()), (Some(25), Some(100), Some("certificate untrusted")));
    assert_eq!(change.same, ["tls version"]);
    assert_eq!(change.sides.clone().map(|side| side.look), [Look::Up, Look::Down]);
}

#[test]
fn a_stage_that_never_ended_stands_with_its_cause() {
    let change = of(&up(&id()), &down(&id(), DownCause::REFUSED, "refused"), true, NOW);
    let connect = row(&change, "connect");
    assert_eq!((connect.cells[0].text.as_str(), connect.cells[1].text.as_str()), ("31 ms", ""));
    assert_eq!((connect.differs, connect.cells[1].ended.as_deref()), (true, Some("refused")));
    assert!(!row(&change, "address").differs);
}

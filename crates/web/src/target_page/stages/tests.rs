use allswell_model::{BootEpoch, NodeId, Seq, Stamp};

use super::*;
use crate::sample::{NOW, down, target, up};

fn kept(result: ProbeResult) -> Kept {
    let stamp = Stamp { node: NodeId::new("n").unwrap(), location: "".into(), boot: BootEpoch(1), seq: Seq(1), at: NOW };
    Kept { stamp, result, whole: true }
}

fn took(connect: u64, tls: u64) -> ProbeResult {
    let stages = [(Stage::CONNECT, Duration::from_millis(connect)), (Stage::TLS, Duration::from_millis(tls))].into_iter().collect();
    ProbeResult { stages, ..up(&target("", "t", "tcp://t:1").id) }
}

#[test]
fn the_last_result_stands_over_the_usual_one_on_one_scale() {
    let last = took(10, 90);
    let stages = of(Some(&last), &[took(10, 90), took(10, 20), took(12, 20)].map(kept), None);
    let bars: Vec<_> = stages.bars.iter().map(|bar| (bar.label.as_str(), bar.total.as_str())).collect();
    assert_eq!(bars, [("last", "100 ms"), ("median of 3", "30 ms")]);
    let parts: Vec<_> = stages.bars.iter().map(|bar| bar.parts.iter().map(|part| (part.from, part.width)).collect::<Vec<_>>()).collect();
    assert_eq!(parts, [[(0, 72), (72, 648)], [(0, 72), (72, 144)]]);
    let rows: Vec<_> = stages.rows.iter().map(|row| (row.name.as_str(), row.took.join(" / "))).collect();
    assert_eq!(rows, [("connect", "10 ms / 10 ms".to_owned()), ("tls", "90 ms / 20 ms".to_owned())]);
}

#[test]
fn a_stage_that_was_not_reached_has_a_dash() {
    let id = target("", "t", "tcp://t:1").id;
    let last = ProbeResult {
        stages: [(Stage::CONNECT, Duration::from_millis(5))].into_iter().collect(),
        ..down(&id, allswell_model::DownCause::REFUSED, "no")
    };
    let stages = of(Some(&last), &[took(10, 20), took(10, 20)].map(kept), None);
    assert_eq!(stages.rows[1].took, ["–", "20 ms"]);
    let bars: Vec<_> = of(Some(&last), &[], Some(&took(10, 20))).bars.into_iter().map(|bar| bar.label).collect();
    assert_eq!(bars, ["last", "last good"], "where it failed all the time");
    assert_eq!(of(None, &[], None), Stages::default());
}

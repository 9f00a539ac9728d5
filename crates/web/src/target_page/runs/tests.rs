use std::sync::Arc;
use std::time::Duration;

use allswell_model::{BootEpoch, DownCause, NodeId, Seq, Stamp};

use super::*;
use crate::sample::{NOW, down, target, up};

fn kept(n: u64, result: ProbeResult) -> Kept {
    let started = NOW - Duration::from_secs(n);
    let node = NodeId::new("n").unwrap();
    let stamp = Stamp { node, location: Arc::from(""), boot: BootEpoch(1), seq: Seq(1000 - n), at: started };
    Kept { stamp, whole: true, result: ProbeResult { started, ..result } }
}

#[test]
fn what_says_the_same_is_one_line_and_what_differs_is_not() {
    let id = target("", "a", "tcp://10.0.0.5:1").id;
    let slow = ProbeResult { rtt: Some(Duration::from_millis(45)), ..up(&id) };
    let elsewhere = ProbeResult { address: Some("10.0.0.6:5432".to_owned()), ..up(&id) };
    let refused = |why: &str| down(&id, DownCause::REFUSED, why);
    let all = [up(&id), slow, elsewhere, refused("refused in 0.4 ms"), refused("refused in 0.5 ms"), refused("refused in 0.6 ms")];
    let kept: Vec<_> = all.into_iter().enumerate().map(|(n, result)| kept(n as u64, result)).collect();
    let runs = collapse(&kept, false, NOW);
    let said: Vec<_> = runs.iter().map(|run| (run.look, run.times.as_deref(), run.reason.as_str(), run.rtt.as_deref())).collect();
    let fine = "10.0.0.5:5432 accepted and stayed open.";
    assert_eq!(
        said,
        [
            (Look::Up, Some("2"), fine, Some("31 ms to 45 ms")),
            (Look::Up, None, fine, Some("31 ms")),
            (Look::Down, Some("3"), "refused in 0.4 ms", None),
        ]
    );
    assert_eq!((runs[2].newest.ago.as_str(), runs[2].oldest.ago.as_str()), ("3.0 s", "5.0 s"));
}

#[test]
fn nothing_is_nothing() {
    assert_eq!(collapse(&[], false, NOW), []);
}

#[test]
fn where_older_ones_were_not_read_it_says_that_there_may_be_more() {
    let id = target("", "a", "tcp://10.0.0.5:1").id;
    let kept = [kept(0, up(&id)), kept(1, up(&id))];
    assert_eq!(collapse(&kept, true, NOW).first().and_then(|run| run.times.clone()).as_deref(), Some("2+"));
    assert_eq!(collapse(kept.get(..1).unwrap(), true, NOW).first().and_then(|run| run.times.clone()), None);
}

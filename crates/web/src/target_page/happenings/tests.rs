use std::sync::Arc;

use allswell_model::{AlertKey, AlertKind, BootEpoch, ChannelName, IncidentId, NodeId, Seq, Stamp, Status, TargetId};

use super::*;
use crate::sample::NOW;

fn said(body: EventBody) -> Option<(&'static str, String)> {
    let stamp = Stamp { node: NodeId::new("n").unwrap(), location: Arc::from(""), boot: BootEpoch(1), seq: Seq(1), at: NOW };
    told(&[Event { stamp, body }], 10, NOW).0.pop().map(|happening| (happening.word, happening.reason))
}

fn ended(delivered: bool, attempts: u32) -> EventBody {
    of(AlertKind::Firing, "oncall", delivered, attempts)
}

fn of(kind: AlertKind, channel: &str, delivered: bool, attempts: u32) -> EventBody {
    EventBody::AlertEnded {
        key: AlertKey::new("k").unwrap(),
        incident: IncidentId(1),
        target: TargetId::new("t").unwrap(),
        channel: ChannelName::new(channel).unwrap(),
        kind,
        delivered,
        attempts,
        detail: if delivered { "HTTP 202" } else { "no reply within 10 s." }.to_owned(),
    }
}

#[test]
fn incidents_and_alerts_are_told_in_words() {
    let (incident, target) = (IncidentId(1), TargetId::new("t").unwrap());
    let began = EventBody::IncidentBegan { incident, target: target.clone(), status: Status::Down, reason: "refused".to_owned() };
    assert_eq!(said(began), Some(("incident", "refused".to_owned())));
    let over = |targets| EventBody::IncidentEnded { incident, target: target.clone(), for_ms: 240_000, targets };
    assert_eq!(said(over(1)), Some(("over", "The incident lasted 4 min; one target was in it.".to_owned())));
    assert_eq!(said(ended(true, 1)), Some(("told", "oncall, that it began: HTTP 202".to_owned())));
    assert_eq!(said(ended(false, 9)), Some(("not told", "oncall, that it began: no reply within 10 s, tried 9 times".to_owned())));
    assert_eq!(said(EventBody::Stopped), None, "what is about no target");
}

#[test]
fn what_is_told_again_and_again_is_one_line_for_each_way() {
    let began = EventBody::IncidentBegan {
        incident: IncidentId(1),
        target: TargetId::new("t").unwrap(),
        status: Status::Down,
        reason: "refused".to_owned(),
    };
    let mut bodies = Vec::new();
    for _ in 0..9 {
        bodies.extend(["oncall", "mail"].map(|channel| of(AlertKind::Reminder, channel, channel == "oncall", 1)));
    }
    bodies.extend([ended(true, 1), began]);
    let event = |(n, body): (u64, EventBody)| {
        let at = NOW - Duration::from_secs(60 * n);
        Event { stamp: Stamp { node: NodeId::new("n").unwrap(), location: Arc::from(""), boot: BootEpoch(1), seq: Seq(100 - n), at }, body }
    };
    let events: Vec<_> = (0..).zip(bodies).map(event).collect();
    let (lines, read) = told(&events, 10, NOW);
    let again = |line: &Happening| line.again.as_ref().map(|again| (again.times, again.since.ago.clone()));
    let said: Vec<_> = lines.iter().map(|line| (line.word, line.at.ago.as_str(), again(line))).collect();
    assert_eq!(
        said,
        [
            ("told", "0.0 s", Some((9, "16 min".to_owned()))),
            ("not told", "1 min", Some((9, "17 min".to_owned()))),
            ("told", "18 min", None),
            ("incident", "19 min", None),
        ]
    );
    assert_eq!(read, events.len());
    let (cut, read) = told(&events, 3, NOW);
    assert_eq!((cut.len(), read), (3, events.len() - 1), "the next page goes on where this one ends");
}

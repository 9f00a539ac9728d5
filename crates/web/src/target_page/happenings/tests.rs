use std::sync::Arc;

use allswell_model::{AlertKey, AlertKind, BootEpoch, ChannelName, IncidentId, NodeId, Seq, Stamp, Status, TargetId};

use super::*;
use crate::sample::NOW;

fn said(body: EventBody) -> Option<(&'static str, String)> {
    let stamp = Stamp { node: NodeId::new("n").unwrap(), location: Arc::from(""), boot: BootEpoch(1), seq: Seq(1), at: NOW };
    told(&[Event { stamp, body }], NOW).pop().map(|happening| (happening.word, happening.reason))
}

fn ended(delivered: bool, attempts: u32) -> EventBody {
    EventBody::AlertEnded {
        key: AlertKey::new("k").unwrap(),
        incident: IncidentId(1),
        target: TargetId::new("t").unwrap(),
        channel: ChannelName::new("oncall").unwrap(),
        kind: AlertKind::Firing,
        delivered,
        attempts,
        detail: "HTTP 202".to_owned(),
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
    assert_eq!(said(ended(false, 9)), Some(("not told", "oncall, that it began: HTTP 202, tried 9 times".to_owned())));
    assert_eq!(said(EventBody::Stopped), None, "what is about no target");
}

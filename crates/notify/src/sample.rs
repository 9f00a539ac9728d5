//! Alerts of every shape, on which a template is tried when the configuration is read.

use std::collections::BTreeMap;
use std::sync::Arc;

use allswell_model::{Affected, Alert, AlertKey, AlertKind, ChannelName, IdError, IncidentId, NodeId, Status, TargetId, Timestamp};

use crate::channel::Letter;

/// A Friday evening in 2026.
const BEGAN: Timestamp = Timestamp(1_795_199_400_000_000);
/// Whatever a target may say of itself.
const HOSTILE: &str = "it said \"}],\\ </script> {{ x }} \u{1}\u{2}\u{7f}\u{2028} %0a&=\u{1f4a5}\n'";

/// One with everything, one with as little as can be, one with many hostile targets, one that is over.
///
/// # Errors
/// Never: the names are ours.
pub(crate) fn letters() -> Result<Vec<Letter>, IdError> {
    let page = Some(Arc::from("https://watch.example.com"));
    let full = alert(AlertKind::Firing, vec![target("prod/db/db1", "10.0.0.5:5432 refused (RST in 0.4 ms).", true)?])?;
    let bare = Alert {
        status: Status::Unknown,
        stage: None,
        cause: None,
        location: "".into(),
        targets: Vec::new(),
        total: 0,
        ..alert(AlertKind::Reminder, Vec::new())?
    };
    let many = (0..20).map(|n| target(&format!("t/{n} \"<"), HOSTILE, false)).collect::<Result<_, _>>()?;
    let many = Alert { summary: HOSTILE.into(), total: 25, ..alert(AlertKind::Update, many)? };
    let over = alert(AlertKind::Resolved, vec![target("api", "200 in 31 ms.", true)?])?;
    let letter = |alert, page: &Option<Arc<str>>| Letter { alert: Arc::new(alert), page: page.clone() };
    Ok(vec![letter(full, &page), letter(bare, &None), letter(many, &page), letter(over, &page)])
}

fn alert(kind: AlertKind, targets: Vec<Affected>) -> Result<Alert, IdError> {
    Ok(Alert {
        key: AlertKey::new("fra-1-1795199400000000-0-oncall")?,
        channel: ChannelName::new("oncall")?,
        kind,
        incident: IncidentId(BEGAN.0),
        number: 0,
        decided: Timestamp(BEGAN.0 + 240_000_000),
        began: BEGAN,
        ended: (kind == AlertKind::Resolved).then_some(Timestamp(BEGAN.0 + 240_000_000)),
        node: NodeId::new("fra-1")?,
        location: "eu".into(),
        status: Status::Down,
        stage: Some("connect".into()),
        cause: Some("refused".into()),
        first: TargetId::new("prod/db/db1")?,
        summary: "prod/db/db1 is down: 10.0.0.5:5432 refused (RST in 0.4 ms): nothing listens, or a firewall rejects.".into(),
        total: targets.len() as u64,
        targets,
    })
}

fn target(id: &str, reason: &str, is_full: bool) -> Result<Affected, IdError> {
    Ok(Affected {
        target: TargetId::new(id)?,
        name: id.into(),
        group: if is_full { "prod/db" } else { "" }.into(),
        url: "tcp://10.0.0.5:5432".into(),
        labels: if is_full { BTreeMap::from([("team".to_owned(), "data".to_owned())]) } else { BTreeMap::new() },
        status: Status::Down,
        since: BEGAN,
        reason: reason.into(),
        runbook: is_full.then(|| "https://wiki.example.com/db".into()),
    })
}

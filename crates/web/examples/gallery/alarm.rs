//! The incidents of today, and who was told of them.

use std::collections::BTreeMap;
use std::time::Duration;

use allswell_model::{
    Affected, Alert, AlertKey, AlertKind, Attempted, ChannelName, EventBody, Incident, IncidentId, NodeId, Sent, Status, Timestamp,
};
use allswell_store::{Batch, Standing, Writer};

use crate::Trouble;
use crate::town::{House, Mood};
use crate::weather;

/// Those that alert, by their mood: one incident each.
pub(crate) fn raise(writer: &mut Writer, town: &[House], now: Timestamp) -> Result<(), Trouble> {
    let mut by_mood: BTreeMap<String, Vec<&House>> = BTreeMap::new();
    for house in town.iter().filter(|house| !house.target.alerting.channels.is_empty()) {
        let (status, _) = house.mood.status();
        if house.target.alerting.on.contains(&status) && house.mood != Mood::NeverAnswered {
            by_mood.entry(format!("{:?}", house.mood)).or_default().push(house);
        }
    }
    by_mood.values().try_for_each(|houses| one(writer, houses, now))
}

fn one(writer: &mut Writer, houses: &[&House], now: Timestamp) -> Result<(), Trouble> {
    let Some(first) = houses.first() else { return Ok(()) };
    let (status, minutes) = first.mood.status();
    let began = now - Duration::from_secs(minutes * 60);
    let result = weather::result(first, began, Some(first.mood));
    let (id, channel) = (IncidentId(began.0), ChannelName::new("oncall")?);
    let total = houses.len() as u64;
    let alert = Alert {
        key: AlertKey::new(&format!("fra-1-{id}-0-oncall"))?,
        channel: channel.clone(),
        kind: AlertKind::Firing,
        incident: id,
        number: 0,
        first: first.target.id.clone(),
        decided: began,
        began,
        ended: None,
        node: NodeId::new("fra-1")?,
        location: "eu".into(),
        status,
        stage: result.outcome.stage().map(|stage| stage.as_str().to_owned()),
        cause: result.outcome.cause().map(str::to_owned),
        summary: result.reason.clone(),
        total,
        targets: houses.iter().take(3).map(|house| Affected::of(&house.target, status, began, &result.reason)).collect(),
    };
    let incident = Incident {
        id,
        began,
        ended: None,
        grew: began,
        status,
        stage: alert.stage.clone(),
        cause: alert.cause.clone(),
        said_by: result.said_by,
        reason: result.reason.clone(),
        channels: [channel].into(),
        remind: first.target.alerting.remind,
        first: first.target.id.clone(),
        targets: total,
        most: total,
        told_targets: total,
        told: Some(began),
        alerts: 1,
    };
    let standings: Vec<Standing> = houses.iter().map(|house| standing(house, status, began, id)).collect();
    let began_event = EventBody::IncidentBegan { incident: id, target: first.target.id.clone(), status, reason: result.reason };
    let events = [(began, began_event)];
    let (incidents, alerts) = ([incident], [alert]);
    writer.append(Batch { events: &events, standings: &standings, incidents: &incidents, alerts: &alerts, ..Batch::default() }, began)?;
    let attempts: Vec<Attempted> = alerts.iter().map(|alert| attempt(alert, first.mood, now)).collect();
    writer.append(Batch { attempts: &attempts, ..Batch::default() }, now)?;
    Ok(())
}

fn standing(house: &House, status: Status, since: Timestamp, id: IncidentId) -> Standing {
    Standing { target: house.target.id.clone(), status, since, marks: [].into(), incident: Some(id) }
}

/// The way to those on call needs the resolver that is silent, too.
fn attempt(alert: &Alert, mood: Mood, now: Timestamp) -> Attempted {
    let (at, ended, detail) = match mood {
        Mood::Unresolved => (now, Sent::Again(now + Duration::from_secs(95)), "hooks.example.com could not be resolved"),
        _ => (alert.decided + Duration::from_millis(400), Sent::Delivered, "HTTP 202"),
    };
    Attempted { key: alert.key.clone(), at, ended, detail: detail.to_owned() }
}

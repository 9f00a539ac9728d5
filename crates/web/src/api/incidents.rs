//! `GET /api/v1/incidents`: those that last and those that ended last, each with the alerts that were told of it.

use std::sync::Arc;

use allswell_model::{AlertKey, AlertKind, ChannelName, Incident, Sent, Timestamp};
use allswell_store::{ReadError, Reader, Told};
use axum::Json;
use axum::extract::State;
use serde::Serialize;

use crate::params::Params;
use crate::problem::Problem;
use crate::state::App;

/// How many of each kind are told when nothing is said.
const USUAL: usize = 20;
/// At most so many of each kind: the alerts of each are looked up.
const MOST: usize = 100;
/// The newest alerts of an incident are told; the incident's `alerts` counts them all.
const ALERTS: usize = 20;

/// An incident with its alerts.
#[derive(Serialize)]
pub(crate) struct Shape {
    #[serde(flatten)]
    incident: Incident,
    /// The oldest first.
    told_alerts: Vec<ToldShape>,
}

/// What became of an alert.
#[derive(Serialize)]
struct ToldShape {
    key: AlertKey,
    channel: ChannelName,
    kind: AlertKind,
    decided_us: Timestamp,
    summary: String,
    outcome: &'static str,
    attempts: u32,
    at_us: Option<Timestamp>,
    detail: String,
}

/// The incidents.
#[derive(Serialize)]
pub(crate) struct Page {
    open: Vec<Shape>,
    open_total: usize,
    ended: Vec<Shape>,
}

/// `GET /api/v1/incidents?limit=20`
pub(crate) async fn list(State(app): State<App>, params: Params) -> Result<Json<Page>, Problem> {
    params.only(&["limit"])?;
    let limit = limit(params.first("limit"))?;
    let (open, open_total): (Vec<Arc<Incident>>, usize) =
        app.reader.board(|board| (board.incidents.values().rev().take(limit).cloned().collect(), board.incidents.len()));
    let read = move |reader: &Reader| {
        let open = open.iter().map(|incident| shape(reader, Incident::clone(incident))).collect::<Result<_, _>>()?;
        let ended = reader.ended_incidents(limit)?.into_iter().map(|incident| shape(reader, incident)).collect::<Result<_, _>>()?;
        Ok(Page { open, open_total, ended })
    };
    Ok(Json(app.read(read).await?))
}

fn limit(said: Option<&str>) -> Result<usize, Problem> {
    let Some(said) = said.filter(|said| !said.is_empty()) else { return Ok(USUAL) };
    let within = said.parse().ok().filter(|limit| (1..=MOST).contains(limit));
    within.ok_or_else(|| Problem::bad_request(format!("`limit` is a number from 1 to {MOST}.")))
}

fn shape(reader: &Reader, incident: Incident) -> Result<Shape, ReadError> {
    let told = reader.alerts_of(incident.id)?;
    let newest = told.len().saturating_sub(ALERTS);
    Ok(Shape { incident, told_alerts: told.into_iter().skip(newest).map(one).collect() })
}

fn one(told: Told) -> ToldShape {
    let alert = &told.alert;
    let outcome = match told.ended {
        Some(Sent::Delivered) => "delivered",
        Some(Sent::GivenUp) => "given_up",
        Some(Sent::Again(_)) | None => "waiting",
    };
    ToldShape {
        key: alert.key.clone(),
        channel: alert.channel.clone(),
        kind: alert.kind,
        decided_us: alert.decided,
        summary: alert.summary.clone(),
        outcome,
        attempts: told.attempts,
        at_us: told.at,
        detail: told.detail,
    }
}

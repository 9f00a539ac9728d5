//! `GET /api/v1/targets` and `GET /api/v1/targets/{id}`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use allswell_model::{Mark, Origin, ProbeResult, Status, Target, TargetId, Timestamp};
use allswell_store::Row;
use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use serde::Serialize;

use crate::facts::Facts;
use crate::filter::Filter;
use crate::paging;
use crate::params::Params;
use crate::problem::Problem;
use crate::state::App;

/// One target, as the API tells it.
#[derive(Debug, Serialize)]
pub(crate) struct Shape {
    id: TargetId,
    group: Arc<str>,
    name: Arc<str>,
    url: String,
    protocol: &'static str,
    labels: BTreeMap<String, String>,
    status: Status,
    since_us: Timestamp,
    marks: BTreeSet<Mark>,
    reason: String,
    every_ms: u64,
    timeout_ms: u64,
    down_after: u32,
    up_after: u32,
    runbook: Option<String>,
    origin: From,
    last: Option<Arc<ProbeResult>>,
}

/// Who asked for a target.
#[derive(Debug, Serialize)]
struct From {
    kind: &'static str,
    path: Option<String>,
    line: Option<usize>,
}

/// A page of targets.
#[derive(Debug, Serialize)]
pub(crate) struct Page {
    targets: Vec<Shape>,
    total: usize,
    next: Option<String>,
}

/// `GET /api/v1/targets?status=down&group=prod/db&cause=refused&q=api&after=CURSOR&limit=100`
pub(crate) async fn list(State(app): State<App>, params: Params) -> Result<Json<Page>, Problem> {
    let [status, group, cause, q] = Filter::NAMES;
    params.only(&[status, group, cause, q, "after", "limit"])?;
    let filter = Filter::parse(&params.0).map_err(Problem::bad_request)?;
    let limit = paging::limit(params.first("limit"))?;
    let after = params.first("after").map(paging::target_of).transpose()?;
    Ok(Json(app.reader.board(|board| {
        let wanted: Vec<&Row> = board.rows().filter(|row| filter.admits(&Facts::of(row))).collect();
        let from = after.map_or(0, |after| wanted.partition_point(|row| row.target.id <= after));
        let page = wanted.get(from..).unwrap_or_default();
        let more = page.len() > limit;
        let page = page.get(..limit).unwrap_or(page);
        Page {
            targets: page.iter().map(|row| shape(row)).collect(),
            total: wanted.len(),
            next: page.last().filter(|_| more).map(|row| paging::after_target(&row.target.id)),
        }
    })))
}

/// `GET /api/v1/targets/{id}`
pub(crate) async fn one(State(app): State<App>, Wanted(id): Wanted, params: Params) -> Result<Json<Shape>, Problem> {
    params.only(&[])?;
    let found = app.reader.board(|board| board.row(&id).map(shape));
    found.map(Json).ok_or_else(|| none_such(&id))
}

/// The target that a path names.
pub(crate) struct Wanted(pub(crate) TargetId);

impl<S: Send + Sync> FromRequestParts<S> for Wanted {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(text) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::bad_request("The id is not percent-encoded UTF-8."))?;
        let id = TargetId::new(&text).map_err(|error| Problem::not_found(format!("No target can have this id: {error}.")))?;
        Ok(Self(id))
    }
}

/// What is said of a target that is not watched.
pub(crate) fn none_such(id: &TargetId) -> Problem {
    Problem::not_found(format!("No target `{id}` is watched."))
}

fn shape(row: &Row) -> Shape {
    let target: &Target = &row.target;
    let policy = &target.policy;
    Shape {
        id: target.id.clone(),
        group: Arc::clone(&target.name.group),
        name: Arc::clone(&target.name.name),
        url: target.url.clone(),
        protocol: target.protocol,
        labels: target.labels.clone(),
        status: row.status,
        since_us: row.since,
        marks: row.marks.clone(),
        reason: Facts::of(row).reason().into_owned(),
        every_ms: millis(policy.every),
        timeout_ms: millis(policy.timeout),
        down_after: policy.down_after,
        up_after: policy.up_after,
        runbook: target.runbook.clone(),
        origin: from(&target.origin),
        last: row.last.clone(),
    }
}

fn millis(span: std::time::Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

fn from(origin: &Origin) -> From {
    match origin {
        Origin::File { path, line } => From { kind: "file", path: Some(path.clone()), line: Some(*line) },
        Origin::Argument => From { kind: "argument", path: None, line: None },
        Origin::Discovered => From { kind: "discovered", path: None, line: None },
        Origin::Api => From { kind: "api", path: None, line: None },
    }
}

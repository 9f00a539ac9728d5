//! `GET /api/v1/targets/{id}/results`: what a target's probes found, the newest first.

use allswell_model::{ProbeResult, Stamp};
use allswell_store::Cursor;
use axum::Json;
use axum::extract::State;
use serde::Serialize;

use crate::api::targets::{self, Wanted};
use crate::paging;
use crate::params::Params;
use crate::problem::Problem;
use crate::state::App;

/// One result as it was kept.
#[derive(Serialize)]
pub(crate) struct Shape {
    #[serde(flatten)]
    stamp: Stamp,
    whole: bool,
    result: ProbeResult,
}

/// A page of results.
#[derive(Serialize)]
pub(crate) struct Page {
    results: Vec<Shape>,
    next: Option<String>,
}

/// `GET /api/v1/targets/{id}/results?before=CURSOR&limit=100`
pub(crate) async fn list(State(app): State<App>, Wanted(id): Wanted, params: Params) -> Result<Json<Page>, Problem> {
    params.only(&["before", "limit"])?;
    let limit = paging::limit(params.first("limit"))?;
    let before = params.first("before").map(|text| text.parse::<Cursor>().map_err(|_| paging::bad_cursor("before"))).transpose()?;
    let watched = app.reader.board(|board| board.row(&id).is_some());
    let asked = id.clone();
    let page = app.read(move |reader| reader.results(&asked, before, limit)).await?;
    if !watched && page.results.is_empty() {
        return Err(targets::none_such(&id));
    }
    let shape = |kept: allswell_store::Kept| Shape { stamp: kept.stamp, whole: kept.whole, result: kept.result };
    Ok(Json(Page { results: page.results.into_iter().map(shape).collect(), next: page.next.map(|cursor| cursor.to_string()) }))
}

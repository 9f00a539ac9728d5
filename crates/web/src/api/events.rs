//! `GET /api/v1/events`: the log, the oldest first, from a cursor on.

use allswell_store::Cursor;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::Value;

use crate::paging;
use crate::params::Params;
use crate::problem::Problem;
use crate::state::App;

/// A page of events. `next` is always there: it is where a later question goes on.
#[derive(Serialize)]
pub(crate) struct Page {
    events: Vec<Value>,
    next: String,
    more: bool,
    gap: bool,
}

/// `GET /api/v1/events?after=CURSOR&limit=100`
pub(crate) async fn list(State(app): State<App>, params: Params) -> Result<Json<Page>, Problem> {
    params.only(&["after", "limit"])?;
    let limit = paging::limit(params.first("limit"))?;
    let after = cursor(params.first("after"), "after")?.unwrap_or(Cursor::START);
    let page = app.read(move |reader| reader.events(after, limit)).await?;
    let events = page.events.iter().filter_map(|event| serde_json::to_value(event).ok()).collect();
    Ok(Json(Page { events, next: page.next.to_string(), more: page.more, gap: page.gap }))
}

/// Reads a cursor of the log.
///
/// # Errors
/// When the text is none.
pub(crate) fn cursor(text: Option<&str>, name: &str) -> Result<Option<Cursor>, Problem> {
    text.filter(|text| !text.is_empty()).map(|text| text.parse().map_err(|_| paging::bad_cursor(name))).transpose()
}

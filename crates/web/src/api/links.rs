//! `GET /api/v1/links` and `GET /api/v1/links/{peer}`: the snapshot that the pages are drawn from.

use allswell_model::link::{Links, OwnLink};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::link_page::{WantedPeer, none_such};
use crate::params::Params;
use crate::problem::Problem;
use crate::state::App;

/// `GET /api/v1/links`
pub(crate) async fn all(State(app): State<App>, params: Params) -> Result<Response, Problem> {
    params.only(&[])?;
    let links = app.control.links().ok_or_else(|| Problem::not_found("No links are configured here."))?;
    answer::<Links>(&links)
}

/// `GET /api/v1/links/{peer}`
pub(crate) async fn one(State(app): State<App>, WantedPeer(peer): WantedPeer, params: Params) -> Result<Response, Problem> {
    params.only(&[])?;
    let links = app.control.links();
    let own = links.as_deref().and_then(|links| links.own.iter().find(|own| own.peer == peer));
    answer::<OwnLink>(own.ok_or_else(|| none_such(links.as_deref(), &peer))?)
}

/// The snapshot is shared: it is written while it is borrowed.
fn answer<T: Serialize>(what: &T) -> Result<Response, Problem> {
    let body = serde_json::to_vec(what).map_err(|error| Problem::ours(format!("A bug of ours: {error}.")))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response())
}

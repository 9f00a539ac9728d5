//! `GET /healthz`: whether the watch itself is well. Anyone may ask; why it is not well is told to those who may know.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Serialize;

use crate::control::Health;
use crate::guard::Caller;
use crate::state::App;

#[derive(Serialize)]
struct Shape {
    health: &'static str,
    reasons: Vec<String>,
}

/// `GET /healthz`
pub(crate) async fn page(State(app): State<App>, caller: Option<Extension<Caller>>) -> Response {
    match app.control.health() {
        Health::Ok => Json(Shape { health: "ok", reasons: Vec::new() }).into_response(),
        Health::Ailing(reasons) => {
            let reasons = if caller.is_some() { reasons } else { Vec::new() };
            (StatusCode::SERVICE_UNAVAILABLE, Json(Shape { health: "ailing", reasons })).into_response()
        }
    }
}

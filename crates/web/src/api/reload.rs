//! `POST /api/v1/reload`: reads the configuration again and applies it.

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::{Extension, Json};
use serde::Serialize;

use crate::api::body;
use crate::api::orders::{Order, mistaken};
use crate::control::Control;
use crate::guard::Caller;
use crate::params::Params;
use crate::problem::Problem;
use crate::state::App;

/// It was done.
#[derive(Serialize)]
pub(crate) struct Done {
    reloaded: bool,
}

/// `POST /api/v1/reload`, with `{}`
pub(crate) async fn reload(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    params: Params,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Done>, Problem> {
    params.only(&[])?;
    body::empty(&headers, body).await?;
    let act = move |control: &dyn Control| {
        let applied = control.reload();
        match &applied {
            Ok(()) => tracing::info!(by = %caller.name, "the configuration was reloaded over the API"),
            Err(mistakes) => tracing::info!(by = %caller.name, mistakes = mistakes.len(), "refused a reload over the API"),
        }
        applied
    };
    let applied = app.order(Order::Change, act).await?;
    applied.map_err(|mistakes| mistaken("The configuration has mistakes; the old one stays in force.", mistakes))?;
    Ok(Json(Done { reloaded: true }))
}

//! `POST /api/v1/check`: probes a target once, wherever it stands, and tells what was found.

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};

use crate::api::body;
use crate::api::orders::{Order, mistaken};
use crate::control::Control;
use crate::guard::Caller;
use crate::params::Params;
use crate::problem::Problem;
use crate::state::App;

/// `POST /api/v1/check`, with the keys of a target
pub(crate) async fn check(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    params: Params,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    params.only(&[])?;
    let (_, target) = body::object(&headers, body).await?;
    let act = move |control: &dyn Control| {
        let found = control.check(&target);
        match &found {
            Ok(_) => tracing::info!(by = %caller.name, "a check was made over the API"),
            Err(mistakes) => tracing::info!(by = %caller.name, mistakes = mistakes.len(), "refused a check over the API"),
        }
        found
    };
    let found = app.order(Order::Check, act).await?;
    let found = found.map_err(|mistakes| mistaken("The target has mistakes; nothing was probed.", mistakes))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], found).into_response())
}

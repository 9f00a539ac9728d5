//! `PUT` and `DELETE /api/v1/targets/{id}`: what is watched at the wish of an operator, beside what the configuration says.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Serialize;

use crate::api::body;
use crate::api::orders::{Order, mistaken};
use crate::api::targets::{Wanted, none_such};
use crate::control::Control;
use crate::guard::Caller;
use crate::params::Params;
use crate::problem::Problem;
use crate::state::App;

#[derive(Serialize)]
struct Put {
    /// Whether it was not watched before.
    new: bool,
}

/// It is no longer watched.
#[derive(Serialize)]
pub(crate) struct Removed {
    removed: bool,
}

/// `PUT /api/v1/targets/{id}`, with the keys of a target
pub(crate) async fn put(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Wanted(id): Wanted,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let (_, target) = body::object(&headers, body).await?;
    // Said where it is done: whoever asked may be gone by then.
    let act = move |control: &dyn Control| {
        let put = control.put_target(&id, &target);
        match &put {
            Ok(_) => tracing::info!(by = %caller.name, target = %id, "a target was put over the API"),
            Err(mistakes) => {
                tracing::info!(by = %caller.name, target = %id, mistakes = mistakes.len(), "refused to put a target over the API");
            }
        }
        put
    };
    let put = app.order(Order::Change, act).await?;
    let new = put.map_err(|mistakes| mistaken("The target has mistakes; nothing has changed.", mistakes))?;
    let status = if new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(Put { new })).into_response())
}

/// `DELETE /api/v1/targets/{id}`
pub(crate) async fn remove(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Wanted(id): Wanted,
    params: Params,
) -> Result<Json<Removed>, Problem> {
    params.only(&[])?;
    let asked = id.clone();
    let act = move |control: &dyn Control| {
        let removed = control.remove_target(&asked);
        match &removed {
            Ok(true) => tracing::info!(by = %caller.name, target = %asked, "a target was removed over the API"),
            Ok(false) | Err(_) => tracing::info!(by = %caller.name, target = %asked, "refused to remove a target over the API"),
        }
        removed
    };
    let removed = app.order(Order::Change, act).await?;
    match removed.map_err(|reasons| mistaken("The target stays.", reasons))? {
        true => Ok(Json(Removed { removed: true })),
        false => Err(none_such(&id)),
    }
}

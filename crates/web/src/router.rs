//! Which path is answered by whom.

use std::sync::Arc;

use allswell_store::Reader;
use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};

use crate::api::{self, change, check, events, incidents, reload, results, targets};
use crate::control::Control;
use crate::error_page::ErrorPage;
use crate::problem::Problem;
use crate::settings::Settings;
use crate::state::App;
use crate::{assets, guard, health, icon, link_page, links, metrics, openapi, overview, stream, target_page};

/// Every path, as the OpenAPI document writes them.
fn routes() -> Vec<(&'static str, MethodRouter<App>)> {
    vec![
        ("/", get(overview::page)),
        // Also as people type it, with plain slashes.
        ("/targets/{*id}", get(target_page::page)),
        ("/links", get(links::page)),
        ("/links/{peer}", get(link_page::page)),
        ("/api/v1/targets", get(targets::list)),
        ("/api/v1/targets/{id}", get(targets::one).put(change::put).delete(change::remove)),
        ("/api/v1/targets/{id}/results", get(results::list)),
        ("/api/v1/check", post(check::check)),
        ("/api/v1/incidents", get(incidents::list)),
        ("/api/v1/links", get(api::links::all)),
        ("/api/v1/links/{peer}", get(api::links::one)),
        ("/api/v1/events", get(events::list)),
        ("/api/v1/stream", get(stream::open)),
        ("/api/v1/reload", post(reload::reload)),
        ("/api/v1/openapi.json", get(openapi::document)),
        ("/metrics", get(metrics::page)),
        ("/healthz", get(health::page)),
        ("/icon.svg", get(icon::page)),
        ("/assets/{name}", get(assets::file)),
    ]
}

/// The pages and the API over this history and this program. It needs no runtime yet: nothing runs before the first request.
pub fn router(reader: Reader, control: Arc<dyn Control>, settings: Settings) -> Router {
    let app = App::new(reader, control, settings);
    let routed = routes().into_iter().fold(Router::new(), |router, (path, methods)| router.route(path, methods));
    routed.fallback(nothing).method_not_allowed_fallback(wrong_method).layer(from_fn_with_state(app.clone(), guard::guard)).with_state(app)
}

async fn nothing(request: Request) -> Response {
    let detail = "There is nothing at this address.";
    if is_api(&request) { Problem::not_found(detail).into_response() } else { ErrorPage::not_found(detail).into_response() }
}

async fn wrong_method(request: Request) -> Response {
    let detail = format!("`{}` is not a method of this address.", request.method());
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, detail).into_response()
}

fn is_api(request: &Request) -> bool {
    request.uri().path().starts_with("/api/")
}

#[cfg(test)]
mod tests;

//! `GET /api/v1/stream`: the log as server-sent events, resumed by `Last-Event-ID`, with a pulse each second.

mod client;
pub(crate) mod hub;
mod pulse;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::sse::{KeepAlive, Sse};
use axum::response::{IntoResponse, Response};

use self::client::Client;
use crate::api::events;
use crate::params::Params;
use crate::problem::Problem;
use crate::serve::Closing;
use crate::state::App;

/// `GET /api/v1/stream?after=CURSOR&pulse=false`
///
/// Without a cursor it begins with what happens from now on.
pub(crate) async fn open(
    State(app): State<App>,
    closing: Option<Extension<Closing>>,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    params.only(&["after", "pulse"])?;
    let pulse = wants_pulse(&params)?;
    // A browser that connects again says where it was; the address says only where it began.
    let resumed = headers.get("last-event-id").map(|id| id.to_str().unwrap_or("?"));
    let after = events::cursor(resumed.or(params.first("after")), if resumed.is_some() { "Last-Event-ID" } else { "after" })?;
    let after = match after {
        Some(after) => {
            // A cursor that is not ours is refused before the stream begins.
            app.read(move |reader| reader.events(after, 1)).await?;
            after
        }
        None => app.reader.newest(),
    };
    let Some(place) = app.hub.place() else { return Ok(full()) };
    let closing = closing.map(|Extension(Closing(closing))| closing);
    let client = Client::new(app, place, after, closing);
    let client = if pulse { client.with_pulse() } else { client };
    let mut response = Sse::new(client.run()).keep_alive(KeepAlive::new().interval(client::HEARTBEAT).text("still here")).into_response();
    // Proxies that gather answers would hold the events back.
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

fn wants_pulse(params: &Params) -> Result<bool, Problem> {
    match params.first("pulse") {
        None | Some("true") => Ok(true),
        Some("false") => Ok(false),
        Some(_) => Err(Problem::bad_request("`pulse` is `true` or `false`.")),
    }
}

fn full() -> Response {
    let detail = format!("All {} places of the stream are taken; try again later, or read /api/v1/events.", hub::PLACES);
    let mut response = Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail).into_response();
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    response
}

//! `GET /api/v1/stream`: the log as server-sent events, resumed by `Last-Event-ID`, with a pulse each second.

mod client;
mod frame;
pub(crate) mod hub;
mod pulse;
mod shared;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};

use self::client::Client;
use crate::api::events;
use crate::params::Params;
use crate::problem::Problem;
use crate::serve::Line;
use crate::state::App;

/// `GET /api/v1/stream?after=CURSOR&pulse=false`
///
/// Without a cursor it begins with what happens from now on.
pub(crate) async fn open(
    State(app): State<App>,
    line: Option<Extension<Line>>,
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
    // A line that is not the server's own has no places to give.
    let Some((line, place)) = line.and_then(|Extension(line)| line.listen().map(|place| (line, place))) else { return Ok(full()) };
    let client = Client::new(app, place, after, line.closing());
    let client = if pulse { client.with_pulse() } else { client };
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        // The line gave its place among those who ask away.
        (header::CONNECTION, "close"),
        // Proxies that gather answers would hold the events back.
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    Ok((headers, Body::from_stream(client.run())).into_response())
}

fn wants_pulse(params: &Params) -> Result<bool, Problem> {
    match params.first("pulse") {
        None | Some("true") => Ok(true),
        Some("false") => Ok(false),
        Some(_) => Err(Problem::bad_request("`pulse` is `true` or `false`.")),
    }
}

/// Whoever finds no place does not keep one among those who ask, either.
fn full() -> Response {
    let detail = "All places of the stream are taken, or those of your address; try again later, or read /api/v1/events.";
    ([(header::CONNECTION, "close")], Problem::busy(detail)).into_response()
}

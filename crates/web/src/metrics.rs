//! `GET /metrics`: everything that the board and the engine count, for Prometheus. A removed target's series go with its row.

mod engine;
mod targets;
mod text;

use allswell_store::Board;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use self::text::Text;
use crate::control::{Control, Health};
use crate::state::App;

/// `GET /metrics`
pub(crate) async fn page(State(app): State<App>) -> Response {
    // Two megabytes at ten thousand targets: apart from the threads that answer.
    let written = tokio::task::spawn_blocking(move || write(&app)).await;
    ([(header::CONTENT_TYPE, text::CONTENT_TYPE)], written.unwrap_or_default()).into_response()
}

fn write(app: &App) -> String {
    let mut out = Text::default();
    let control: &dyn Control = app.control.as_ref();
    engine::build(&mut out, &control.version());
    engine::counters(&mut out, &control.counters());
    engine::health(&mut out, control.health() == Health::Ok);
    engine::stream_clients(&mut out, app.hub.clients());
    app.reader.board(|board: &Board| {
        engine::store(&mut out, board);
        targets::write(&mut out, board);
    });
    out.finish()
}

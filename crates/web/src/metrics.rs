//! `GET /metrics`: everything that the board and the engine count, for Prometheus. A removed target's series go with its row.

mod engine;
mod links;
mod list;
mod metric;
mod targets;
mod text;

use allswell_store::Board;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

pub use self::list::METRICS;
pub use self::metric::{Kind, Metric, metrics_reference};
use self::text::Text;
use crate::control::{Control, Health};
use crate::state::App;

/// `GET /metrics`
pub(crate) async fn page(State(app): State<App>) -> Response {
    // Two megabytes at ten thousand targets: apart from the threads that answer, and in turn with those that read the history.
    let writing = app.clone();
    match app.read(move |_| Ok(write(&writing))).await {
        Ok(written) => ([(header::CONTENT_TYPE, text::CONTENT_TYPE)], written).into_response(),
        Err(problem) => problem.into_response(),
    }
}

fn write(app: &App) -> String {
    let mut out = Text::default();
    let control: &dyn Control = app.control.as_ref();
    engine::build(&mut out, &control.version());
    engine::counters(&mut out, &control.counters());
    engine::health(&mut out, control.health() == Health::Ok);
    engine::callers(&mut out, app.hub.clients(), app.guard.verified());
    engine::alerts(&mut out, &control.alerts());
    let bytes = app.reader.size();
    app.reader.board(|board: &Board| {
        engine::incidents(&mut out, board);
        engine::store(&mut out, board, bytes);
        targets::write(&mut out, board);
    });
    links::write(&mut out, control.links().as_deref());
    out.finish()
}

//! `GET /targets/{id}`: one target, how it is and what its last probes found.

mod command;
mod runs;
mod view;

use askama::Template;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};

use self::runs::Run;
use self::view::View;
use crate::api::events;
use crate::api::targets::{self, Wanted};
use crate::error_page::ErrorPage;
use crate::facts::Facts;
use crate::frame::Frame;
use crate::overview::headline::Tally;
use crate::params::Params;
use crate::percent;
use crate::state::App;

#[derive(Template)]
#[template(path = "target.html")]
struct Page {
    frame: Frame,
    target: View,
    runs: Vec<Run>,
    older: Option<String>,
    refresh_s: u32,
}

/// So many results are read for one page.
const RESULTS: usize = 200;
/// A page of the newest results is made anew so often.
const REFRESH_S: u32 = 5;

/// `GET /targets/{id}?before=CURSOR`
pub(crate) async fn page(State(app): State<App>, Wanted(id): Wanted, params: Params) -> Result<Response, ErrorPage> {
    let before = events::cursor(params.first("before"), "before")?;
    let now = app.control.now();
    let frame = Frame::begun(&app, now);
    let view = app.reader.board(|board| board.row(&id).map(|row| View::of(&Facts::of(row), now)));
    let target = view.ok_or_else(|| targets::none_such(&id))?;
    let headline = app.look(|rows| {
        let mut tally = Tally::default();
        rows.for_each(|facts: Facts<'_>| tally.add(&facts));
        tally.headline(now)
    });
    let asked = id.clone();
    let page = app.read(move |reader| reader.results(&asked, before, RESULTS)).await?;
    let older =
        page.next.map(|next| format!("{}{}", percent::target_path(id.as_str()), percent::query([("before", next.to_string().as_str())])));
    let frame = frame.telling(&headline, Some(target.called()));
    let refresh_s = if before.is_none() { REFRESH_S } else { 0 };
    let page = Page { frame, target, runs: runs::collapse(&page.results, now), older, refresh_s };
    Ok(Html(page.render()?).into_response())
}

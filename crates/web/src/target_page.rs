//! `GET /targets/{id}`: one target, how it is and what its last probes found.

mod happenings;
mod runs;
mod view;

use allswell_store::Cursor;
use askama::Template;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};

use self::happenings::Happening;
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
    events: Vec<Happening>,
    older_events: Option<String>,
    runs: Vec<Run>,
    older: Option<String>,
    refresh_s: u32,
}

/// So many results are read for one page.
const RESULTS: usize = 200;
/// So many events, too.
const EVENTS: usize = 10;
/// A page of the newest results is made anew so often.
const REFRESH_S: u32 = 2;

/// `GET /targets/{id}?before=CURSOR&events_before=CURSOR`
pub(crate) async fn page(State(app): State<App>, Wanted(id): Wanted, params: Params) -> Result<Response, ErrorPage> {
    let before = events::cursor(params.first("before"), "before")?;
    let events_before = events::cursor(params.first("events_before"), "events_before")?;
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
    let (page, log) =
        app.read(move |reader| Ok((reader.results(&asked, before, RESULTS)?, reader.events_of(&asked, events_before, EVENTS)?))).await?;
    let from =
        |name: &str, next: Cursor| format!("{}{}", percent::target_path(id.as_str()), percent::query([(name, next.to_string().as_str())]));
    let older = page.next.map(|next| from("before", next));
    let older_events = log.next.map(|next| from("events_before", next));
    let frame = frame.telling(&headline, Some(target.called()));
    let refresh_s = if before.is_none() && events_before.is_none() { REFRESH_S } else { 0 };
    let (runs, events) = (runs::collapse(&page.results, now), happenings::told(&log.events, now));
    let page = Page { frame, target, events, older_events, runs, older, refresh_s };
    Ok(Html(page.render()?).into_response())
}

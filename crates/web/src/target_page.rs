//! `GET /targets/{id}`: one target, how it is, what its last probes found, and how it was before.

mod certificate;
mod change;
mod happenings;
mod history;
mod incident;
mod latency;
mod neighbours;
mod runs;
mod stages;
mod uptime;
mod value;
mod view;

use allswell_model::{IncidentId, Timestamp};
use allswell_store::{Board, Cursor, Row};
use askama::Template;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};

use self::change::Change;
use self::happenings::Happening;
use self::history::{Asked, History};
use self::incident::Telling;
use self::latency::Way;
use self::neighbours::Neighbours;
use self::runs::Run;
use self::stages::Stages;
use self::uptime::Uptime;
use self::view::View;
use crate::api::events;
use crate::api::targets::{self, Wanted};
use crate::chart::Chart;
use crate::error_page::ErrorPage;
use crate::facts::Facts;
use crate::frame::Frame;
use crate::overview::headline::{Headline, Tally};
use crate::params::Params;
use crate::percent;
use crate::state::App;

#[derive(Template)]
#[template(path = "target.html")]
struct Page {
    frame: Frame,
    target: View,
    telling: Option<Telling>,
    neighbours: Option<Neighbours>,
    change: Option<Change>,
    chart: Chart,
    ways: Vec<Way>,
    stages: Stages,
    uptime: Vec<Uptime>,
    events: Vec<Happening>,
    older_events: Option<String>,
    runs: Vec<Run>,
    older: Option<String>,
    refresh_s: u64,
}

/// A page of the newest results is made anew as often as there are new ones, but no more often than this,
const REFRESH_AT_MOST_S: u64 = 2;
/// and no more seldom than this.
const REFRESH_AT_LEAST_S: u64 = 15;

/// `GET /targets/{id}?span=24h&before=CURSOR&events_before=CURSOR`
pub(crate) async fn page(State(app): State<App>, Wanted(id): Wanted, params: Params) -> Result<Response, ErrorPage> {
    let before = events::cursor(params.first("before"), "before")?;
    let events_before = events::cursor(params.first("events_before"), "events_before")?;
    let extent = latency::extent(params.first("span"))?;
    let now = app.control.now();
    let frame = Frame::begun(&app, now);
    let seen = app.reader.board(|board| {
        let row = board.row(&id)?;
        Some((Glance::of(board, row, now), row.target.policy, row.last.clone()))
    });
    let (glance, policy, last) = seen.ok_or_else(|| targets::none_such(&id))?;
    let latency = latency::Asked::of(extent, &policy, now);
    let asked = Asked { target: id.clone(), incident: glance.incident, before, events_before, latency, now };
    let read = app.read(move |reader| History::read(reader, &asked)).await?;
    let from = |name: &str, next: Cursor| {
        let pairs = [("span", extent.code()), (name, &*next.to_string())];
        format!("{}{}", percent::target_path(id.as_str()), percent::query(pairs))
    };
    let newest = before.is_none() && events_before.is_none();
    let page = Page {
        frame: frame.telling(&glance.headline, Some(glance.target.called())),
        telling: glance.telling.map(|telling| telling.with(read.told.as_deref(), now)),
        neighbours: glance.neighbours,
        change: read.change(glance.target.look.is_problem(), now),
        chart: latency.draw(&read.rollups, now),
        ways: latency::ways(&id, extent),
        stages: stages::of(last.as_deref(), &read.page.results, read.last_good()),
        uptime: uptime::told(&read.uptime),
        events: read.events,
        older_events: read.older_events.map(|next| from("events_before", next)),
        runs: runs::collapse(&read.page.results, read.page.next.is_some(), now),
        older: read.page.next.map(|next| from("before", next)),
        refresh_s: if newest { policy.every.as_secs().clamp(REFRESH_AT_MOST_S, REFRESH_AT_LEAST_S) } else { 0 },
        target: glance.target,
    };
    Ok(Html(page.render()?).into_response())
}

/// What one look at the board tells.
struct Glance {
    target: View,
    headline: Headline,
    incident: Option<IncidentId>,
    telling: Option<Telling>,
    neighbours: Option<Neighbours>,
}

impl Glance {
    fn of(board: &Board, row: &Row, now: Timestamp) -> Self {
        let own = &Facts::of(row);
        let incident = row.incident.and_then(|id| board.incidents.get(&id));
        let mut tally = Tally::default();
        board.rows().for_each(|row| tally.add(&Facts::of(row)));
        Self {
            target: View::of(own, now),
            headline: tally.headline(now),
            incident: incident.map(|incident| incident.id),
            telling: incident::of(row, incident.map(AsRef::as_ref), now),
            neighbours: Neighbours::of(own, board.rows().map(Facts::of)),
        }
    }
}

//! The overview: what is wrong, then everything, on one page of bounded size.

pub(crate) mod groups;
pub(crate) mod headline;
pub(crate) mod problems;
pub(crate) mod row;
mod view;

use allswell_model::Timestamp;
use askama::Template;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};

use self::headline::Headline;
use self::problems::{Alerts, Problems};
use self::view::{Ask, Body, FilterBar, View};
use crate::error_page::ErrorPage;
use crate::frame::Frame;
use crate::links::verdict::Verdict;
use crate::look::Look;
use crate::params::Params;
use crate::state::App;

#[derive(Template)]
#[template(path = "overview.html")]
struct Page {
    frame: Frame,
    headline: Headline,
    filter: FilterBar,
    body: Body,
    links: Option<ToLinks>,
    refresh_s: u32,
}

impl Page {
    /// Whether all is not well, though every target may be.
    fn links_are_ill(&self) -> bool {
        self.links.as_ref().is_some_and(|links| links.look.is_problem())
    }
}

/// The way to the matrix of links, and what it says.
struct ToLinks {
    look: Look,
    said: String,
}

impl ToLinks {
    /// `None` where no links are configured.
    fn of(app: &App, now: Timestamp) -> Option<Self> {
        let links = app.control.links()?;
        let verdict = Verdict::of(&links, now);
        Some(Self { look: verdict.look, said: verdict.first.map_or_else(|| "no trouble".to_owned(), |first| first.pattern.to_owned()) })
    }
}

/// A page with bars draws them anew so often; one without waits for something to happen.
const REFRESH_S: u32 = 5;

/// `GET /`
pub(crate) async fn page(State(app): State<App>, params: Params) -> Result<Response, ErrorPage> {
    let ask = Ask::read(&params)?;
    let now = app.control.now();
    let frame = Frame::begun(&app, now);
    let View { headline, mut body } = app.look(|rows| View::of(rows, &ask, now));
    if let Body::All(all) = &mut body {
        tell(&app, &mut all.problems, now).await;
    }
    let frame = frame.telling(&headline, None);
    let refresh_s = if body.has_rows() { REFRESH_S } else { 0 };
    let page = Page { frame, filter: FilterBar::of(&ask, &headline), headline, body, links: ToLinks::of(&app, now), refresh_s };
    Ok(Html(page.render()?).into_response())
}

/// Notes who was told of each problem. A history that cannot be read takes no problem off the page.
async fn tell(app: &App, problems: &mut Problems, now: Timestamp) {
    let incidents = problems.incidents();
    if incidents.is_empty() {
        return;
    }
    let read = app.read(move |reader| {
        incidents.into_iter().map(|incident| Ok((incident, reader.alerts_of(incident)?))).collect::<Result<Alerts, _>>()
    });
    if let Ok(alerts) = read.await {
        problems.tell(&alerts, now);
    }
}

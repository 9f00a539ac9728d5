//! `GET /links`: what all links together amount to, and the matrix of them.

mod age;
mod axis;
mod cell;
pub(crate) mod look;
mod marks;
mod matrix;
mod outline;
pub(crate) mod phrase;
pub(crate) mod said;
pub(crate) mod verdict;
mod worst;
mod zone_cell;

use askama::Template;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};

use self::look::LinkLook;
use self::matrix::{Asked, Matrix};
use self::verdict::Verdict;
use self::worst::Worst;
use crate::error_page::ErrorPage;
use crate::frame::Frame;
use crate::params::Params;
use crate::state::App;

#[derive(Template)]
#[template(path = "links.html")]
struct Page {
    frame: Frame,
    /// `None` where no links are configured.
    seen: Option<Seen>,
    refresh_s: u32,
}

/// What is seen of links.
struct Seen {
    verdict: Verdict,
    matrix: Matrix,
    worst: Worst,
    /// Both zones, where a part is shown.
    part: Option<(String, String)>,
    /// Whether there is anything in the matrix.
    is_silent: bool,
}

/// Figures change all the time; a state that changes is told at once.
const REFRESH_S: u32 = 2;
/// A large matrix is drawn more seldom.
const REFRESH_LARGE_S: u32 = 5;
/// From so many rows on it is large.
const LARGE: usize = 16;

/// `GET /links?from=ZONE&to=ZONE`
pub(crate) async fn page(State(app): State<App>, params: Params) -> Result<Response, ErrorPage> {
    let now = app.control.now();
    let frame = Frame::begun(&app, now);
    let asked = Asked { from: params.first("from").filter(|key| !key.is_empty()), to: params.first("to").filter(|key| !key.is_empty()) };
    let Some(links) = app.control.links() else {
        let page = Page { frame: frame.about("Links".to_owned(), &app), seen: None, refresh_s: 0 };
        return Ok(Html(page.render()?).into_response());
    };
    let matrix = Matrix::of(&links, asked, now).ok_or_else(|| ErrorPage::not_found("No node stands in this zone."))?;
    let verdict = Verdict::of(&links, now);
    let part = asked.from.or(asked.to).map(|_| {
        let said = |key: Option<&str>| key.map_or("everywhere", |key| if key == axis::NOWHERE { "no location" } else { key }).to_owned();
        (said(asked.from), said(asked.to))
    });
    let large = matrix.columns.len() > LARGE;
    let seen = Seen { verdict, worst: Worst::of(&links, now), part, is_silent: links.cells.is_empty() && links.own.is_empty(), matrix };
    let page =
        Page { frame: frame.about("Links".to_owned(), &app), seen: Some(seen), refresh_s: if large { REFRESH_LARGE_S } else { REFRESH_S } };
    Ok(Html(page.render()?).into_response())
}

impl Seen {
    /// What the shapes that the matrix holds mean.
    fn legend(&self) -> impl Iterator<Item = LinkLook> {
        LinkLook::ALL.into_iter().filter(|look| !matches!(look, LinkLook::Up | LinkLook::Unmeasured) && self.matrix.has(&[look.code()]))
    }
}

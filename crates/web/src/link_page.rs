//! `GET /links/{peer}`: one of our own links, how it is, what the last seconds were like, and of what its sessions died.

mod sessions;
mod trace;
mod view;

use allswell_model::link::Links;
use allswell_model::{NodeId, TargetId};
use askama::Template;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse, Response};

use self::sessions::Session;
use self::trace::Trace;
use self::view::View;
use crate::error_page::ErrorPage;
use crate::frame::Frame;
use crate::percent;
use crate::problem::Problem;
use crate::state::App;

#[derive(Template)]
#[template(path = "link.html")]
struct Page {
    frame: Frame,
    link: View,
    trace: Option<Trace>,
    sessions: Vec<Session>,
    /// The page of its history as a target, where it is one.
    history: Option<String>,
    refresh_s: u32,
}

/// There is a new second each second; two of them are soon enough for figures.
const REFRESH_S: u32 = 2;
/// The group in which links stand as targets.
pub(crate) const GROUP: &str = "links";

/// `GET /links/{peer}`
pub(crate) async fn page(State(app): State<App>, WantedPeer(peer): WantedPeer) -> Result<Response, ErrorPage> {
    let now = app.control.now();
    let frame = Frame::begun(&app, now);
    let links = app.control.links();
    let own = links.as_deref().and_then(|links| Some((links, links.own.iter().find(|own| own.peer == peer)?)));
    let (links, own) = own.ok_or_else(|| none_such(links.as_deref(), &peer))?;
    let link = View::of(own, links.node.as_str(), now);
    let page = Page {
        frame: frame.about(format!("{}: {}", link.look.word(), link.peer), &app),
        trace: trace::draw(&own.recent, own.rtt_all.map(|rtt| rtt.p50)),
        sessions: sessions::of(&own.sessions, now),
        history: history(&app, &peer),
        refresh_s: REFRESH_S,
        link,
    };
    Ok(Html(page.render()?).into_response())
}

/// The page of the target that stands for this link, where one is watched.
fn history(app: &App, peer: &NodeId) -> Option<String> {
    let id = TargetId::new(&format!("{GROUP}/{peer}")).ok()?;
    app.reader.board(|board| board.row(&id).is_some()).then(|| percent::target_path(id.as_str()))
}

/// What is said of a link that is not ours.
pub(crate) fn none_such(links: Option<&Links>, peer: &NodeId) -> Problem {
    Problem::not_found(match links {
        None => "No links are configured here.".to_owned(),
        Some(links) if links.node == *peer => format!("`{peer}` is this node itself: it has no link to itself."),
        Some(links) if links.nodes.iter().any(|node| node.name == *peer) => {
            format!("This node has no link to `{peer}` just now; what others say of it stands in the matrix.")
        }
        Some(_) => format!("No node `{peer}` is known."),
    })
}

/// The peer that a path names.
pub(crate) struct WantedPeer(pub(crate) NodeId);

impl<S: Send + Sync> FromRequestParts<S> for WantedPeer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(text) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::bad_request("The name is not percent-encoded UTF-8."))?;
        let peer = NodeId::new(&text).map_err(|error| Problem::not_found(format!("No node can have this name: {error}.")))?;
        Ok(Self(peer))
    }
}

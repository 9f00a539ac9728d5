//! `GET /icon.svg?status=down&count=3`: the tab's icon, a status' shape and colour with the number of those that are so.

use std::fmt::Write as _;

use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::look::Look;
use crate::params::Params;

/// `GET /icon.svg`
pub(crate) async fn page(params: Params) -> Response {
    let look = params.first("status").and_then(Look::from_code).unwrap_or(Look::Up);
    let count: usize = params.first("count").and_then(|count| count.parse().ok()).unwrap_or(0);
    let headers = [(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "private, max-age=86400")];
    (headers, draw(look, count)).into_response()
}

fn draw(look: Look, count: usize) -> String {
    let (colour, shape) = match look {
        Look::Down => ("#c62f28", r#"<rect x="1" y="1" width="30" height="30" rx="5"/>"#),
        Look::Degraded => ("#b06f00", r#"<path d="M16 1l15.5 30H.5z"/>"#),
        Look::Unknown => ("#6c55bd", r#"<path d="M16 0l16 16-16 16L0 16z"/>"#),
        Look::Up => ("#24824f", r#"<circle cx="16" cy="16" r="15"/>"#),
        Look::Paused | Look::NotWatched => ("#6b7177", r#"<circle cx="16" cy="16" r="15"/>"#),
    };
    let mut svg = format!(r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><g fill="{colour}">{shape}</g>"#);
    // Writing to a String cannot fail.
    let _ = if look.is_problem() && count > 0 {
        let said = if count > 99 { "99+".to_owned() } else { count.to_string() };
        let size = if said.len() > 2 { 13 } else { 18 };
        let style = r##"fill="#fff" font-family="sans-serif" font-weight="700" text-anchor="middle""##;
        write!(svg, r#"<text x="16" y="23" {style} font-size="{size}">{said}</text></svg>"#)
    } else {
        write!(svg, r##"<path d="M9 16.5l5 5 9-10.5" fill="none" stroke="#fff" stroke-width="3.5" stroke-linecap="round"/></svg>"##)
    };
    svg
}

#[cfg(test)]
mod tests;

//! An error as a page says it: its status and one sentence, with the way back.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use crate::assets;
use crate::problem::Problem;

/// A request for a page that cannot be met.
#[derive(Debug)]
pub(crate) struct ErrorPage(Problem);

#[derive(Template)]
#[template(path = "error.html")]
struct Page {
    css: String,
    title: &'static str,
    detail: String,
}

impl ErrorPage {
    /// There is no such page.
    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self(Problem::not_found(detail))
    }
}

/// A template that fails is a bug of ours.
impl From<askama::Error> for ErrorPage {
    fn from(error: askama::Error) -> Self {
        Self(Problem::ours(format!("A bug of ours: {error}.")))
    }
}

impl From<Problem> for ErrorPage {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl IntoResponse for ErrorPage {
    fn into_response(self) -> Response {
        let title = self.0.status().canonical_reason().unwrap_or("Error");
        let page = Page { css: assets::css_path(), title, detail: self.0.detail().to_owned() };
        match page.render() {
            Ok(text) => (self.0.status(), Html(text)).into_response(),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }
}

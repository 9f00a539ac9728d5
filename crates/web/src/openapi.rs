//! `GET /api/v1/openapi.json`: the description of everything that is served. A test holds it and the routes together.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

/// The document, OpenAPI 3.1.
pub const OPENAPI: &str = include_str!("../assets/openapi.json");

/// `GET /api/v1/openapi.json`
pub(crate) async fn document() -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], OPENAPI).into_response()
}

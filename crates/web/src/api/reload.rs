//! `POST /api/v1/reload`: reads the configuration again and applies it.

use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::Serialize;
use serde_json::{Map, Value};
use tokio::time::timeout;

use crate::params::Params;
use crate::problem::Problem;
use crate::state::App;

/// A body of more is refused unread.
const BODY: usize = 64 * 1024;
/// A body that takes longer is given up.
const PATIENCE: Duration = Duration::from_secs(10);

/// It was done.
#[derive(Serialize)]
pub(crate) struct Done {
    reloaded: bool,
}

/// `POST /api/v1/reload`, with `{}`
pub(crate) async fn reload(State(app): State<App>, params: Params, headers: HeaderMap, body: Body) -> Result<Json<Done>, Problem> {
    params.only(&[])?;
    let asked = object(&headers, body).await?;
    if let Some(name) = asked.keys().next() {
        return Err(Problem::bad_request(format!("`{name}` is no field here; an empty object is expected.")));
    }
    let applied = tokio::task::spawn_blocking(move || app.control.reload()).await;
    match applied.map_err(|error| Problem::ours(format!("A bug of ours: {error}.")))? {
        Ok(()) => Ok(Json(Done { reloaded: true })),
        Err(mistakes) => {
            let detail = "The configuration has mistakes; the old one stays in force.";
            Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail).with_mistakes(mistakes))
        }
    }
}

/// The body as a JSON object.
async fn object(headers: &HeaderMap, body: Body) -> Result<Map<String, Value>, Problem> {
    if !says_json(headers) {
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "The body must come as `Content-Type: application/json`."));
    }
    let late = |_| Problem::new(StatusCode::REQUEST_TIMEOUT, "The body did not come in time.");
    let read = timeout(PATIENCE, Limited::new(body, BODY).collect()).await.map_err(late)?;
    let bytes = read.map_err(|error| unread(error.as_ref()))?.to_bytes();
    match serde_json::from_slice(&bytes) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(other) => Err(Problem::bad_request(format!("The body must be a JSON object; {} came.", kind(&other)))),
        Err(error) => Err(Problem::bad_request(format!("The body is not JSON: {error}."))),
    }
}

fn says_json(headers: &HeaderMap) -> bool {
    let said = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    said.and_then(|kind| kind.split(';').next()).is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

fn unread(error: &(dyn std::error::Error + 'static)) -> Problem {
    if error.is::<LengthLimitError>() {
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, format!("The body has more than {BODY} bytes."))
    } else {
        Problem::bad_request("The body could not be read to its end.")
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

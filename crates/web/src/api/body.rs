//! The body of a request: a JSON object of bounded length that comes in time.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde_json::{Map, Value};
use tokio::time::timeout;

use crate::problem::Problem;

/// A body of more is refused unread.
const BODY: usize = 64 * 1024;
/// A body that takes longer is given up.
const PATIENCE: Duration = Duration::from_secs(10);

/// The body as a JSON object, and as the text that it came as.
///
/// # Errors
/// When it is none, is not said to be one, is too long or comes too late.
pub(crate) async fn object(headers: &HeaderMap, body: Body) -> Result<(Map<String, Value>, String), Problem> {
    if !says_json(headers) {
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "The body must come as `Content-Type: application/json`."));
    }
    let late = |_| Problem::new(StatusCode::REQUEST_TIMEOUT, "The body did not come in time.");
    let read = timeout(PATIENCE, Limited::new(body, BODY).collect()).await.map_err(late)?;
    let bytes = read.map_err(|error| unread(error.as_ref()))?.to_bytes();
    let text = String::from_utf8(bytes.into()).map_err(|_| Problem::bad_request("The body is not UTF-8."))?;
    match serde_json::from_str(&text) {
        Ok(Value::Object(object)) => Ok((object, text)),
        Ok(other) => Err(Problem::bad_request(format!("The body must be a JSON object; {} came.", kind(&other)))),
        Err(error) => Err(Problem::bad_request(format!("The body is not JSON: {error}."))),
    }
}

/// The same where nothing can be said in it.
///
/// # Errors
/// As of [`object`], and when it says something.
pub(crate) async fn empty(headers: &HeaderMap, body: Body) -> Result<(), Problem> {
    match object(headers, body).await?.0.keys().next() {
        None => Ok(()),
        Some(name) => Err(Problem::bad_request(format!("`{name}` is no field here; an empty object is expected."))),
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

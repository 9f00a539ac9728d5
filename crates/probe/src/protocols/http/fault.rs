//! What went wrong while HTTP was spoken, from the library's errors to a cause and a sentence.

use std::io;

use allswell_model::{DownCause, Stage, UnknownCause};

use crate::attempt::Attempt;
use crate::ending::{Ending, find, foreign, glimpse, spot};
use crate::failure::Failure;
use crate::handshake;
use crate::protocols::http::amount::amount;
use crate::protocols::http::link::HEAD_LIMIT;
use crate::protocols::http::trip::Trip;
use allswell_model::quantity::spoken;

/// The request could not be sent, or no whole head came back.
pub(super) fn head(attempt: &Attempt, trip: &Trip, error: &hyper::Error) -> Failure {
    let stage = attempt.stage();
    let opening = trip.watch.as_ref().map(|watch| watch.opening()).unwrap_or_default();
    let when = match (trip.watch.as_ref().map_or(0, |watch| watch.received()), stage == Stage::SEND) {
        (0, true) => "while the request was sent".to_owned(),
        (0, false) => format!("without an answer, after {}", spoken(attempt.in_stage())),
        (bytes, _) => format!("after {bytes} bytes of the reply's head"),
    };
    if error.is_parse_too_large() || is_too_large_for_http2(trip, error) {
        return too_large(stage, trip);
    }
    if let Some(failure) = shared(&stage, trip, error, &when) {
        return failure;
    }
    if error.is_parse() || !could_be_http(&opening) {
        let said = glimpse(&opening);
        let reason = match said.as_str() {
            "TLS" => format!("{} answered with TLS: it wants https.", spot(trip.peer)),
            "HTTP/2" => format!("{} answered with HTTP/2, which was not asked for.", spot(trip.peer)),
            said => format!("{} answered {said}, which is not HTTP.", spot(trip.peer)),
        };
        return Failure::down(stage, DownCause::PROTOCOL, reason).said_by(trip.peer.ip());
    }
    if error.is_user() {
        return Failure::unknown(stage, UnknownCause::BUG, format!("Not probed: the request was refused here ({error})."));
    }
    ending(error).failure(stage, trip.peer, &when)
}

/// The body ended before its end.
pub(super) fn body(trip: &Trip, error: &hyper::Error) -> Failure {
    let when = format!("after {}", amount(trip.body, trip.length));
    if let Some(failure) = shared(&Stage::TRANSFER, trip, error, &when) {
        return failure;
    }
    if error.is_parse() || io_error(error).is_some_and(|error| error.kind() == io::ErrorKind::InvalidInput) {
        let reason = format!("{} broke the encoding of its body {when} ({error}).", spot(trip.peer));
        return Failure::down(Stage::TRANSFER, DownCause::PROTOCOL, reason).said_by(trip.peer.ip());
    }
    ending(error).failure(Stage::TRANSFER, trip.peer, &when)
}

/// What both can meet: our own trouble, HTTP/2's errors, TLS's alerts.
fn shared(stage: &Stage, trip: &Trip, error: &hyper::Error, when: &str) -> Option<Failure> {
    let beneath = io_error(error);
    let ours = beneath.and_then(|error| Failure::our_own(stage, error));
    // HTTP/2 keeps no more of an error of the stream than its text, so the stream itself is asked.
    let lost = || Some(handshake::broken(&trip.watch.as_ref()?.broken()?, trip.peer));
    ours.or_else(lost).or_else(|| http2(stage, trip, find::<h2::Error>(error)?, when))
}

/// The error of the stream beneath HTTP; HTTP/2 does not give it away as a source.
fn io_error(error: &hyper::Error) -> Option<&io::Error> {
    find::<io::Error>(error).or_else(|| find::<h2::Error>(error)?.get_io())
}

/// An error of HTTP/2 by its name in RFC 9113, section 7.
fn http2(stage: &Stage, trip: &Trip, error: &h2::Error, when: &str) -> Option<Failure> {
    let at = spot(trip.peer);
    let name = error.reason().map_or_else(|| foreign(&error.to_string()), |reason| format!("{reason:?}"));
    let (cause, reason) = match error {
        error if error.is_io() => return None,
        error if error.is_remote() && error.is_reset() => (DownCause::RESET, format!("{at} reset the stream ({name}) {when}.")),
        error if error.is_remote() && error.reason() == Some(h2::Reason::NO_ERROR) => {
            (DownCause::CLOSED, format!("{at} is shutting down (GOAWAY) {when}."))
        }
        error if error.is_remote() => (DownCause::PROTOCOL, format!("{at} ended HTTP/2 (GOAWAY {name}) {when}.")),
        _ => {
            let opening = trip.watch.as_ref().map(|watch| watch.opening()).unwrap_or_default();
            let said = glimpse(&opening);
            let said = if said == "HTTP/2" { name } else { format!("it answered {said}") };
            (DownCause::PROTOCOL, format!("{at} does not keep to HTTP/2: {said}."))
        }
    };
    Some(Failure::down(stage.clone(), cause, reason).said_by(trip.peer.ip()))
}

fn too_large(stage: Stage, trip: &Trip) -> Failure {
    let reason = format!("{} sends a head of more than {} KiB or 100 headers.", spot(trip.peer), HEAD_LIMIT / 1024);
    Failure::down(stage, DownCause::TOO_LARGE, reason).said_by(trip.peer.ip())
}

/// The library calls a head beyond the limit a protocol error, and one far beyond it a lack of calm; its bytes tell
/// it from other errors, because no other reply's head is half as long.
fn is_too_large_for_http2(trip: &Trip, error: &hyper::Error) -> bool {
    let came = trip.watch.as_ref().map_or(0, |watch| watch.received());
    came > u64::from(HEAD_LIMIT / 2) && find::<h2::Error>(error).is_some_and(h2::Error::is_library)
}

/// Whether these first bytes may be the beginning of a status line.
fn could_be_http(opening: &[u8]) -> bool {
    opening.iter().zip(b"HTTP/").all(|(came, expected)| came == expected)
}

fn ending(error: &hyper::Error) -> Ending {
    if error.is_incomplete_message() {
        return Ending::Closed;
    }
    io_error(error).map_or(Ending::Closed, Ending::of)
}

use std::sync::Arc;
use std::time::Duration;

use allswell_model::{Pending, Sent, Timestamp};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::{noted, send};
use crate::backoff::GIVE_UP_AFTER;
use crate::channel::{Channel, Letter, Refusal};
use crate::sample;

/// A channel with a bug.
enum Buggy {
    PanicsAtOnce,
    PanicsLater,
    NeverEnds,
}

impl Channel for Buggy {
    fn send<'a>(&'a self, _: &'a Letter) -> BoxFuture<'a, Result<String, Refusal>> {
        match self {
            Self::PanicsAtOnce => panic!("a bug"),
            Self::PanicsLater => async { panic!("a bug") }.boxed(),
            Self::NeverEnds => std::future::pending().boxed(),
        }
    }

    fn timeout(&self) -> Duration {
        Duration::from_millis(1)
    }

    fn at_once(&self) -> usize {
        1
    }
}

fn sentence(channel: Buggy) -> String {
    let letter = sample::letters().unwrap().remove(0);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(send(Arc::new(channel), letter)).unwrap_err().sentence
}

#[test]
fn a_bug_in_a_channel_is_a_failed_attempt() {
    let bug = "A bug of ours ended the attempt; the log has more.";
    assert_eq!(sentence(Buggy::PanicsAtOnce), bug);
    assert_eq!(sentence(Buggy::PanicsLater), bug);
    assert_eq!(sentence(Buggy::NeverEnds), "Not taken within 1 s.");
}

#[test]
fn what_is_noted_says_how_it_goes_on() {
    let alert = sample::letters().unwrap().remove(0).alert;
    let now = alert.decided + Duration::from_secs(1);
    let pending = |attempts| Pending { alert: Arc::clone(&alert), attempts, due: now };
    let note = noted(&pending(0), &Ok("taken".into()), now);
    assert_eq!((note.ended, note.detail.as_str(), note.at, note.key), (Sent::Delivered, "taken", now, alert.key.clone()));
    let refusal = Err(Refusal::passing("It failed."));
    let note = noted(&pending(2), &refusal, now);
    assert!(matches!(note.ended, Sent::Again(due) if due > now + Duration::from_secs(3)));
    let late: Timestamp = now + GIVE_UP_AFTER;
    let note = noted(&pending(200), &refusal, late);
    assert_eq!((note.ended, note.detail.as_str()), (Sent::GivenUp, "Given up after 201 attempts. It failed."));
}

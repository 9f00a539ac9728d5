//! A probe dropped after its first poll, its second, its third, ...: nothing of it may be left.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use allswell_model::{TargetId, Timestamp};
use allswell_probe::Environment;
use allswell_testkit::server::Server;
use allswell_testkit::server::script::Act;

use crate::healthy;
use crate::ledger::Ledger;
use crate::subject::{Asked, Subject, subjects};

/// More polls than any probe needs for a target that answers.
const MOST_POLLS: usize = 64;

pub(crate) fn troubles() -> Vec<String> {
    let silent = Server::scripted(&[Act::Hold]);
    let mut troubles = Vec::new();
    for subject in subjects() {
        let well = healthy::probe(&subject);
        troubles.extend(of(&well));
        if Subject::is_stream(&subject) {
            troubles.extend(of(&subject.at(silent.address())));
        }
    }
    troubles
}

fn of(asked: &Asked) -> Vec<String> {
    let mut troubles = Vec::new();
    let prepared = asked.prepared();
    let target = TargetId::new("t").unwrap();
    for polls in 1..=MOST_POLLS {
        let ledger = Ledger::open();
        let ended = ledger.runtime.block_on(async {
            let environment = Environment::new();
            let run = prepared.run(&environment, &target, Timestamp(0), Duration::from_millis(200));
            polled(run, polls).await
        });
        troubles.extend(ledger.balance(&format!("{} dropped after {polls} polls", asked.url)));
        if ended {
            break;
        }
    }
    troubles
}

/// Polls so often at most; says whether it came to its end.
async fn polled(run: impl Future, at_most: usize) -> bool {
    let mut run = pin!(run);
    let mut polls = 0;
    poll_fn(move |context| {
        if run.as_mut().poll(context).is_ready() {
            return Poll::Ready(true);
        }
        polls += 1;
        if polls >= at_most { Poll::Ready(false) } else { Poll::Pending }
    })
    .await
}

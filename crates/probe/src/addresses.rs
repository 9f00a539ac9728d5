//! Which of a name's addresses are tried: the first, any, or all of them, under one deadline.

use std::net::SocketAddr;
use std::time::Duration;

use allswell_model::{AddressPolicy, DownCause, Outcome, Stage, SubResult, UnknownCause};
use futures_util::StreamExt;
use futures_util::future::join_all;
use futures_util::stream::FuturesUnordered;

use crate::attempt::Attempt;
use crate::failure::{Failure, shown};
use crate::prepared::Tried;
use crate::protocol::Probe;
use allswell_model::quantity::spoken;

/// With `any`, the next address is tried beside a silent one after this long (RFC 8305, section 5).
const NEXT_ADDRESS_AFTER: Duration = Duration::from_millis(250);

/// Whether an address that answered also answered as expected; a failure makes `any` try the next one.
pub(crate) type Accept<'a> = &'a (dyn Fn(&Attempt) -> Result<(), Failure> + Sync);

/// Resolves, then talks to as many addresses as the policy asks for.
pub(crate) async fn run(probe: &dyn Probe, attempt: &mut Attempt, accept: Accept<'_>) -> Tried {
    let addresses = match resolve(probe, attempt).await {
        Ok(addresses) => addresses,
        Err(failure) => return Tried { outcome: Err(failure), sub_results: Vec::new(), others: Vec::new() },
    };
    match (attempt.network.addresses, addresses.as_slice()) {
        (AddressPolicy::First, [first, ..]) | (_, [first]) => {
            let outcome = exchange(probe, attempt, *first).await;
            Tried { outcome, sub_results: Vec::new(), others: Vec::new() }
        }
        // Boxed, so that the many probes of one address need not have room for it.
        (AddressPolicy::Any, all) => Box::pin(any(probe, attempt, all, accept)).await,
        (AddressPolicy::All, several) => Box::pin(all(probe, attempt, several)).await,
        (AddressPolicy::First, []) => Tried {
            outcome: Err(Failure::unknown(Stage::RESOLVE, UnknownCause::BUG, "The resolver gave no address and no reason.")),
            sub_results: Vec::new(),
            others: Vec::new(),
        },
    }
}

async fn resolve(probe: &dyn Probe, attempt: &mut Attempt) -> Result<Vec<SocketAddr>, Failure> {
    if let Err(error) = probe.endpoint().scope() {
        return Err(Failure::our_own(&Stage::RESOLVE, &error).unwrap_or_else(|| {
            let reason = format!("Not probed: this host has no such interface as {} names.", probe.endpoint().host);
            Failure::unknown(Stage::RESOLVE, UnknownCause::NO_ROUTE, reason)
        }));
    }
    if let Some(literal) = probe.endpoint().literal() {
        return Ok(vec![literal]);
    }
    let environment = std::sync::Arc::clone(&attempt.environment);
    let addresses = Box::pin(environment.resolvers.addresses(attempt, probe.endpoint())).await;
    attempt.finish_stage();
    addresses
}

/// One exchange, ended at the deadline wherever it is.
async fn exchange(probe: &dyn Probe, attempt: &mut Attempt, peer: SocketAddr) -> Result<(), Failure> {
    attempt.at(peer);
    attempt.admits(peer)?;
    let deadline = attempt.deadline();
    let ended = tokio::time::timeout_at(deadline.into(), probe.exchange(attempt, peer)).await;
    let result = ended.unwrap_or_else(|_| Err(out_of_time(attempt, peer)));
    attempt.finish_stage();
    result
}

/// The sentence of a stage that the protocol could not say more about.
fn out_of_time(attempt: &Attempt, peer: SocketAddr) -> Failure {
    let stage = attempt.stage();
    let waited = spoken(attempt.in_stage());
    let reason = format!("No {} from {} for {waited} ({stage}; deadline {}).", attempt.awaited, shown(peer), spoken(attempt.timeout()));
    Failure::down(stage, DownCause::TIMED_OUT, reason)
}

async fn forked(probe: &dyn Probe, mut fork: Attempt, peer: SocketAddr) -> (Attempt, Result<(), Failure>) {
    let outcome = exchange(probe, &mut fork, peer).await;
    (fork, outcome)
}

/// Up when each address is; down when one is down, else unknown.
async fn all(probe: &dyn Probe, attempt: &mut Attempt, peers: &[SocketAddr]) -> Tried {
    let runs = join_all(peers.iter().map(|peer| forked(probe, attempt.fork(), *peer))).await;
    let sub_results: Vec<SubResult> = runs.iter().zip(peers).map(|((fork, outcome), peer)| sub_result(fork, outcome, *peer)).collect();
    let failed = sub_results.iter().filter(|sub| !sub.outcome.is_up()).count();
    if failed == 0 {
        let mut up: Vec<Attempt> = runs.into_iter().map(|(fork, _)| whole(attempt, fork)).collect();
        let others = up.split_off(1.min(up.len()));
        *attempt = up.into_iter().next().unwrap_or_else(|| attempt.fork());
        return Tried { outcome: Ok(()), sub_results, others };
    }
    let (fork, outcome) = worst(runs);
    let outcome = outcome.map_err(|failure| counted(failure, failed, peers.len()));
    adopt(attempt, fork);
    Tried { outcome, sub_results, others: Vec::new() }
}

/// Up as soon as one address is, as expected; the next is tried when one has failed or has been silent for a moment.
async fn any(probe: &dyn Probe, attempt: &mut Attempt, peers: &[SocketAddr], accept: Accept<'_>) -> Tried {
    let mut waiting = peers.iter().copied();
    let mut running = FuturesUnordered::new();
    let mut ended: Vec<(Attempt, Result<(), Failure>)> = Vec::new();
    let mut sub_results = Vec::new();
    loop {
        if let Some(peer) = waiting.next() {
            let fork = attempt.fork();
            running.push(async move { (peer, forked(probe, fork, peer).await) });
        }
        let next = if waiting.len() == 0 {
            running.next().await
        } else {
            match tokio::time::timeout(NEXT_ADDRESS_AFTER, running.next()).await {
                Ok(next) => next,
                Err(_) => continue,
            }
        };
        let Some((peer, (fork, outcome))) = next else { break };
        let outcome = outcome.and_then(|()| accept(&fork));
        sub_results.push(sub_result(&fork, &outcome, peer));
        if outcome.is_ok() {
            adopt(attempt, fork);
            return Tried { outcome: Ok(()), sub_results, others: Vec::new() };
        }
        ended.push((fork, outcome));
    }
    let count = ended.len();
    let (fork, outcome) = worst(ended);
    adopt(attempt, fork);
    Tried { outcome: outcome.map_err(|failure| counted(failure, count, peers.len())), sub_results, others: Vec::new() }
}

/// The run that speaks for all: a down one before an unknown one before an up one, the earlier first.
fn worst(runs: Vec<(Attempt, Result<(), Failure>)>) -> (Option<Attempt>, Result<(), Failure>) {
    let rank = |outcome: &Result<(), Failure>| match outcome {
        Err(Failure { outcome: Outcome::Down { .. }, .. }) => 0,
        Err(_) => 1,
        Ok(()) => 2,
    };
    match runs.into_iter().min_by_key(|(_, outcome)| rank(outcome)) {
        Some((fork, outcome)) => (Some(fork), outcome),
        None => (None, Err(Failure::unknown(Stage::CONNECT, UnknownCause::BUG, "No address was tried."))),
    }
}

fn counted(mut failure: Failure, failed: usize, of: usize) -> Failure {
    failure.reason = format!("{failed} of {of} addresses failed: {}", failure.reason);
    failure
}

/// One run as if it had been the only one.
fn whole(attempt: &Attempt, fork: Attempt) -> Attempt {
    let mut whole = attempt.fork();
    whole.times = attempt.times.clone();
    whole.measurements.clone_from(&attempt.measurements);
    adopt(&mut whole, fork);
    whole
}

/// What the speaking run found becomes what the whole probe found.
fn adopt(attempt: &mut Attempt, fork: impl Into<Option<Attempt>>) {
    let Some(fork) = fork.into() else { return };
    for (stage, took) in fork.times.iter() {
        attempt.times.add(stage, took);
    }
    // What was measured before, such as where the addresses came from, stays.
    attempt.measurements.extend(fork.measurements);
    attempt.transient = fork.transient;
    attempt.rtt = fork.rtt;
    attempt.address = fork.address;
    attempt.facts = fork.facts;
}

fn sub_result(fork: &Attempt, outcome: &Result<(), Failure>, peer: SocketAddr) -> SubResult {
    let (outcome, reason, said_by) = match outcome {
        Ok(()) => (Outcome::Up, format!("{}: {}.", shown(peer), fork.facts), None),
        Err(failure) => (failure.outcome.clone(), failure.reason.clone(), failure.said_by.clone()),
    };
    SubResult { address: shown(peer), outcome, reason, said_by, rtt: fork.rtt, measurements: fork.measurements.clone() }
}

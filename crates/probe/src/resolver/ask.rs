//! One question to the servers of a plan: the next one is asked when one fails, or is silent for a moment; the first answer counts,
//! also a late one.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use allswell_model::{Outcome, Stage, UnknownCause};
use allswell_os::errno;
use allswell_os::socket::{StartError, Step, Via};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::RData;
use tokio::time::timeout_at;

use super::answered::{Answered, What};
use super::desk::{Asked, Desk};
use super::heard::{Complaint, Heard, Progress};
use crate::blame::Blame;
use crate::connect;
use crate::dns_exchange::{Asking, Chain, Question, Reply, Stranger, Stream, Trouble, negative_ttl};
use crate::failure::Failure;

/// Silence for this long and the next server is asked beside the silent one.
const NEXT_AFTER: Duration = Duration::from_secs(1);

/// A "no" is kept no longer than this: a name that appears should be seen soon.
const LONGEST_NO: u32 = 30;

/// Whom to ask, and how.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) servers: Vec<SocketAddr>,
    pub(crate) via: Via,
    /// For one answer.
    pub(crate) timeout: Duration,
    /// How often each server is asked.
    pub(crate) attempts: usize,
    /// Without trying UDP first.
    pub(crate) tcp: bool,
    /// When whoever began to ask has no more time.
    pub(crate) until: Instant,
}

impl Plan {
    /// How long all servers together are waited for.
    pub(crate) fn patience(&self) -> Duration {
        self.timeout * self.turns()
    }

    fn turns(&self) -> u32 {
        u32::try_from(self.servers.len() * self.attempts.max(1)).unwrap_or(u32::MAX).max(1)
    }

    /// Everyone should get a turn before the time is over.
    fn pause(&self, now: Instant) -> Duration {
        self.timeout.min(NEXT_AFTER).min(self.until.saturating_duration_since(now) / self.turns())
    }
}

/// Asks until somebody answers, all have failed, or the time is over. What holds is kept at the desk.
pub(crate) async fn ask(desk: Arc<Desk>, asked: Asked, plan: Plan, progress: Progress) -> Result<Arc<Answered>, Heard> {
    let begun = Instant::now();
    let pause = plan.pause(begun);
    let told = first_answer(&desk, &asked, &plan, pause, &progress).await;
    let now = Instant::now();
    let heard = progress.heard();
    let answering = told.as_ref().map(|answered| answered.server);
    let mut servers = desk.servers();
    if now >= begun + pause {
        heard.silent.iter().filter(|silent| Some(**silent) != answering).for_each(|silent| servers.silent(*silent, now));
    }
    let Some(answered) = told else { return Err(heard) };
    servers.spoke(answered.server);
    drop(servers);
    let answered = Arc::new(answered);
    desk.cache().keep(asked, Arc::clone(&answered), answered.holds, now);
    Ok(answered)
}

/// Each server once, then each again, as often as the plan says.
fn order(desk: &Desk, plan: &Plan, now: Instant) -> impl ExactSizeIterator<Item = SocketAddr> {
    let servers = desk.servers().arranged(&plan.servers, now);
    let order: Vec<SocketAddr> = std::iter::repeat_n(servers, plan.attempts.max(1)).flatten().collect();
    order.into_iter()
}

async fn first_answer(desk: &Desk, asked: &Asked, plan: &Plan, pause: Duration, progress: &Progress) -> Option<Answered> {
    let begun = Instant::now();
    let until = plan.until.min(begun + plan.patience());
    let mut waiting = order(desk, plan, begun);
    let mut running = FuturesUnordered::new();
    let mut hopeless: Vec<SocketAddr> = Vec::new();
    let mut next_at = begun;
    loop {
        let now = Instant::now();
        if now >= until {
            return None;
        }
        if running.is_empty() || now >= next_at {
            match waiting.find(|server| !hopeless.contains(server)) {
                Some(server) => running.push(one(desk, server, asked, plan, progress)),
                None if running.is_empty() => return None,
                None => {}
            }
            next_at = now + pause;
        }
        let wake = if waiting.len() == 0 { until } else { until.min(next_at) };
        match timeout_at(wake.into(), running.next()).await {
            Ok(Some((_, Ok(answered)))) => return Some(answered),
            Ok(Some((server, Err(complaint)))) => {
                progress.complained(server, complaint);
                hopeless.push(server);
                next_at = now;
            }
            Ok(None) | Err(_) => {}
        }
    }
}

/// One server, once. Without an end of its own: whoever waits has one.
async fn one(
    desk: &Desk,
    server: SocketAddr,
    asked: &Asked,
    plan: &Plan,
    progress: &Progress,
) -> (SocketAddr, Result<Answered, Complaint>) {
    progress.asked(server);
    let begun = Instant::now();
    let turns = desk.servers().turns(server);
    // The turns are never closed, so the error cannot come; without a turn the question would only be one too many.
    let _turn = turns.acquire().await.ok();
    let question = Question::plain(asked.name.clone(), asked.kind);
    let told = match exchange(server, &question, plan, progress).await {
        Ok(reply) => understood(&reply.message, asked, server),
        Err(trouble) => Err(complaint(trouble, server, begun.elapsed(), &plan.via)),
    };
    (server, told)
}

async fn exchange(server: SocketAddr, question: &Question, plan: &Plan, progress: &Progress) -> Result<Reply, Trouble> {
    let strayed = |stranger: &Stranger| progress.strayed(server, stranger);
    if !plan.tcp {
        let mut asking = Asking::open(server, &plan.via, question)?;
        asking.send().await?;
        let reply = asking.reply_beside(&strayed).await?;
        if !reply.message.metadata.truncation {
            return Ok(reply);
        }
        progress.cut(server);
    }
    let mut stream = Stream::connect(server, &plan.via, question).await?;
    stream.send().await?;
    stream.reply_beside(&strayed).await
}

fn understood(message: &Message, asked: &Asked, server: SocketAddr) -> Result<Answered, Complaint> {
    let (what, ttl) = match message.metadata.response_code {
        ResponseCode::NoError => {
            let chain = Chain::follow(message, &asked.name, asked.kind);
            let addresses: Vec<IpAddr> = chain.records.iter().filter_map(|record| address(&record.data)).collect();
            match (addresses.is_empty(), chain.ttl) {
                (false, ttl) => (What::Addresses(addresses), ttl),
                (true, _) => (What::NoAddress, no_for(message)),
            }
        }
        ResponseCode::NXDomain => (What::NoName, no_for(message)),
        code => return Err(Complaint::Code(code)),
    };
    Ok(Answered { what, server, holds: Duration::from_secs(u64::from(ttl.unwrap_or(0))) })
}

fn no_for(message: &Message) -> Option<u32> {
    negative_ttl(message).map(|ttl| ttl.min(LONGEST_NO))
}

fn address(data: &RData) -> Option<IpAddr> {
    match data {
        RData::A(address) => Some(address.0.into()),
        RData::AAAA(address) => Some(address.0.into()),
        _ => None,
    }
}

/// Whose fault it is that there is no answer. What is our own stays so; the rest is the server's, or the way's.
fn complaint(trouble: Trouble, server: SocketAddr, took: Duration, via: &Via) -> Complaint {
    let failure = match trouble {
        Trouble::NotStarted(start) => connect::not_started(&start, server, via),
        // Only our own firewall says this to one who sends.
        Trouble::System(error) if error.raw_os_error() == Some(errno::EPERM) => {
            connect::not_started(&StartError { step: Step::Connect, error }, server, via)
        }
        Trouble::Said(said) => Blame { stage: Stage::RESOLVE, peer: server, took, via }.icmp(&said),
        Trouble::System(error) => match Failure::our_own(&Stage::RESOLVE, &error) {
            Some(failure) => failure,
            None if error.kind() == io::ErrorKind::ConnectionRefused => return Complaint::Unreachable("it refuses the connection".into()),
            None => return Complaint::Unreachable(error.to_string()),
        },
        broken @ (Trouble::Closed(_) | Trouble::NotDns(_)) => return Complaint::Broken(broken.to_string()),
    };
    match &failure.outcome {
        Outcome::Unknown { cause, .. } if *cause != UnknownCause::NO_ROUTE => Complaint::Ours(failure.at(Stage::RESOLVE)),
        _ => Complaint::Unreachable(inner(&failure.reason)),
    }
}

/// A sentence as it stands inside another one.
fn inner(sentence: &str) -> String {
    let sentence = sentence.trim_start_matches("Not probed: ").trim_start_matches("Not judged: ").trim_end_matches('.');
    let mut letters = sentence.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

//! What becomes of a name that was not resolved: whose fault it is, in one sentence.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use allswell_model::{DownCause, Stage, UnknownCause};
use hickory_proto::op::ResponseCode;
use hickory_proto::rr::Name;

use super::heard::{Beside, Complaint, Heard};
use super::servers::Servers;
use crate::dns_exchange::rcode;
use crate::failure::Failure;
use crate::network::Family;
use allswell_model::quantity::spoken;

/// A resolver as sentences name it: without the port that all of them have.
pub(crate) fn called(server: SocketAddr) -> String {
    if server.port() == 53 { server.ip().to_string() } else { server.to_string() }
}

/// DNS cannot hold such a name, so nobody was asked.
pub(crate) fn impossible(name: &str) -> Failure {
    let reason = format!("{name} is no name that DNS can hold: a label is longer than 63 letters, or has one that may not be there.");
    Failure::down(Stage::RESOLVE, DownCause::NAME_NOT_FOUND, reason)
}

/// The name, and all that the search list made of it, does not exist.
pub(crate) fn not_found(name: &str, tried: &[Name], server: SocketAddr) -> Failure {
    let who = called(server);
    let others: Vec<String> = tried.iter().map(short).filter(|tried| tried != name.trim_end_matches('.')).collect();
    let also = if others.is_empty() { String::new() } else { format!("; nor does {}", others.join(", ")) };
    let reason = format!("{name} does not exist, says resolver {who} (NXDOMAIN){also}.");
    Failure::down(Stage::RESOLVE, DownCause::NAME_NOT_FOUND, reason).said_by(who)
}

/// The name exists, but not with an address that may be used.
pub(crate) fn no_address(name: &str, family: Family, server: SocketAddr) -> Failure {
    let who = called(server);
    let wanted = match family {
        Family::Any => "no address",
        Family::V4 => "no IPv4 address",
        Family::V6 => "no IPv6 address",
    };
    Failure::down(Stage::RESOLVE, DownCause::NO_ADDRESS, format!("{name} exists, but has {wanted}, says resolver {who}.")).said_by(who)
}

/// Nobody answered. A server's own word goes before another one's silence, and our own fault before all.
pub(crate) fn unanswered(name: &str, heard: &Heard, waited: Duration, servers: &Servers) -> Failure {
    if let Some(failure) = heard.complaints.iter().find_map(|(_, complaint)| ours(complaint)) {
        return failure;
    }
    if let Some(failure) = heard.complaints.iter().find_map(|(server, complaint)| coded(name, *server, complaint, servers)) {
        return failure;
    }
    if let [first, ..] = heard.silent.as_slice() {
        return silent(*first, heard, waited);
    }
    heard.complaints.iter().find_map(|(server, complaint)| lesser(name, (*server, heard.beside(*server).cut), complaint)).unwrap_or_else(
        || Failure::unknown(Stage::RESOLVE, UnknownCause::RESOLVER_TIMED_OUT, format!("Not judged: no time was left to resolve {name}.")),
    )
}

fn ours(complaint: &Complaint) -> Option<Failure> {
    match complaint {
        Complaint::Ours(failure) => Some(failure.clone()),
        _ => None,
    }
}

/// SERVFAIL and its like: of a resolver that answers otherwise it is the name's fault, else the resolver's.
fn coded(name: &str, server: SocketAddr, complaint: &Complaint, servers: &Servers) -> Option<Failure> {
    let Complaint::Code(code) = complaint else { return None };
    let usual = if *code == ResponseCode::Refused { "it does not serve this name to us" } else { "its zone or delegation fails" };
    let (who, code) = (called(server), rcode(*code));
    let failure = match servers.answered_others(server, name, Instant::now()) {
        Some(ago) => Failure::down(
            Stage::RESOLVE,
            DownCause::RCODE,
            format!("{name}: {code} from resolver {who}, which answered for another name {} ago: {usual}.", spoken(ago)),
        ),
        None => Failure::unknown(
            Stage::RESOLVE,
            UnknownCause::RESOLVER_FAILED,
            format!("Not judged: resolver {who} answers {code} for {name}, and has answered for no other name lately."),
        ),
    };
    Some(failure.said_by(who))
}

/// Nobody answered in time; what came that was no answer is not kept back, since a server that talks nonsense is not silent.
fn silent(first: SocketAddr, heard: &Heard, waited: Duration) -> Failure {
    let names: Vec<String> = heard.silent.iter().map(|server| called(*server)).collect();
    let noun = if names.len() == 1 { "resolver" } else { "resolvers" };
    let (who, waited) = (format!("{noun} {}", listed(&names)), spoken(waited));
    let came: Vec<String> = heard.silent.iter().filter_map(|server| instead(*server, heard, names.len() > 1)).collect();
    let reason = match came.is_empty() {
        true => format!("Not judged: {who} silent for {waited}."),
        false => format!("Not judged: no answer from {who} in {waited}, but {}.", came.join("; ")),
    };
    // Replies with a wrong id may be anybody's, and say nothing of the server; what is not DNS at all is its own.
    let nonsense = |server: &SocketAddr| matches!(heard.beside(*server), Beside { foreign: 0, noise: 1.., cut: false });
    let failed = heard.silent.iter().all(nonsense);
    let cause = if failed { UnknownCause::RESOLVER_FAILED } else { UnknownCause::RESOLVER_TIMED_OUT };
    Failure::unknown(Stage::RESOLVE, cause, reason).said_by(called(first))
}

/// What came from a server instead of an answer.
fn instead(server: SocketAddr, heard: &Heard, of_several: bool) -> Option<String> {
    let Beside { foreign, noise, cut } = heard.beside(server);
    let (from, whose) = match of_several {
        true => (format!(" from {}", called(server)), format!("the reply of {}", called(server))),
        false => (String::new(), "its reply".to_owned()),
    };
    let how = match (foreign, noise) {
        (0, _) => "not DNS",
        (_, 0) => "a wrong id or question",
        _ => "a wrong id or question, or not DNS",
    };
    match foreign + noise {
        0 if cut => Some(format!("{whose} by UDP was cut, and by TCP none came")),
        0 => None,
        1 => Some(format!("1 reply{from} that was not an answer to our question ({how})")),
        n => Some(format!("{n} replies{from} that were not answers to our question ({how})")),
    }
}

fn lesser(name: &str, (server, cut): (SocketAddr, bool), complaint: &Complaint) -> Option<Failure> {
    let who = called(server);
    let (cause, reason) = match complaint {
        Complaint::Unreachable(why) | Complaint::Broken(why) if cut => (
            UnknownCause::RESOLVER_FAILED,
            format!("Not judged: resolver {who} cut its answer for {name} by UDP, and gives none by TCP: {why}."),
        ),
        Complaint::Unreachable(why) => (UnknownCause::RESOLVER_UNREACHABLE, format!("Not judged: resolver {who} cannot be asked: {why}.")),
        Complaint::Broken(why) => {
            (UnknownCause::RESOLVER_FAILED, format!("Not judged: resolver {who} gives no usable answer for {name}: {why}."))
        }
        Complaint::Code(_) | Complaint::Ours(_) => return None,
    };
    Some(Failure::unknown(Stage::RESOLVE, cause, reason).said_by(who))
}

/// `a`, `a and b`, `a, b and c`.
fn listed(names: &[String]) -> String {
    match names {
        [all @ .., last] if !all.is_empty() => format!("{} and {last}", all.join(", ")),
        _ => names.concat(),
    }
}

/// A name without its root.
fn short(name: &Name) -> String {
    name.to_ascii().trim_end_matches('.').to_owned()
}

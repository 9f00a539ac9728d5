//! The sentence for each verdict: address, fact, figure, and what it usually means.

use std::fmt;
use std::time::Duration;

use allswell_os::errno;
use allswell_os::tcp_info::TcpInfo;

use crate::amount;
use crate::spell;
use crate::state::{Side, State};
use crate::verdict::Verdict;
use crate::who::{Soft, Who};

pub(super) fn write(verdict: &Verdict, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let peer = verdict.evidence.peer.map_or_else(|| "the peer".to_owned(), |peer| peer.to_string());
    capitalised(&said(verdict, &peer), f)?;
    if let State::Connecting { soft: Some(soft) } | State::Stalled { soft: Some(soft), .. } | State::TimedOut { soft: Some(soft) } =
        verdict.state
    {
        write!(f, " {}", objection(soft))?;
    }
    match verdict.evidence.unread {
        0 => Ok(()),
        unread => write!(f, " Unread: {}.", amount::bytes(unread)),
    }
}

fn said(verdict: &Verdict, peer: &str) -> String {
    let sent = |what: fn(&TcpInfo) -> String| verdict.evidence.tcp.as_ref().map_or_else(String::new, what);
    let proof = verdict.proof.map_or_else(String::new, |proof| proof.to_string());
    match verdict.state {
        State::NotConnected if verdict.evidence.error.is_some() => format!("we gave up connecting to {peer} ourselves."),
        State::NotConnected => "not connected: nobody tried, or it failed before a packet left.".into(),
        State::Listening => "a listener: it accepts connections and is none.".into(),
        State::Connecting { .. } => {
            let syns = sent(|tcp| amount::count(u64::from(tcp.total_retrans) + 1, "SYN"));
            format!("connecting to {peer}: {syns} without an answer so far.")
        }
        State::Alive => format!("{peer} is alive: {proof}."),
        State::Idle => format!("{peer} is idle: {proof}, and nothing is under way that would show whether it still lives."),
        State::HalfClosedByPeer => format!("{peer} has finished sending (FIN): it closed, or reads on; only a write would tell."),
        State::HalfClosedByUs { side: Side::Reading } => format!("we have stopped reading from {peer}; it is not told."),
        State::HalfClosedByUs { side: Side::Writing } => format!("we have finished sending to {peer}; it may still send."),
        State::HalfClosedByUs { side: Side::Both } => format!("we have shut both directions to {peer}; it has not finished yet."),
        State::Closing => format!("both we and {peer} have finished; the last acknowledgement is on its way."),
        State::Stalled { silent, .. } => {
            let figures = verdict.evidence.tcp.as_ref();
            let heard = figures.is_some_and(|tcp| heard_since(tcp, silent));
            let silent = spell::duration(silent);
            let tries = match figures.map(|tcp| (tcp.unacked, tcp.retransmits.max(tcp.probes))) {
                // The kernel counts what it could send; an overdue answer without a second try has its cause here.
                Some((_, 0)) => {
                    return format!("nothing came from {peer} for {silent}, and our own host could not ask again: link or route lost?");
                }
                Some((0, probes)) => format!(" ({})", amount::count(probes.into(), "unanswered probe")),
                Some((_, tries)) if heard => {
                    let tries = amount::count(tries.into(), "retransmission");
                    return format!(
                        "{peer} was heard {silent} ago, but does not acknowledge what we sent ({tries}): our way to it is cut, or too narrow for large packets."
                    );
                }
                Some((_, tries)) => format!(" ({})", amount::count(tries.into(), "retransmission")),
                None => String::new(),
            };
            format!("nothing came from {peer} for {silent} although it was asked{tries}: host off, path cut, or filtered.")
        }
        State::PeerNotReading { waiting } => {
            let waiting = amount::bytes(waiting.into());
            format!("{peer} does not read: its kernel answers ({proof}), its window is shut, and {waiting} wait here.")
        }
        State::ClosedInOrder => format!("the connection to {peer} was closed in order by both sides."),
        State::Refused { who: Who::OurHost } if verdict.evidence.error.is_none() => {
            format!("nobody listens at {peer}: we are connected to ourselves.")
        }
        State::Refused { who: Who::Peer } => format!("{peer} refused (RST): nothing listens, or a firewall rejects."),
        State::Refused { who: Who::Unknown } => {
            format!("{peer} refused, or somebody on the way did: nothing listens, or a firewall rejects.")
        }
        State::Refused { who } => format!("{who} refused {peer}: nothing listens, or a firewall rejects."),
        State::Unreachable { who } => unreachable(verdict, peer, who),
        State::Reset => {
            format!("{peer} broke the connection off (RST): it crashed, restarted, closed with data unread, or a middlebox forgot us.")
        }
        State::ResetAfterFin => format!("{peer} had closed, and answered what we wrote then by breaking off (RST)."),
        State::TimedOut { .. } => timed_out(verdict, peer),
        State::KilledLocally => format!("somebody on this host ended the connection to {peer} (as `ss -K` does)."),
        State::Failed { errno } => format!("the connection to {peer} failed: {}.", words(errno)),
        State::Ended { pending: true } => format!("the connection to {peer} has failed; why, its owner has not heard yet."),
        State::Ended { pending: false } => {
            format!("the connection to {peer} is over: in order, or for a reason that somebody has taken already.")
        }
        State::LetGo => format!("we have let go of the connection to {peer} ourselves."),
    }
}

/// Whether the peer was heard after the first retransmission. The time-out doubles with each, so half of it is less than they took.
fn heard_since(tcp: &TcpInfo, silent: Duration) -> bool {
    tcp.retransmits > 0 && silent < tcp.rto / 2
}

fn unreachable(verdict: &Verdict, peer: &str, who: Who) -> String {
    match who {
        Who::Icmp { from, .. } if who.prohibits() => format!("{from} prohibits {peer}{}: a firewall rule.", icmp(who)),
        Who::Icmp { from, .. } => format!("{from} says that {peer} is unreachable{}.", icmp(who)),
        Who::OurHost if verdict.evidence.error == Some(errno::EHOSTUNREACH) => {
            format!("no neighbour answers for {peer}: off, unplugged, or wrong network.")
        }
        Who::OurHost => format!("our own host has no way to {peer}."),
        Who::Peer | Who::Unknown => {
            let words = verdict.evidence.error.map_or_else(String::new, |errno| format!(" ({})", words(errno)));
            format!("{peer} is unreachable{words}; who said so was not kept.")
        }
    }
}

fn timed_out(verdict: &Verdict, peer: &str) -> String {
    let Some(tcp) = &verdict.evidence.tcp else { return format!("{peer} did not answer in time.") };
    if !verdict.evidence.established {
        let syns = amount::count(u64::from(tcp.total_retrans) + 1, "SYN");
        return format!("no answer to {syns} to {peer}: host off, filtered, or accept queue full.");
    }
    // Its kernel answered to the last, so it was a limit of ours that ended it.
    if tcp.send_window == Some(0) && tcp.probes == 0 {
        return format!("our kernel gave {peer} up because it did not read (TCP_USER_TIMEOUT): it need not be dead.");
    }
    let silent = spell::duration(tcp.last_ack_received.min(tcp.last_data_received));
    format!("our kernel gave {peer} up after {silent} without a sign of life: host off, path cut, or filtered.")
}

/// What was said against it, as a sentence of its own.
fn objection(soft: Soft) -> String {
    let words = words(soft.errno);
    match soft.who {
        Who::Unknown => format!("A router said: {words}."),
        Who::Icmp { from, .. } => format!("{from} said{}: {words}.", icmp(soft.who)),
        Who::OurHost => format!("Our own host said: {words}."),
        Who::Peer => format!("The peer said: {words}."),
    }
}

/// The system's words, without the number that Rust appends.
fn words(errno: i32) -> String {
    let words = std::io::Error::from_raw_os_error(errno).to_string();
    words.split_once(" (os error").map_or(words.as_str(), |(words, _)| words).to_owned()
}

fn icmp(who: Who) -> String {
    match who {
        Who::Icmp { from, kind, code } => format!(" (ICMP{} {kind}/{code})", if from.is_ipv6() { "v6" } else { "" }),
        _ => String::new(),
    }
}

fn capitalised(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => write!(f, "{}{}", first.to_uppercase(), letters.as_str()),
        None => Ok(()),
    }
}

//! Why a link is as it is, in one sentence: for a node's own links and for the results that go into the store.

use std::net::SocketAddr;
use std::time::Duration;

use allswell_model::link::LinkState;
use allswell_model::quantity::spoken;

use crate::verdict::Detail;

/// What ended a session, or keeps one from standing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// Neither the peer's process nor its kernel answers.
    Silent,
    /// Its process does not, and we may not ask its kernel.
    SilentKernelUnasked,
    /// Its kernel says that nothing listens there.
    Refused,
    /// What comes from its address is signed with a key that we do not have.
    WrongKey,
    /// It says that it does not hear us.
    PeerHearsNothing,
    /// It said that it leaves.
    PeerLeft,
    /// It began anew.
    PeerRestarted,
    /// Our own interface is down.
    LinkDown,
    /// It answered the first packet, and never the one that would have confirmed the session.
    Unconfirmed,
    /// A newer session of the same link stands.
    Replaced,
    /// The peer is no longer in our configuration.
    Removed,
    /// Our own process was too late to judge.
    SelfStalled,
}

impl Cause {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Silent,
        Self::SilentKernelUnasked,
        Self::Refused,
        Self::WrongKey,
        Self::PeerHearsNothing,
        Self::PeerLeft,
        Self::PeerRestarted,
        Self::LinkDown,
        Self::Unconfirmed,
        Self::Replaced,
        Self::Removed,
        Self::SelfStalled,
    ];

    /// As one word, for records of sessions.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Silent => "silent",
            Self::SilentKernelUnasked => "silent_kernel_unasked",
            Self::Refused => "refused",
            Self::WrongKey => "wrong_key",
            Self::PeerHearsNothing => "peer_hears_nothing",
            Self::PeerLeft => "peer_left",
            Self::PeerRestarted => "peer_restarted",
            Self::LinkDown => "link_down",
            Self::Unconfirmed => "unconfirmed",
            Self::Replaced => "replaced",
            Self::Removed => "removed",
            Self::SelfStalled => "self_stalled",
        }
    }

    /// What the others are told of a link that is down for this; `None` when it says nothing of the way there and back.
    #[must_use]
    pub fn detail(self) -> Option<Detail> {
        match self {
            Self::Silent => Some(Detail::Silent),
            Self::LinkDown => Some(Detail::Own),
            Self::SilentKernelUnasked => Some(Detail::Unasked),
            Self::Refused => Some(Detail::Refused),
            Self::PeerHearsNothing => Some(Detail::OneWayOut),
            Self::Unconfirmed => Some(Detail::OneWayIn),
            Self::WrongKey => Some(Detail::OtherKeys),
            Self::PeerLeft | Self::PeerRestarted | Self::Replaced | Self::Removed | Self::SelfStalled => None,
        }
    }
}

/// The figures that a sentence may name. What is not known is left out of it.
#[derive(Debug, Clone, Copy)]
pub struct Figures<'a> {
    /// The peer's name.
    pub peer: &'a str,
    /// Where it is: `10.0.0.2:8421`.
    pub address: &'a str,
    /// Since we heard its process last; `None` when we never did.
    pub silence: Option<Duration>,
    /// From one packet to the next, as agreed.
    pub interval: Duration,
    /// Silence for so many intervals ends a session.
    pub multiplier: u32,
    /// Median round trip of the window.
    pub rtt: Option<Duration>,
    /// The link's own normal.
    pub normal: Option<Duration>,
    /// Share of packets lost on the way there, 0 to 1, in the window.
    pub loss_forward: Option<f64>,
    /// And on the way back.
    pub loss_reverse: Option<f64>,
    /// The time that round trips and losses were taken over.
    pub window: Duration,
    /// What the peer's kernel took to answer.
    pub kernel: Option<Duration>,
    /// By how much our own process was late.
    pub late: Duration,
    /// From where its packets come, where that is not `address` and it hears nothing of what is sent there.
    pub elsewhere: Option<SocketAddr>,
}

/// A round trip is slower than normal when it is longer by half.
const SLOWER: f64 = 1.5;

/// Why a link is in this state. `cause` is what ended its last session, where one ended.
#[must_use]
pub fn of_state(state: LinkState, cause: Option<Cause>, f: &Figures<'_>) -> String {
    let Figures { peer, address, .. } = f;
    match state {
        LinkState::Up => format!("{peer} at {address} is up{}.", measured(f)),
        LinkState::Degraded => degraded(f),
        LinkState::PeerStalled => stalled(f),
        LinkState::SelfStalled => of_end(Cause::SelfStalled, f),
        LinkState::Opening => format!("{peer} at {address} was asked for a session and has not answered yet."),
        LinkState::Left => of_end(Cause::PeerLeft, f),
        LinkState::Down => cause.map_or_else(|| format!("{peer} at {address} does not answer."), |cause| of_end(cause, f)),
        LinkState::Unmeasured => format!("{peer} is not among those that this node measures just now."),
    }
}

/// What ended a session, or keeps one from standing.
#[must_use]
pub fn of_end(cause: Cause, f: &Figures<'_>) -> String {
    let Figures { peer, address, .. } = f;
    match cause {
        Cause::Silent => format!("{}, and its kernel does not answer either: host off, or the path is cut.", silence(f)),
        Cause::SilentKernelUnasked => format!("{}; its kernel could not be asked, as we may not send ICMP.", silence(f)),
        Cause::Refused => format!("{peer} refuses at {address} (ICMP port unreachable{}): its process does not run.", in_kernel_time(f)),
        Cause::WrongKey => {
            format!(
                "Packets come from {peer} at {address} and are signed with a key that we do not have: compare `links.keys` at both ends."
            )
        }
        Cause::PeerHearsNothing if let Some(from) = f.elsewhere => {
            format!(
                "{peer} hears nothing of what we send to {address}, and its packets come from {from}: compare its address in `links.peers`."
            )
        }
        Cause::PeerHearsNothing => {
            format!("{peer} at {address} hears nothing from us, as its own packets say: those come, and ours do not arrive.")
        }
        Cause::PeerLeft => format!("{peer} said that it leaves."),
        Cause::PeerRestarted => format!("{peer} at {address} began anew: its process or its host was restarted."),
        Cause::LinkDown => format!("Our own interface towards {peer} at {address} is down."),
        Cause::Unconfirmed => {
            let why = "it may send to another address of ours, or a firewall drops its packets";
            format!("{peer} at {address} takes the session that we ask for, and is not heard in it: {why}.")
        }
        Cause::Replaced => format!("A newer session with {peer} took the place of this one."),
        Cause::Removed => format!("{peer} was taken out of the configuration."),
        Cause::SelfStalled => format!("We were {} late ourselves, so nothing is said of {peer}.", spoken(f.late)),
    }
}

fn silence(f: &Figures<'_>) -> String {
    let Figures { peer, address, multiplier, .. } = f;
    match f.silence {
        Some(silence) => format!("No packet from {peer} for {} ({multiplier} x {})", spoken(silence), spoken(f.interval)),
        None => format!("No packet ever came from {peer} at {address}"),
    }
}

fn stalled(f: &Figures<'_>) -> String {
    let answers = in_kernel_time(f);
    let silent = f.silence.map_or_else(|| "never been heard".into(), |silence| format!("been silent for {}", spoken(silence)));
    format!(
        "{}'s kernel answers{answers} but its process has {silent}: it is stopped or starved of CPU, or a firewall drops its packets.",
        f.peer
    )
}

fn in_kernel_time(f: &Figures<'_>) -> String {
    f.kernel.map_or_else(String::new, |took| format!(" in {}", spoken(took)))
}

/// `: 0.21 ms, no loss in 10 s`, as far as it is known.
fn measured(f: &Figures<'_>) -> String {
    let parts: Vec<String> = f.rtt.map(spoken).into_iter().chain(lost(f)).collect();
    if parts.is_empty() { String::new() } else { format!(": {}", parts.join(", ")) }
}

fn degraded(f: &Figures<'_>) -> String {
    let slow = f.rtt.zip(f.normal).filter(|(rtt, normal)| rtt.as_secs_f64() > normal.as_secs_f64() * SLOWER);
    let slow = slow.map(|(rtt, normal)| format!("takes {} instead of {}", spoken(rtt), spoken(normal)));
    let loses = [f.loss_forward, f.loss_reverse].into_iter().flatten().any(|share| share > 0.0);
    let loses = lost(f).filter(|_| loses).map(|lost| format!("loses {}", lost.trim_start_matches("lost ")));
    let parts: Vec<String> = slow.into_iter().chain(loses).collect();
    if parts.is_empty() {
        return format!("{} at {} is reached, but not as well as it was.", f.peer, f.address);
    }
    format!("The link to {} at {} {}.", f.peer, f.address, parts.join(" and "))
}

/// `no loss in 10 s`, or `lost 2 % there and 0.1 % back in 10 s`.
fn lost(f: &Figures<'_>) -> Option<String> {
    let window = spoken(f.window);
    let there = f.loss_forward.map(|share| (share, "there"));
    let back = f.loss_reverse.map(|share| (share, "back"));
    if there.is_none() && back.is_none() {
        return None;
    }
    let parts: Vec<String> = [there, back]
        .into_iter()
        .flatten()
        .filter(|(share, _)| *share > 0.0)
        .map(|(share, way)| format!("{} {way}", percent(share)))
        .collect();
    Some(if parts.is_empty() { format!("no loss in {window}") } else { format!("lost {} in {window}", parts.join(" and ")) })
}

/// A share as people say it: two digits are enough to act on.
pub(crate) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    let text = if percent < 0.995 { format!("{percent:.2}") } else { format!("{percent:.1}") };
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "0" { "under 0.01 %".into() } else { format!("{text} %") }
}

#[cfg(test)]
mod tests;

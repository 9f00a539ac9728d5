//! The sentence of each condition: what is so, the figures, and where to look.

use std::fmt;

use super::condition::Condition;
use crate::amount;
use crate::spell;

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (ago, bytes) = (spell::duration, amount::bytes);
        f.write_str(&match *self {
            Self::Ended(state) => format!("The connection has ended ({state:?}), which is no silence: a read says how."),
            Self::NotWritten { last_sent } => format!(
                "Our own program has handed nothing to the kernel for {}, so the ping is still ours: a write waits, or was not flushed.",
                ago(last_sent)
            ),
            Self::NotSent { waiting, last_ack } => format!(
                "Our own host does not send {} that the peer would take (last acknowledged {} ago): look at the local firewall, route and link.",
                bytes(waiting),
                ago(last_ack)
            ),
            Self::Unheard { last_data } => format!(
                "Data came {} ago, but no whole frame was heard: our own reader is behind, or one long frame is still on its way.",
                ago(last_data)
            ),
            Self::KernelSilent { waiting, tries, last_ack } => format!(
                "The peer's host or the path to it is dead: {} unacknowledged after {}, last acknowledged {} ago. Look at the host, the \
                 network, and firewalls that forgot the connection.",
                bytes(waiting),
                amount::count(tries.into(), "further try"),
                ago(last_ack)
            ),
            Self::ApplicationSilent { waiting: 0, last_ack, .. } => format!(
                "The peer's kernel has the ping and was heard {} ago, but its application does not answer: stopped, hung, or far behind. Look \
                 at the process, not at the network.",
                ago(last_ack)
            ),
            Self::ApplicationSilent { waiting, still, last_ack } => format!(
                "The peer's kernel was heard {} ago, but its application has made no room for {}, and {} wait: stopped or hung. Look at the \
                 process, not at the network.",
                ago(last_ack),
                ago(still),
                bytes(waiting)
            ),
            Self::SlowReader { waiting, took, within, still } => format!(
                "The peer's application reads, but slowly: it made room for {} in {}, last {} ago, and {} still wait. Send less, or find what \
                 keeps it busy.",
                bytes(took),
                ago(within),
                ago(still),
                bytes(waiting)
            ),
            Self::SlowPath { waiting, carried, within } => format!(
                "The path is slow: {} acknowledged in {}, and {} wait that the peer would take. Look for loss, or a narrow link.",
                bytes(carried),
                ago(within),
                bytes(waiting)
            ),
            Self::Unclear { waiting, last_ack } => format!(
                "Not clear yet: {} wait, and the peer's kernel was heard {} ago. The next miss tells more.",
                bytes(waiting),
                ago(last_ack)
            ),
        })
    }
}

#[cfg(test)]
mod tests;

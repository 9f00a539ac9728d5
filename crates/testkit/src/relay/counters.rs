//! What a relay truly did, for comparison with what others make of it.

use crate::impairment::Tally;

/// The true values of one direction since the relay began.
///
/// `received = dropped + withheld + forwarded - duplicated + unsent + under_way`, at any time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// Datagrams that came from the end.
    pub received: u64,
    /// Of these: lost on purpose, or met by a cut.
    pub dropped: u64,
    /// Kept by a test, and not sent on by the relay.
    pub withheld: u64,
    /// Of the others: given some delay.
    pub delayed: u64,
    /// Held back for others to overtake.
    pub reordered: u64,
    /// Sent a second time.
    pub duplicated: u64,
    /// Damaged.
    pub corrupted: u64,
    /// Sent to the other end, duplicates included, a test's own datagrams not.
    pub forwarded: u64,
    /// Could not be sent: nobody knows the other end, or the kernel refused.
    pub unsent: u64,
    /// Waiting for their time.
    pub under_way: u64,
    /// Datagrams of a test's own, and replayed ones.
    pub injected: u64,
    /// Datagrams that came from somebody else than the end that was named; nothing else counts them.
    pub strange: u64,
    /// By how much the latest datagram was sent after its time, in nanoseconds: how well the relay kept to its delays.
    pub late_ns: u64,
}

/// What the relay itself counts, beside the decisions.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Done {
    pub(crate) withheld: u64,
    pub(crate) forwarded: u64,
    pub(crate) unsent: u64,
    pub(crate) injected: u64,
    pub(crate) strange: u64,
    pub(crate) late_ns: u64,
}

impl Counters {
    pub(crate) fn of(decided: Tally, done: Done, under_way: usize) -> Self {
        Self {
            received: decided.received + done.withheld,
            dropped: decided.dropped,
            withheld: done.withheld,
            delayed: decided.delayed,
            reordered: decided.reordered,
            duplicated: decided.duplicated,
            corrupted: decided.corrupted,
            forwarded: done.forwarded,
            unsent: done.unsent,
            under_way: under_way as u64,
            injected: done.injected,
            strange: done.strange,
            late_ns: done.late_ns,
        }
    }
}

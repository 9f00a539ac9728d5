//! The words of a script: what the peer does, and what we call.

use proptest::prelude::*;

/// One step; the next begins when its effect has arrived.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    Peer(Act),
    Ours(Call),
    /// A question from another thread, while we call.
    Together(Call, Question, usize),
}

/// What the peer does, or somebody on the way.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Act {
    Sends(usize),
    /// Reads all that came.
    Reads,
    /// `shutdown(Write)`: a FIN, and it still reads.
    Finishes,
    /// A FIN; a RST where it has not read everything.
    Closes,
    /// `SO_LINGER` 0: a RST in any case.
    Resets,
    /// A router says that the peer cannot be reached, and is wrong.
    Unreachable,
}

/// What we do with the stream.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Call {
    Read(usize),
    Write(usize),
    Flush,
    ShutReading,
    ShutWriting,
    ShutBoth,
    /// To a handle, by its number among those that there are.
    Ask(Question, usize),
    CloneHandle(usize),
    DropHandle(usize),
}

/// What a handle can be asked.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Question {
    Verdict,
    Trouble,
    Reusable,
    /// `died()`, polled once and dropped.
    Died,
    /// `spent()`, the same.
    Spent,
    /// Asks for trouble until the event has arrived, if there is one.
    Hear,
}

pub(crate) fn scripts() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(step(), 1..14)
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => act().prop_map(Step::Peer),
        5 => call().prop_map(Step::Ours),
        2 => (call(), question(), 0_usize..4).prop_map(|(call, question, handle)| Step::Together(call, question, handle)),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (1_usize..3000).prop_map(Act::Sends),
        2 => Just(Act::Reads),
        2 => Just(Act::Finishes),
        2 => Just(Act::Closes),
        2 => Just(Act::Resets),
        2 => Just(Act::Unreachable),
    ]
}

fn call() -> impl Strategy<Value = Call> {
    prop_oneof![
        6 => (0_usize..4000).prop_map(Call::Read),
        4 => (0_usize..3000).prop_map(Call::Write),
        1 => Just(Call::Flush),
        1 => Just(Call::ShutReading),
        1 => Just(Call::ShutWriting),
        1 => Just(Call::ShutBoth),
        6 => (question(), 0_usize..4).prop_map(|(question, handle)| Call::Ask(question, handle)),
        1 => (0_usize..4).prop_map(Call::CloneHandle),
        1 => (0_usize..4).prop_map(Call::DropHandle),
    ]
}

fn question() -> impl Strategy<Value = Question> {
    prop_oneof![
        Just(Question::Verdict),
        Just(Question::Trouble),
        Just(Question::Reusable),
        Just(Question::Died),
        Just(Question::Spent),
        Just(Question::Hear),
    ]
}

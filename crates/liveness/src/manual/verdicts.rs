//! A page for each verdict: what it is, what proves it, how it comes about, what to do, whether to ask again, and how it reads.
//!
//! Each page bears the name that [`State::name`](crate::State::name) puts into logs and metrics.
//!
//! | verdict | in one sentence | what to do |
//! |---|---|---|
//! | [alive] | The other end has shown a sign of life just now. | use it |
//! | [idle] | It stands, and nothing proves that the peer does. | use it; keepalive or a heartbeat bounds the doubt |
//! | [connecting] | The handshake goes on. | wait, with a deadline |
//! | [stalled] | Something is under way, and nobody acknowledges it. | do not wait for the kernel; look at the network |
//! | [peer_not_reading] | The peer's kernel lives, and its application does not read. | wait, or give up; look at the peer's application |
//! | [half_closed_by_peer] | The peer has finished sending. | read what is left, close |
//! | [half_closed_by_us] | We have finished ourselves; the peer need not have. | read to the end, close |
//! | [closing] | Both have finished, and the last acknowledgement is on its way. | nothing |
//! | [closed_in_order] | Both sides have finished, and both know. | close |
//! | [reset] | The peer broke the connection off. | connect again; who restarts, or forgets us? |
//! | [reset_after_fin] | The peer had closed before we wrote. | connect again; keep idle connections for less time |
//! | [timed_out] | Our kernel gave up waiting. | connect again; look at the network |
//! | [refused] | Nobody wanted the connection. | start the service, or mend the rule |
//! | [mod@unreachable] | It could not be made, and somebody said why. | go to the host that is named |
//! | [killed_locally] | Somebody on this host ended it. | ask who |
//! | [failed] | It is over, for a reason without a word here. | report it |
//! | [ended] | It is over, and why is not for us to say. | ask the socket's owner |
//! | [let_go] | We have let go of the stream ourselves. | drop the handle |
//! | [not_connected] | The socket has no connection, and had none. | look at what `connect` returned |
//! | [listening] | It accepts connections, and is none. | ask another descriptor |
//!
//! Verdicts of which [`State::is_end`](crate::State::is_end) is true never change again.

#[doc = include_str!("verdicts/alive.md")]
pub mod alive {}

#[doc = include_str!("verdicts/closed_in_order.md")]
pub mod closed_in_order {}

#[doc = include_str!("verdicts/closing.md")]
pub mod closing {}

#[doc = include_str!("verdicts/connecting.md")]
pub mod connecting {}

#[doc = include_str!("verdicts/ended.md")]
pub mod ended {}

#[doc = include_str!("verdicts/failed.md")]
pub mod failed {}

#[doc = include_str!("verdicts/half_closed_by_peer.md")]
pub mod half_closed_by_peer {}

#[doc = include_str!("verdicts/half_closed_by_us.md")]
pub mod half_closed_by_us {}

#[doc = include_str!("verdicts/idle.md")]
pub mod idle {}

#[doc = include_str!("verdicts/killed_locally.md")]
pub mod killed_locally {}

#[doc = include_str!("verdicts/let_go.md")]
pub mod let_go {}

#[doc = include_str!("verdicts/listening.md")]
pub mod listening {}

#[doc = include_str!("verdicts/not_connected.md")]
pub mod not_connected {}

#[doc = include_str!("verdicts/peer_not_reading.md")]
pub mod peer_not_reading {}

#[doc = include_str!("verdicts/refused.md")]
pub mod refused {}

#[doc = include_str!("verdicts/reset.md")]
pub mod reset {}

#[doc = include_str!("verdicts/reset_after_fin.md")]
pub mod reset_after_fin {}

#[doc = include_str!("verdicts/stalled.md")]
pub mod stalled {}

#[doc = include_str!("verdicts/timed_out.md")]
pub mod timed_out {}

#[doc = include_str!("verdicts/unreachable.md")]
pub mod unreachable {}

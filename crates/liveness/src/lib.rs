//! The truth about one TCP connection: is it alive, and if not, why and who said so.

#[cfg(target_os = "linux")]
mod decide;
#[cfg(target_os = "linux")]
mod evidence;
#[cfg(target_os = "linux")]
mod figures;
#[cfg(target_os = "linux")]
mod handle;
pub mod heartbeat;
#[cfg(all(target_os = "linux", feature = "hyper"))]
mod hyper;
pub mod keepalive;
#[cfg(target_os = "linux")]
mod live;
pub mod manual;
#[cfg(target_os = "linux")]
mod mine;
#[cfg(target_os = "linux")]
mod patience;
#[cfg(target_os = "linux")]
mod proof;
#[cfg(target_os = "linux")]
mod retry;
#[cfg(target_os = "linux")]
mod spell;
#[cfg(target_os = "linux")]
mod state;
#[cfg(all(target_os = "linux", feature = "tokio"))]
mod tokio;
#[cfg(all(target_os = "linux", feature = "tower"))]
mod tower;
#[cfg(target_os = "linux")]
mod verdict;
#[cfg(target_os = "linux")]
mod watch;
#[cfg(target_os = "linux")]
mod who;
#[cfg(target_os = "linux")]
mod witness;

pub use keepalive::Keepalive;

#[cfg(target_os = "linux")]
pub use {
    allswell_os::error_queue::{QueuedError, Said},
    allswell_os::events::Events,
    allswell_os::tcp_info::{TcpInfo, TcpState, read as tcp_info},
    evidence::Evidence,
    figures::{Figures, Limit},
    handle::Handle,
    live::Live,
    mine::{Mine, mine},
    patience::Patience,
    proof::{By, Proof},
    retry::Retry,
    state::{Side, State},
    verdict::Verdict,
    who::{Soft, Who},
    witness::Witness,
};

#[cfg(all(target_os = "linux", feature = "tower"))]
pub use tower::Connector;

//! Drives link sessions on real sockets: who is measured, when packets leave, what became of it, and whose fault it is.

pub mod bfd;
mod board;
mod clocks;
mod driver;
pub mod gossip;
mod kernel;
mod mesh;
mod orders;
mod own;
mod plan;
mod record;
pub mod sentence;
mod settings;
mod shown;
mod sockets;
mod stalls;
mod surroundings;
mod targets;
mod teller;
pub mod verdict;

pub use mesh::{Mesh, StartError, start};
pub use plan::{LEAST_NEIGHBOURS, Plan, epoch_of};
pub use settings::{BfdPeer, DEFAULT_PORT, Key, Peer, Settings};
pub use surroundings::Surroundings;
pub use targets::{GROUP, targets};

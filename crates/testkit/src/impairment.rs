//! What a link does to datagrams, as settings, and a channel that decides by them. Pure: no clock and no socket, times are nanoseconds
//! of any clock that the caller likes. `relay` puts it between real sockets; a simulation puts it between two ends in memory.

mod channel;
mod loss;
mod probability;
mod random;
mod setting;
mod transit;

pub use channel::{Channel, Deliveries, Delivery, Tally};
pub use loss::{Gilbert, Loss};
pub use probability::Probability;
pub use random::Random;
pub use setting::{Corrupt, Duplicate, Impairment, Jitter, Reorder};
pub use transit::{Arrived, Transit};

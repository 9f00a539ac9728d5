//! How well a link does: what is made of the numbers and stamps in its probes.

pub mod clock;
pub mod jitter;
pub mod loss;
pub mod multiplier;
pub mod normal;
pub mod quantile;
pub mod recent;
pub mod rtt;
pub mod shift;

//! How well a link does: what is made of the numbers and stamps in its probes.

pub mod quantile;

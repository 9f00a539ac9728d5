//! Links between nodes in memory: virtual time, seeded networks, restarts at any moment, attackers.

mod sessions;
mod world;

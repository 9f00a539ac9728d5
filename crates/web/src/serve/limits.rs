//! What the server bears with.

use std::time::Duration;

/// What the server bears with. Each connection costs one descriptor; those that listen to the stream have places of their own,
/// so that they never keep a page from anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// So many connections at once that ask and are answered; further ones wait in the kernel's queue.
    pub connections: usize,
    /// So many of them from one address; further ones are turned away. It is not all: others must find a place.
    pub connections_of_one: usize,
    /// So many connections at once that listen to the stream; further ones are told to come again later.
    pub streams: usize,
    /// So many of them from one address, which may be a proxy's; further ones are told the same.
    pub streams_of_one: usize,
    /// A handshake, and the head of a request, must have come by then; an idle connection ends as well.
    pub header: Duration,
    /// A client that takes less than 16 kB in so long, while there is something for it, is dropped.
    pub stalled: Duration,
    /// Responses under way may take so long when the server ends.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self::of(512)
    }
}

impl Limits {
    /// Three connections in four may listen; one address may have two places in three to listen, three in four to ask.
    fn of(connections: usize) -> Self {
        Self {
            connections,
            connections_of_one: connections / 4 * 3,
            streams: connections * 3,
            streams_of_one: connections * 2,
            header: Duration::from_secs(10),
            stalled: Duration::from_secs(20),
            grace: Duration::from_millis(800),
        }
    }

    /// The default, or less where the process may open few files: the pages take a quarter of its descriptors at most, for the
    /// probes need the rest.
    #[must_use]
    pub fn within(descriptors: u64) -> Self {
        let default = Self::default();
        let affordable = usize::try_from(descriptors / 16).unwrap_or(usize::MAX);
        Self::of(affordable.clamp(8, default.connections))
    }

    /// How many descriptors the connections take at most.
    #[must_use]
    pub fn descriptors(&self) -> usize {
        self.connections + self.streams
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_take_a_quarter_of_the_descriptors_at_most_and_never_more_than_they_need() {
        assert_eq!(Limits::within(u64::MAX), Limits::default());
        assert_eq!(Limits::default().descriptors(), 2048);
        assert!(Limits::default().streams_of_one >= 1000);
        for descriptors in [1024_u64, 4096, 8191] {
            let limits = Limits::within(descriptors);
            assert!(limits.descriptors() as u64 <= descriptors / 4, "{limits:?}");
        }
        assert_eq!(Limits::within(0).connections, 8);
    }
}

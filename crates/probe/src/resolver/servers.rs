//! What is known of each server: when it answered for which name, when it was silent, how many questions it has now.
//! Time is an argument.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;

/// A server that answered for other names so lately is not itself what fails.
const LATELY: Duration = Duration::from_secs(60);

/// For so long after its silence a server is asked after the others.
const AVOIDED: Duration = Duration::from_secs(30);

/// Questions that one server has at a time. More wait their turn, within their own deadlines: the start of ten thousand
/// targets is no flood, and a dead server cannot use up the descriptors.
const MOST_AT_ONCE: usize = 512;

/// Servers come from the configuration; beyond this many, the oldest knowledge of all is dropped at once.
const MOST_SERVERS: usize = 4096;

/// All servers that were ever asked.
#[derive(Debug, Default)]
pub(crate) struct Servers(HashMap<SocketAddr, Server>);

#[derive(Debug)]
struct Server {
    /// The name it answered for last, and the last one besides that.
    answered: [Option<(String, Instant)>; 2],
    silent: Option<Instant>,
    turns: Arc<Semaphore>,
}

impl Default for Server {
    fn default() -> Self {
        Self { answered: [None, None], silent: None, turns: Arc::new(Semaphore::new(MOST_AT_ONCE)) }
    }
}

impl Servers {
    /// It answered for a target's name, be it that the name does not exist. All that a search list makes of one name is one name:
    /// else a single target could speak against itself.
    pub(crate) fn answered(&mut self, server: SocketAddr, name: &str, now: Instant) {
        let known = self.of(server);
        if known.answered.first().and_then(Option::as_ref).is_none_or(|(last, _)| last != name) {
            known.answered.rotate_right(1);
        }
        if let Some(last) = known.answered.first_mut() {
            *last = Some((name.to_owned(), now));
        }
    }

    /// It said something.
    pub(crate) fn spoke(&mut self, server: SocketAddr) {
        self.of(server).silent = None;
    }

    /// It was asked and said nothing.
    pub(crate) fn silent(&mut self, server: SocketAddr, now: Instant) {
        self.of(server).silent = Some(now);
    }

    /// How long ago it answered for another name, if lately.
    pub(crate) fn answered_others(&self, server: SocketAddr, name: &str, now: Instant) -> Option<Duration> {
        let known = self.0.get(&server)?;
        let (_, when) = known.answered.iter().flatten().find(|(answered, _)| answered != name)?;
        Some(now.saturating_duration_since(*when)).filter(|ago| *ago <= LATELY)
    }

    /// The same servers, those that were silent lately behind the others.
    pub(crate) fn arranged(&self, servers: &[SocketAddr], now: Instant) -> Vec<SocketAddr> {
        let avoided = |server: &SocketAddr| self.0.get(server).and_then(|known| known.silent).is_some_and(|when| now < when + AVOIDED);
        let mut arranged = servers.to_vec();
        arranged.sort_by_key(avoided);
        arranged
    }

    /// Its turns: one is held for each question that it has.
    pub(crate) fn turns(&mut self, server: SocketAddr) -> Arc<Semaphore> {
        Arc::clone(&self.of(server).turns)
    }

    fn of(&mut self, server: SocketAddr) -> &mut Server {
        if self.0.len() >= MOST_SERVERS && !self.0.contains_key(&server) {
            self.0.clear();
        }
        self.0.entry(server).or_default()
    }
}

#[cfg(test)]
mod tests;

//! A protocol's scheme as the subject of a test: its example's URL, pointed at another host.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use allswell_model::{TargetId, Timestamp};
use allswell_probe::{Declaration, Environment, Found, Locator, PROTOCOLS, Prepared, Raw, Scheme};
use tokio::runtime::Runtime;

/// How much later than its deadline a probe may end.
pub(crate) const GRACE: Duration = Duration::from_millis(50);

/// One scheme of one protocol.
pub(crate) struct Subject {
    pub(crate) declaration: &'static Declaration,
    pub(crate) scheme: Scheme,
}

/// Every scheme of every protocol.
pub(crate) fn subjects() -> impl Iterator<Item = Subject> {
    PROTOCOLS.iter().flat_map(|protocol| {
        let declaration = protocol.declaration();
        declaration.schemes.iter().map(move |scheme| Subject { declaration, scheme: *scheme })
    })
}

impl Subject {
    pub(crate) fn has_ports(&self) -> bool {
        self.scheme.port.is_some()
    }

    /// Whether it talks to the target over a stream.
    pub(crate) fn is_stream(&self) -> bool {
        self.has_ports() && self.scheme.name != "dns"
    }

    pub(crate) fn at(&self, address: SocketAddr) -> Asked {
        let host = match address {
            SocketAddr::V4(v4) => v4.ip().to_string(),
            SocketAddr::V6(v6) => format!("[{}]", v6.ip()),
        };
        self.named(&host, address.port())
    }

    pub(crate) fn named(&self, host: &str, port: u16) -> Asked {
        let example = Locator::parse(self.declaration.example).unwrap();
        let port = if self.has_ports() { format!(":{port}") } else { String::new() };
        let query = example.raw_query.map(|query| format!("?{query}")).unwrap_or_default();
        let url = format!("{}://{host}{port}/{}{query}", self.scheme.name, example.path);
        Asked { url, settings: Vec::new(), network: Vec::new(), timeout: Duration::from_secs(5) }
    }
}

/// A probe as it would be typed.
pub(crate) struct Asked {
    pub(crate) url: String,
    settings: Vec<(String, Raw)>,
    network: Vec<(String, Raw)>,
    pub(crate) timeout: Duration,
}

impl Asked {
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.network.push((name.into(), Raw::Scalar(value.into())));
        self
    }

    pub(crate) fn set(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.into(), Raw::Scalar(value.into())));
        self
    }

    pub(crate) fn within(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    pub(crate) fn prepared(&self) -> Prepared {
        let prepared = Prepared::new(&self.url, &self.settings, &self.network, &|_| true);
        prepared.unwrap_or_else(|mistakes| panic!("{}: {mistakes:?}", self.url))
    }

    pub(crate) fn run(&self, runtime: &Runtime) -> Found {
        let prepared = self.prepared();
        let target = TargetId::new("t").unwrap();
        // Made and dropped inside the runtime: what it opens belongs to it.
        runtime.block_on(async {
            let environment = Environment::new();
            prepared.run(&environment, &target, Timestamp(0), self.timeout).await
        })
    }

    /// What is wrong when the probe should end like this, in time, with a sentence.
    ///
    /// Only a probe that is late every time is late: once it may be the machine.
    pub(crate) fn ends_as(&self, runtime: &Runtime, outcome: &str, causes: &[&str]) -> Vec<String> {
        let mut told = self.ended_as(runtime, outcome, causes);
        for _ in 0..2 {
            if told.1 <= self.timeout + GRACE {
                return told.0;
            }
            told = self.ended_as(runtime, outcome, causes);
        }
        if told.1 > self.timeout + GRACE {
            told.0.push(format!("{}: took {:?} for a deadline of {:?}", self.url, told.1, self.timeout));
        }
        told.0
    }

    fn ended_as(&self, runtime: &Runtime, outcome: &str, causes: &[&str]) -> (Vec<String>, Duration) {
        let begun = Instant::now();
        let result = self.run(runtime).result;
        let took = begun.elapsed();
        let mut troubles = Vec::new();
        let cause = result.outcome.cause().unwrap_or_default();
        if result.outcome.word() != outcome || !(causes.is_empty() || causes.contains(&cause)) {
            troubles.push(format!("{}: wanted {outcome} {causes:?}, got {:?}: {}", self.url, result.outcome, result.reason));
        }
        if !result.reason.ends_with('.') || result.reason.chars().any(char::is_control) {
            troubles.push(format!("{}: this is no sentence: {:?}", self.url, result.reason));
        }
        (troubles, took)
    }
}

//! What a protocol declares, and the probe it makes of a target.

use std::fmt;
use std::net::SocketAddr;

use allswell_model::{DownCause, Field};
use futures_util::future::BoxFuture;

use crate::attempt::Attempt;
use crate::failure::Failure;
use crate::locator::{Endpoint, Locator};
use crate::network::Network;
use allswell_model::settings::{Mistake, SettingSpec, Settings};

/// A URL scheme of a protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scheme {
    /// As in the URL.
    pub name: &'static str,
    /// `None`: the protocol has no ports. `Some(0)`: it must be written. Else the default.
    pub port: Option<u16>,
}

/// A part of a URL besides scheme, host and port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What follows the host, unless it is a slash alone.
    Path,
    /// What follows a `?`.
    Query,
    /// A user, with a password or without.
    Credentials,
}

impl fmt::Display for Part {
    /// As the object of a sentence.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Path => "a path",
            Self::Query => "a query",
            Self::Credentials => "credentials",
        })
    }
}

/// An expectation that holds unless an operator's own names the same fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefaultExpectation {
    /// Dropped when an expectation of the operator names any of these fields.
    pub unless_named: &'static [&'static str],
    /// In CEL.
    pub source: &'static str,
    /// What it asks for, for the sentence when it fails: `a 2xx status`.
    pub wanted: &'static str,
    /// The cause when it fails.
    pub cause: DownCause,
}

/// All that is known of a protocol without running it. Configuration, `--set`, reference, types of expectations,
/// storage and conformance tests are loops over this.
#[derive(Debug)]
pub struct Declaration {
    /// Lower case; also the key of its settings in the configuration.
    pub name: &'static str,
    /// The schemes it answers to.
    pub schemes: &'static [Scheme],
    /// What else its URLs may hold; all else would say nothing, and is a mistake.
    pub takes: &'static [Part],
    /// One line of reference.
    pub doc: &'static str,
    /// Its settings, besides those of the network.
    pub settings: &'static [SettingSpec],
    /// Its measurements and fields, besides the common ones.
    pub fields: &'static [Field],
    /// What it expects by itself.
    pub defaults: &'static [DefaultExpectation],
    /// A URL that parses, for the reference and the tests.
    pub example: &'static str,
    /// Its own stages and causes, with a line each; the shared ones need no mention.
    pub words: &'static [(&'static str, &'static str)],
}

/// What a probe is made from.
pub struct Request<'a> {
    /// The target's URL.
    pub locator: &'a Locator,
    /// The protocol's settings.
    pub settings: &'a Settings,
    /// Source, family, resolver.
    pub network: &'a Network,
    /// Whether an expectation names this field, so that costly fields are made only when asked for.
    pub named: &'a dyn Fn(&str) -> bool,
}

/// A protocol: an entry in [`crate::PROTOCOLS`].
pub trait Protocol: Sync {
    /// What is known of it.
    fn declaration(&self) -> &'static Declaration;

    /// A probe for one target, checked once, run many times.
    ///
    /// # Errors
    /// All of the operator's mistakes at once; a file that cannot be read is one.
    fn prepare(&self, request: &Request<'_>) -> Result<Box<dyn Probe>, Vec<Mistake>>;
}

/// A probe of one target.
pub trait Probe: Send + Sync {
    /// What is resolved before the exchange.
    fn endpoint(&self) -> &Endpoint;

    /// Talks to one address. It enters each stage on the attempt as it comes to it, and notes what it measures.
    /// The caller ends it at the deadline, so it need not watch the time unless it knows more than "no answer".
    ///
    /// # Errors
    /// The outcome that is not up, with its sentence.
    fn exchange<'a>(&'a self, attempt: &'a mut Attempt, peer: SocketAddr) -> BoxFuture<'a, Result<(), Failure>>;
}

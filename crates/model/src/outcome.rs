//! What came of one probe: up, down or unknown, with the stage and the cause.
//!
//! The constants are a contract: API, metrics, pages and expectations use these very words.
//! Protocols add their own in the same manner (`Stage::new("dialog")`).

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $constant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Cow<'static, str>);

        impl $name {
            $($(#[$word_doc])* pub const $constant: Self = Self(Cow::Borrowed($word));)*

            /// The words that every protocol shares, in the order of the contract.
            pub const SHARED: &'static [Self] = &[$(Self::$constant,)*];

            /// A protocol's own word: lower case, words joined by `_`.
            #[must_use]
            pub const fn new(word: &'static str) -> Self {
                Self(Cow::Borrowed(word))
            }

            /// A word read back from disk or the wire.
            #[must_use]
            pub fn from_text(word: &str) -> Self {
                Self::SHARED
                    .iter()
                    .find(|known| known.0 == word)
                    .cloned()
                    .unwrap_or_else(|| Self(Cow::Owned(word.to_owned())))
            }

            /// The word itself.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

vocabulary! {
    /// Where in a probe.
    Stage {
        /// Before anything was sent: reserving what the probe needs.
        PREPARE = "prepare",
        /// From a name to addresses.
        RESOLVE = "resolve",
        /// The transport's handshake.
        CONNECT = "connect",
        /// The TLS handshake, verification included.
        TLS = "tls",
        /// Handing the request to the peer.
        SEND = "send",
        /// From the request sent until the whole head is read.
        FIRST_BYTE = "first_byte",
        /// The body.
        TRANSFER = "transfer",
        /// A datagram's answer.
        REPLY = "reply",
        /// The expectations over what came.
        EXPECT = "expect",
    }
}

vocabulary! {
    /// Why the target is down: its own fault, or the network's on the way to it.
    DownCause {
        /// The target's host (or its port-unreachable) said no.
        REFUSED = "refused",
        /// A reset on a connection that stood.
        RESET = "reset",
        /// Ended in order, but before it was complete.
        CLOSED = "closed",
        /// Silence until the deadline.
        TIMED_OUT = "timed_out",
        /// A router, or our neighbour discovery, says that it cannot be reached.
        UNREACHABLE = "unreachable",
        /// A router says that it may not be reached.
        PROHIBITED = "prohibited",
        /// The name does not exist.
        NAME_NOT_FOUND = "name_not_found",
        /// The name exists without an address of the wanted family.
        NO_ADDRESS = "no_address",
        /// The certificate's `notAfter` has passed.
        CERTIFICATE_EXPIRED = "certificate_expired",
        /// The certificate's `notBefore` lies ahead.
        CERTIFICATE_NOT_YET_VALID = "certificate_not_yet_valid",
        /// No path to an authority that we trust.
        CERTIFICATE_UNTRUSTED = "certificate_untrusted",
        /// It is made out for another name.
        CERTIFICATE_WRONG_NAME = "certificate_wrong_name",
        /// The TLS handshake failed in another way.
        HANDSHAKE_FAILED = "handshake_failed",
        /// What came is not the protocol's language.
        PROTOCOL = "protocol",
        /// More came than the limit allows.
        TOO_LARGE = "too_large",
        /// The redirects did not end within the cap.
        TOO_MANY_REDIRECTS = "too_many_redirects",
        /// The protocol's own expectation on its status failed.
        STATUS = "status",
        /// The DNS answer's code is not the expected one.
        RCODE = "rcode",
        /// An operator's expectation failed.
        EXPECTATION = "expectation",
    }
}

vocabulary! {
    /// Why nothing can be said of the target: our own fault, or our own neighbourhood's.
    UnknownCause {
        /// Our descriptors are used up.
        NO_DESCRIPTORS = "no_descriptors",
        /// Our ephemeral ports towards this target are used up.
        NO_PORTS = "no_ports",
        /// The kernel has no memory for us.
        NO_MEMORY = "no_memory",
        /// We may not do what the probe needs.
        NO_PERMISSION = "no_permission",
        /// Our routing table has no way there.
        NO_ROUTE = "no_route",
        /// Our next hop is gone, or our cable is.
        NO_GATEWAY = "no_gateway",
        /// Our own firewall forbids it.
        LOCAL_POLICY = "local_policy",
        /// The operator forbids to probe this address for whoever asked.
        DENIED = "denied",
        /// The source address that was asked for is not ours.
        NO_SOURCE_ADDRESS = "no_source_address",
        /// Our resolver answered with a failure.
        RESOLVER_FAILED = "resolver_failed",
        /// Our resolver was silent.
        RESOLVER_TIMED_OUT = "resolver_timed_out",
        /// Our resolver cannot be reached.
        RESOLVER_UNREACHABLE = "resolver_unreachable",
        /// Our own process was too late to judge.
        OVERLOADED = "overloaded",
        /// A bug of ours, isolated to this probe.
        BUG = "bug",
    }
}

/// What came of one probe.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It answered, and all that is expected of it holds.
    Up,
    /// It, or the way to it, failed.
    Down {
        /// Where in the probe.
        stage: Stage,
        /// Why.
        cause: DownCause,
    },
    /// We failed, so nothing is known of it.
    Unknown {
        /// Where in the probe.
        stage: Stage,
        /// Why.
        cause: UnknownCause,
    },
}

impl Outcome {
    /// `up`, `down` or `unknown`.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down { .. } => "down",
            Self::Unknown { .. } => "unknown",
        }
    }

    /// Whether this is [`Outcome::Up`].
    #[must_use]
    pub fn is_up(&self) -> bool {
        matches!(self, Self::Up)
    }

    /// Where it failed; `None` when up.
    #[must_use]
    pub fn stage(&self) -> Option<&Stage> {
        match self {
            Self::Up => None,
            Self::Down { stage, .. } | Self::Unknown { stage, .. } => Some(stage),
        }
    }

    /// Why it failed; `None` when up.
    #[must_use]
    pub fn cause(&self) -> Option<&str> {
        match self {
            Self::Up => None,
            Self::Down { cause, .. } => Some(cause.as_str()),
            Self::Unknown { cause, .. } => Some(cause.as_str()),
        }
    }

    /// The outcome of these words, as [`Outcome::word`], [`Outcome::stage`] and [`Outcome::cause`] gave them.
    #[must_use]
    pub fn from_words(word: &str, stage: Option<&str>, cause: Option<&str>) -> Option<Self> {
        match (word, stage, cause) {
            ("up", None, None) => Some(Self::Up),
            ("down", Some(stage), Some(cause)) => Some(Self::Down { stage: Stage::from_text(stage), cause: DownCause::from_text(cause) }),
            ("unknown", Some(stage), Some(cause)) => {
                Some(Self::Unknown { stage: Stage::from_text(stage), cause: UnknownCause::from_text(cause) })
            }
            _ => None,
        }
    }
}

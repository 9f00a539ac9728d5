//! HTTP and TLS against servers that misbehave: each misbehaviour with its outcome, its stage and its cause.

mod bodies;
mod certificates;
mod credentials;
mod handshakes;
mod heads;
mod probing;
mod redirects;
mod requests;
mod settings;

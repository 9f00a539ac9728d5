//! The pages, the API and the metrics: what people and their programs see of the watch.
//!
//! It reads the store and asks [`Control`]; it decides nothing about targets.

mod access;
mod api;
mod assets;
mod chart;
mod control;
mod error_page;
mod facts;
mod filter;
mod frame;
mod guard;
mod health;
mod held;
mod icon;
mod link_page;
mod links;
mod look;
mod metrics;
mod moment;
mod openapi;
mod overview;
mod paging;
mod params;
mod percent;
mod problem;
mod router;
#[cfg(test)]
mod sample;
mod secret;
mod serve;
mod settings;
mod spark;
mod state;
mod stream;
mod target_page;
mod text;
mod told;
mod trouble;

pub use access::{Access, AccessList, Role, Secret};
pub use control::{Alerts, Control, Counters, Health, Heartbeat, Sending};
pub use metrics::{Kind, METRICS, Metric, metrics_reference};
pub use openapi::OPENAPI;
pub use router::router;
pub use secret::{HashError, NotASecret, hash_password, hash_token, new_token};
pub use serve::{Limits, Serving, Tls, TlsError, serve, serve_with};
pub use settings::{Settings, Token};

//! The pages, the API and the metrics: what people and their programs see of the watch.
//!
//! It reads the store and asks [`Control`]; it decides nothing about targets.

mod api;
mod assets;
mod control;
mod error_page;
mod facts;
mod filter;
mod frame;
mod guard;
mod health;
mod icon;
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
mod serve;
mod settings;
mod spark;
mod state;
mod stream;
mod target_page;
mod text;
mod trouble;

pub use control::{Control, Counters, Health};
pub use openapi::OPENAPI;
pub use router::router;
pub use serve::{Limits, serve, serve_with};
pub use settings::{Settings, Token};

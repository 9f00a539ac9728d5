//! From a host to addresses, without getaddrinfo: it cannot be cancelled and blames nobody.

use std::net::SocketAddr;

use crate::attempt::Attempt;
use crate::failure::Failure;
use crate::locator::{Endpoint, Host};
use allswell_model::{Stage, UnknownCause};

/// Every resolver in use, with its cache.
#[derive(Debug, Default)]
pub(crate) struct Resolvers {}

impl Resolvers {
    /// The addresses of an endpoint in the order in which they are to be tried; never empty.
    ///
    /// # Errors
    /// `name_not_found`, `no_address`, or what our resolver did.
    pub(crate) async fn addresses(&self, attempt: &mut Attempt, endpoint: &Endpoint) -> Result<Vec<SocketAddr>, Failure> {
        if let Some(address) = endpoint.literal() {
            return Ok(vec![address]);
        }
        attempt.enter(Stage::RESOLVE);
        let Host::Name(name) = &endpoint.host else { return Ok(Vec::new()) };
        Err(Failure::unknown(Stage::RESOLVE, UnknownCause::RESOLVER_FAILED, format!("Not resolved: {name}.")))
    }
}

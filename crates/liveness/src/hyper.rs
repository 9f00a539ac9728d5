//! [`Live`] within hyper's client.

use hyper_util::client::legacy::connect::{Connected, Connection};

use crate::live::Live;

/// Every response of the connection carries its handle: `response.extensions().get::<Handle>()`.
impl<S: Connection> Connection for Live<S> {
    fn connected(&self) -> Connected {
        self.get_ref().connected().extra(self.handle())
    }
}

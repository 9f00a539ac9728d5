//! Segments that vanish without a word, and a host that forgot its connections.

use crate::namespace::path::Path;
use crate::namespace::space::Space;

/// A router that swallows whatever goes to a port and whatever comes from it. Forwards again when dropped.
#[derive(Debug)]
pub struct BlackHole {
    router: Space,
    port: u16,
}

impl BlackHole {
    /// From now on nothing passes `router`, either way, to or from this port.
    ///
    /// # Panics
    /// When the rules are refused.
    #[must_use]
    pub fn begin(router: &Space, port: u16) -> Self {
        router.nft(&format!(
            "table inet hole{port} {{ chain forward {{ type filter hook forward priority 0; tcp dport {port} drop; tcp sport {port} drop; }}; }}"
        ));
        Self { router: router.clone(), port }
    }
}

impl Drop for BlackHole {
    fn drop(&mut self) {
        // A second panic here would abort the test, and its namespaces end with it in any case.
        if !std::thread::panicking() {
            self.router.nft(&format!("delete table inet hole{}", self.port));
        }
    }
}

/// The server forgets every connection to this port and the client hears nothing of it, as when its power failed.
/// When this returns the server is back: whatever the client sends is answered with a reset.
///
/// # Panics
/// When `ss(8)` cannot end the server's sockets.
pub fn reboot(path: &Path, port: u16) {
    let _silence = BlackHole::begin(&path.router, port);
    path.server.destroy_sockets(&format!("sport = :{port}"));
}

#[cfg(test)]
mod tests;

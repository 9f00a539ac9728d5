//! The privileges of this process, one by one (`capabilities(7)`).

use std::io;

use rustix::thread::{CapabilitySet, capabilities};

/// The capabilities that matter to probes and pages, as far as they are in effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// `CAP_NET_RAW`: raw sockets.
    pub net_raw: bool,
    /// `CAP_NET_ADMIN`: firewall marks.
    pub net_admin: bool,
    /// `CAP_NET_BIND_SERVICE`: ports below 1024.
    pub net_bind_service: bool,
}

/// What the calling thread holds in effect.
///
/// # Errors
/// When a sandbox forbids the call.
pub fn held() -> io::Result<Held> {
    let effective = capabilities(None)?.effective;
    Ok(Held {
        net_raw: effective.contains(CapabilitySet::NET_RAW),
        net_admin: effective.contains(CapabilitySet::NET_ADMIN),
        net_bind_service: effective.contains(CapabilitySet::NET_BIND_SERVICE),
    })
}

#[cfg(test)]
mod tests {
    use allswell_testkit::namespace::{give_up_capabilities, inside};

    use super::{Held, held};

    #[test]
    fn all_at_first_and_none_when_given_up() {
        inside(|| {
            assert_eq!(held().unwrap(), Held { net_raw: true, net_admin: true, net_bind_service: true });
            give_up_capabilities();
            assert_eq!(held().unwrap(), Held { net_raw: false, net_admin: false, net_bind_service: false });
        });
    }
}

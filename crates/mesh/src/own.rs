//! Whether it is our own fault that a peer is not reached: its link is then not judged.

use std::net::SocketAddr;

use allswell_model::UnknownCause;
use allswell_os::errno::{EACCES, EADDRNOTAVAIL, EAFNOSUPPORT, EAGAIN, EINVAL, ENETDOWN, ENETUNREACH, ENOBUFS, ENOMEM, EPERM};
use allswell_os::socket::Via;
use allswell_os::{neighbour, route};

/// What keeps our packets from leaving.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Own {
    /// This interface has no carrier.
    NoCarrier(String),
    /// The router that we hand packets to does not answer, on this interface.
    NoGateway(String, String),
    /// Our own firewall, or a route that forbids.
    Forbidden,
    /// No route.
    NoRoute,
    /// The interface is down.
    InterfaceDown,
    /// The address that packets should leave from is not ours any more.
    NoSource,
    /// We have no socket of that family.
    NoSocket,
    /// The kernel has no room for packets.
    NoRoom,
}

impl Own {
    /// What our kernel says against a packet of ours. What others said against one may be said here, too, and tells nothing of us.
    pub(crate) fn unsent(errno: i32) -> Option<Self> {
        match errno {
            EPERM | EACCES => Some(Self::Forbidden),
            ENETUNREACH => Some(Self::NoRoute),
            ENETDOWN => Some(Self::InterfaceDown),
            EADDRNOTAVAIL | EINVAL => Some(Self::NoSource),
            EAFNOSUPPORT => Some(Self::NoSocket),
            EAGAIN | ENOBUFS | ENOMEM => Some(Self::NoRoom),
            _ => None,
        }
    }

    /// Asks the kernel for the way: without a carrier it takes packets all the same, and throws them away later.
    pub(crate) fn on_the_way(to: SocketAddr) -> Option<Self> {
        let missing = neighbour::missing(to.ip(), &Via::default())?;
        if !missing.carrier {
            return Some(Self::NoCarrier(missing.interface));
        }
        // Where the peer itself does not answer, it is its own fault.
        missing.gateway.filter(|gateway| !route::is_local(*gateway)).map(|gateway| Self::NoGateway(gateway.to_string(), missing.interface))
    }

    /// As results name it.
    pub(crate) fn cause(&self) -> UnknownCause {
        match self {
            Self::NoCarrier(_) | Self::NoGateway(..) | Self::InterfaceDown => UnknownCause::NO_GATEWAY,
            Self::Forbidden => UnknownCause::LOCAL_POLICY,
            Self::NoRoute | Self::NoSocket => UnknownCause::NO_ROUTE,
            Self::NoSource => UnknownCause::NO_SOURCE_ADDRESS,
            Self::NoRoom => UnknownCause::NO_MEMORY,
        }
    }

    /// As people are told.
    pub(crate) fn sentence(&self, peer: &str, address: &str) -> String {
        let why = match self {
            Self::NoCarrier(interface) => format!("our {interface} has no carrier: a cable, a switch port, or the other end of a tunnel"),
            Self::NoGateway(gateway, interface) => format!("our gateway {gateway} on {interface} does not answer"),
            Self::Forbidden => "our own firewall does not let our packets out".to_owned(),
            Self::NoRoute => "we have no route there".to_owned(),
            Self::InterfaceDown => "our own interface is down".to_owned(),
            Self::NoSource => "the address that our packets leave from (`listen`) is not ours any more".to_owned(),
            Self::NoSocket => "we listen on no address of its family (`listen`)".to_owned(),
            Self::NoRoom => "our own kernel has no room for packets".to_owned(),
        };
        format!("{peer} at {address} is not judged: {why}.")
    }
}

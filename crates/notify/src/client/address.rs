//! The addresses of a channel's host.
//!
//! The system's getaddrinfo is asked, unlike for targets: whom it fails does not matter here, only that the alert gets out, by hosts
//! file, search list or whatever the host is set up with. It cannot be cancelled, so each channel has at most one lookup at a time, on
//! a thread of its own, for which no attempt waits beyond its deadline: a lookup that hangs costs one thread for as long as the
//! system's resolver waits, and delays only its channel. What it told last is used again when it fails: a dead resolver is what alerts
//! are about.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::client::place::{Host, Place};

/// For so long the system is waited for where an older answer stands in.
const PATIENCE: Duration = Duration::from_secs(3);

/// Looks one host up.
pub(crate) struct Lookup {
    host: Host,
    port: u16,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    /// The last good answer.
    known: Vec<IpAddr>,
    /// The lookup under way, which tells once.
    asking: Option<watch::Receiver<Option<Answer>>>,
}

type Answer = Result<Vec<IpAddr>, String>;

impl Lookup {
    pub(crate) fn of(place: &Place) -> Self {
        Self { host: place.host.clone(), port: place.port, shared: Arc::default() }
    }

    /// At least one address.
    ///
    /// # Errors
    /// One sentence.
    pub(crate) async fn addresses(&self, until: Instant) -> Result<Vec<SocketAddr>, String> {
        let ips = match &self.host {
            Host::Address(address) => vec![*address],
            Host::Name(name) => self.find(name, until).await?,
        };
        Ok(ips.into_iter().map(|ip| SocketAddr::new(ip, self.port)).collect())
    }

    async fn find(&self, name: &str, until: Instant) -> Answer {
        let (mut asking, known) = self.ask(name)?;
        let patience = if known.is_empty() { until } else { until.min(Instant::now() + PATIENCE) };
        let told = tokio::time::timeout_at(patience.into(), asking.wait_for(Option::is_some)).await;
        let answer = match told {
            Ok(Ok(answer)) => answer.clone().unwrap_or_else(|| Err(unknown(name))),
            Ok(Err(_)) => Err(unknown(name)),
            Err(_) => Err(format!("The name {name} was not resolved in time.")),
        };
        match answer {
            Err(_) if !known.is_empty() => Ok(known),
            answer => answer,
        }
    }

    /// Joins the lookup under way, or begins one; tells besides what is known.
    fn ask(&self, name: &str) -> Result<(watch::Receiver<Option<Answer>>, Vec<IpAddr>), String> {
        let mut shared = lock(&self.shared);
        let known = shared.known.clone();
        if let Some(asking) = &shared.asking {
            return Ok((asking.clone(), known));
        }
        let (tell, asking) = watch::channel(None);
        let (name, at) = (name.to_owned(), Arc::clone(&self.shared));
        let body = move || {
            let answer = resolved(&name);
            let mut shared = lock(&at);
            if let Ok(addresses) = &answer {
                shared.known.clone_from(addresses);
            }
            shared.asking = None;
            tell.send_replace(Some(answer));
        };
        let thread = std::thread::Builder::new().name("lookup".into()).spawn(body);
        thread.map_err(|error| format!("Not sent: no thread of our own to resolve a name ({error})."))?;
        shared.asking = Some(asking.clone());
        Ok((asking, known))
    }
}

fn lock(shared: &Mutex<Shared>) -> std::sync::MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn resolved(name: &str) -> Answer {
    #[expect(clippy::disallowed_methods, reason = "on a thread of its own, for which nobody waits beyond a deadline; see above")]
    let found = std::net::ToSocketAddrs::to_socket_addrs(&(name, 0));
    match found {
        Ok(found) => {
            let mut ips: Vec<IpAddr> = Vec::new();
            for ip in found.map(|address| address.ip()) {
                if !ips.contains(&ip) {
                    ips.push(ip);
                }
            }
            if ips.is_empty() { Err(unknown(name)) } else { Ok(ips) }
        }
        Err(error) => Err(format!("The name {name} cannot be resolved ({error}).")),
    }
}

fn unknown(name: &str) -> String {
    format!("The name {name} has no address.")
}

#[cfg(test)]
mod tests;

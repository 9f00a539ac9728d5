//! Links to other nodes: the mesh while it runs, and what pages and engine are told of it.

use std::collections::BTreeSet;
use std::fmt;
use std::net::{SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex, PoisonError};

use allswell_engine::Engine;
use allswell_mesh::{Mesh, Plan, Settings, StartError, Surroundings};
use allswell_model::link::Links;
use allswell_model::{Alerting, ChannelName, NodeId, Origin, Status, Target};

use super::trouble::Trouble;
use crate::config;
use crate::out;

/// The mesh, if links are to be measured.
pub(super) struct Linked {
    shown: Shown,
    surroundings: Surroundings,
    node: NodeId,
    location: Arc<str>,
    /// Where the running mesh was told to listen.
    listen: Vec<SocketAddr>,
    targets: Vec<Arc<Target>>,
    /// Who is told of links.
    channels: Arc<[ChannelName]>,
    /// What other nodes were last told: whether we tell anybody.
    tells: bool,
}

/// What of the links may be asked, for as long as they are measured.
#[derive(Debug, Clone, Default)]
pub(super) struct Shown(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    mesh: Option<Mesh>,
    /// Why links that are wanted are not measured, in one sentence.
    refused: Option<String>,
}

impl Shown {
    /// All that is known of links now; `None` where none are measured.
    pub(super) fn links(&self) -> Option<Arc<Links>> {
        self.with(|state| state.mesh.as_ref().map(Mesh::links))
    }

    /// Why links that are wanted are not measured; `None` when all is as it was asked for.
    pub(super) fn refused(&self) -> Option<String> {
        self.with(|state| state.refused.clone())
    }

    fn with<T>(&self, ask: impl FnOnce(&mut State) -> T) -> T {
        ask(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Linked {
    /// Starts what is wanted. The node's name and location are those of this start.
    ///
    /// # Errors
    /// Links are wanted and cannot be measured.
    pub(super) fn start(engine: &Engine, (node, location): (NodeId, Arc<str>), wanted: Option<&config::Links>) -> Result<Self, Trouble> {
        let inlet = engine.inlet().ok_or_else(|| Trouble::Alarm("the engine has ended".into()))?;
        let clock = engine.counters();
        let surroundings = Surroundings { inlet, now: Arc::new(move || clock.now()) };
        let (shown, channels) = (Shown::default(), Arc::default());
        let (listen, targets) = (Vec::new(), Vec::new());
        let mut linked = Self { shown, surroundings, node, location, listen, targets, channels, tells: false };
        linked.heed(wanted)?;
        Ok(linked)
    }

    /// Measures these links from now on: starts the mesh, changes what it measures, or ends it. Links that stay are not disturbed.
    ///
    /// # Errors
    /// It cannot be started; then none are measured.
    pub(super) fn heed(&mut self, wanted: Option<&config::Links>) -> Result<(), Trouble> {
        let heeded = match wanted {
            Some(wanted) => self.measure(wanted).map_err(Trouble::Links),
            None => {
                self.stop();
                Ok(())
            }
        };
        let refused = heeded.as_ref().err().map(ToString::to_string);
        self.shown.with(|state| state.refused = refused);
        heeded
    }

    fn measure(&mut self, wanted: &config::Links) -> Result<(), StartError> {
        if let Some(note) = not_itself(wanted, &self.node) {
            out::complain(&format!("{note}\n"));
        }
        let mut settings = wanted.of(&self.node, &self.location);
        let targets = targets(&settings, (&wanted.alerting, &wanted.origin));
        if wanted.listens_by_default() {
            settings.listen.retain(is_there);
        }
        let runs = self.shown.with(|state| state.mesh.as_ref().map(|mesh| mesh.reload(settings.clone())).is_some());
        if !runs {
            let listen = settings.listen.clone();
            // Pages ask meanwhile, and are not kept waiting; nobody else starts one.
            let mesh = allswell_mesh::start(settings, self.surroundings.clone())?;
            self.shown.with(|state| state.mesh = Some(mesh));
            (self.listen, self.tells) = (listen, false);
        }
        (self.targets, self.channels) = (targets, Arc::clone(&wanted.alerting.channels));
        Ok(())
    }

    /// The other nodes leave it to the first of those that tell people to tell of what several see: one whose channels fail is none.
    pub(super) fn tell(&mut self, fails: impl Fn(&ChannelName) -> bool) {
        let tells = !self.channels.is_empty() && !self.channels.iter().any(fails);
        if std::mem::replace(&mut self.tells, tells) != tells {
            self.shown.with(|state| state.mesh.iter().for_each(|mesh| mesh.tells(tells)));
        }
    }

    /// Whether these links would listen elsewhere than the mesh that runs.
    pub(super) fn listens_elsewhere(&self, wanted: Option<&config::Links>) -> bool {
        let runs = self.shown.with(|state| state.mesh.is_some());
        // Of all addresses those count that this host has.
        let differs = |wanted: &config::Links| {
            let usual = |address: &SocketAddr| !wanted.listens_by_default() || is_there(address);
            !wanted.listen().iter().filter(|address| usual(address)).eq(&self.listen)
        };
        runs && wanted.is_some_and(differs)
    }

    /// What pages ask of them.
    pub(super) fn shown(&self) -> Shown {
        self.shown.clone()
    }

    /// What of them is watched.
    pub(super) fn targets(&self) -> Vec<Arc<Target>> {
        self.targets.clone()
    }

    /// Whether they are measured, as far as they are wanted; a thread that ended is a bug.
    pub(super) fn is_alive(&self) -> bool {
        self.shown.with(|state| state.mesh.as_ref().is_none_or(Mesh::is_running))
    }

    /// Tells the peers that we leave, and ends.
    pub(super) fn stop(&mut self) {
        (self.targets, self.listen) = (Vec::new(), Vec::new());
        (self.channels, self.tells) = (Arc::default(), false);
        // Pages ask meanwhile, and shall not wait for goodbyes.
        let mesh = self.shown.with(|state| state.mesh.take());
        if let Some(mesh) = mesh {
            mesh.stop();
        }
    }

    /// `3 links, heard on 0.0.0.0:8421`, for the first lines; `None` where none are measured.
    pub(super) fn told(&self) -> Option<String> {
        let heard = self.shown.with(|state| state.mesh.as_ref().map(|mesh| mesh.addresses().to_vec()))?;
        let many = if self.targets.len() == 1 { "1 link".to_owned() } else { format!("{} links", self.targets.len()) };
        let heard: Vec<String> = heard.iter().map(SocketAddr::to_string).collect();
        Some(format!("{many}, heard on {}", heard.join(" and ")))
    }
}

impl fmt::Debug for Linked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Linked").field("node", &self.node).field("listen", &self.listen).finish_non_exhaustive()
    }
}

/// As the mesh names them, with what the configuration says of all of them.
fn targets(settings: &Settings, (alerting, origin): (&Alerting, &Origin)) -> Vec<Arc<Target>> {
    let members: Vec<NodeId> = settings.peers.iter().map(|peer| peer.name.clone()).chain([settings.node.clone()]).collect();
    let always = Plan::of(&members, settings.full_mesh_up_to, settings.neighbours).always(&settings.node);
    let always: BTreeSet<&str> = always.iter().map(NodeId::as_str).collect();
    let rests = |target: &Target| target.protocol == "link" && !always.contains(&*target.name.name);
    let told = |target: Target| {
        let alerting = if rests(&target) { without_unknown(alerting) } else { alerting.clone() };
        Arc::new(Target { alerting, origin: origin.clone(), ..target })
    };
    allswell_mesh::targets(settings).into_iter().map(told).collect()
}

/// A link that takes turns is not measured most of the time, and nobody is to be woken for that.
fn without_unknown(alerting: &Alerting) -> Alerting {
    let on = alerting.on.iter().copied().filter(|status| *status != Status::Unknown).collect();
    Alerting { on, ..alerting.clone() }
}

/// Whether this host has that address. One without IPv6 cannot listen there, and nobody asked it to.
fn is_there(address: &SocketAddr) -> bool {
    UdpSocket::bind((address.ip(), 0)).is_ok()
}

/// A node that is not in the list may be one that goes by another name there: it would take itself for a peer.
fn not_itself(wanted: &config::Links, node: &NodeId) -> Option<String> {
    if wanted.own(node).is_some() {
        return None;
    }
    // On the loopback several nodes share a host.
    let ours = |address: &SocketAddr| !address.ip().is_loopback() && is_there(address);
    let twin = wanted.nodes().find(|peer| ours(&peer.address))?;
    Some(format!(
        "Note: {} of peer {} is an address of this host, which is called {node}: if it is this node, say node: {{ name: {} }}.",
        twin.address, twin.name, twin.name
    ))
}

#[cfg(test)]
mod tests;
